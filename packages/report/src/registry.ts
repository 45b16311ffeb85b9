import { closest } from 'fastest-levenshtein'
import { ReportError } from './errors.js'
import type { ReportFormat } from './spec.js'

const formats = {
  'results-json': () => import('./adapters/results-json.js'),
  csv: () => import('./adapters/csv.js'),
  'comparison-csv': () => import('./adapters/comparison-csv.js'),
  html: () => import('./adapters/html.js'),
  markdown: () => import('./adapters/markdown.js'),
} as const satisfies Record<string, () => Promise<{ format: ReportFormat }>>

export type FormatName = keyof typeof formats

export const formatNames = Object.keys(formats) as readonly FormatName[]

const isName = (name: string): name is FormatName => Object.hasOwn(formats, name)

/** @throws ReportError `unknown_format` naming the nearest one. */
export async function format(name: string): Promise<ReportFormat> {
  if (isName(name)) return (await formats[name]()).format
  const near = closest(name, formatNames)
  throw new ReportError(
    'unknown_format',
    `there is no report format '${name}'; did you mean '${near}'? Formats: ${formatNames.join(', ')}`,
  )
}

/** Checks a format's shape where it is written, in its own package: `export const format = defineFormat({…})`. */
export const defineFormat = <F extends ReportFormat>(format: F): F => format
