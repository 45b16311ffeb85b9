import { clean } from '@bench/report'
import type { BenchOptions } from '../bench/options.js'
import { wishesOf } from '../bench/wishes.js'
import { type Effective, effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import type { ModelEntry } from '../config/model-entry.js'
import type { Origin } from '../config/origin.js'
import { fileKey, type OptionName, runOptions, sections } from '../config/run-options.js'
import { type ExitCode, exit } from '../exit.js'

/** What stands where a key is. */
const hidden = '[hidden]'

/** Prints what a run would be asked, and where each value is from. No key is printed. */
export async function config(given: Given): Promise<ExitCode> {
  const { json = false, ...values } = given.values
  const found = await effective({ ...given, values })
  await checkSolverOptions(found.options)
  for (const notice of found.notices) process.stderr.write(`${clean(notice)}\n`)
  process.stdout.write(json ? ndjson(found) : page(found))
  return exit.complete
}

/** Options of a built-in solver are checked; nobody's module is run for that. */
async function checkSolverOptions(options: BenchOptions): Promise<void> {
  const { solver = 'single', solverOptions = {} } = wishesOf(options)
  if (Object.keys(solverOptions).length === 0) return
  const { loadSolver, planOptions, solvers } = await import('@bench/runner')
  if (Object.hasOwn(solvers, solver)) planOptions(await loadSolver(solver), solverOptions)
}

/** Options of one start, of which nothing can be told before. */
const untold: ReadonlySet<string> = new Set(['resume', 'dryRun', 'json', 'config'])

const toldIn = (options: object) => (Object.keys(options) as OptionName[]).filter((name) => !untold.has(name))

interface Told {
  readonly option: string
  readonly value?: unknown
  readonly origin?: Origin | undefined
}

/** Options of the solver are told one by one, for each may be from elsewhere. */
const told = ({ options, origins, solverOrigins }: Effective, section: object): Told[] =>
  toldIn(section).flatMap((name): Told[] => {
    if (name === 'solverOptions' && options.solverOptions !== undefined)
      return Object.entries(options.solverOptions).map(([key, value]) => ({
        option: `${fileKey(name)}.${key}`,
        value,
        origin: solverOrigins[key],
      }))
    const value = options[name] === undefined ? undefined : plain(name, options[name])
    return [{ option: fileKey(name), value, origin: origins[name] }]
  })

function page(found: Effective): string {
  const { options, file } = found
  const all = sections.map(({ title, options: section }) => ({
    title,
    rows: told(found, section).map(
      ({ option, value, origin }) => [option, clean(shown(value)), wordsOf(origin)] as const,
    ),
  }))
  const width = (at: 0 | 1, most: number) =>
    Math.min(most, Math.max(...all.flatMap(({ rows }) => rows.map((row) => row[at].length))))
  const [first, second] = [width(0, 36), width(1, 40)]
  const parts = all
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) =>
      [
        title,
        ...rows.map(([key, value, from]) => `  ${key.padEnd(first)}  ${value.padEnd(second)}  ${from}`),
      ].join('\n'),
    )
  const models = (options.models ?? []).map(modelLines)
  const kept = Object.keys(file?.kept ?? {}).length > 0 ? [`Besides\n  ${JSON.stringify(file?.kept)}`] : []
  const text = `${file?.file ?? 'no configuration file'}\n\n${[...parts, ...models, ...kept].join('\n\n')}\n`
  return text.split('\n').map(clean).join('\n')
}

function modelLines(entry: ModelEntry): string {
  const settings = Object.entries({ ...entry.call, ...safe(entry) })
  const lines = settings.map(([name, value]) => `  ${name.padEnd(20)}  ${JSON.stringify(value)}`)
  const label = entry.label === undefined ? '' : ` (${entry.label})`
  return [
    `${entry.named}${label}  ${entry.place}`,
    ...lines,
    ...(entry.lacks ? [`  ${entry.lacks.message}`] : []),
  ].join('\n')
}

function ndjson(found: Effective): string {
  const { options, file } = found
  const rows = sections.flatMap(({ options: section }) =>
    told(found, section).map(({ origin = { from: 'unset' }, ...row }) => ({ ...row, ...origin })),
  )
  const models = (options.models ?? []).map((entry) => ({
    model: entry.named,
    ...(entry.label === undefined ? {} : { label: entry.label }),
    place: entry.place,
    call: entry.call,
    settings: safe(entry),
    ...(entry.lacks === undefined ? {} : { lacks: entry.lacks.message }),
  }))
  const besides = file === undefined ? [] : [{ file: file.file, kept: file.kept }]
  return [...rows, ...models, ...besides].map((row) => `${JSON.stringify(row)}\n`).join('')
}

function wordsOf(origin: Origin | undefined): string {
  if (origin === undefined) return ''
  if (origin.from === 'environment') return origin.variable
  if (origin.from !== 'file') return origin.from
  return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`
}

function shown(value: unknown): string {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)
}

/** Without credentials; a range as it is written. */
function plain(name: OptionName, value: unknown): unknown {
  if (runOptions[name].kind.is === 'range' && typeof value === 'object' && value !== null) {
    const { start, max } = value as { readonly start: number; readonly max: number }
    return `${start}-${max}`
  }
  return runOptions[name].secret && typeof value === 'string' ? withoutPassword(value) : value
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.password === '' && parsed.search === '') return url
  if (parsed.password !== '') parsed.password = 'hidden'
  for (const key of parsed.searchParams.keys()) parsed.searchParams.set(key, 'hidden')
  return parsed.href
}

function safe({ settings }: ModelEntry): Readonly<Record<string, unknown>> {
  const { apiKey, endpoint, ...rest } = settings
  return {
    ...(endpoint === undefined ? {} : { endpoint: withoutPassword(endpoint) }),
    ...(apiKey === undefined ? {} : { apiKey: hidden }),
    ...rest,
  }
}
