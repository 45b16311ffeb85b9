import { check, notSet, type Raw, valueAt } from './check.js'
import { type Interpolated, interpolate } from './interpolate.js'
import { type Kept, keptOf, unused } from './kept.js'
import { modelsOf } from './model-entries.js'
import type { ModelEntry } from './model-entry.js'
import { placeOf } from './place.js'
import { readConfig } from './read-file.js'
import {
  fileKey,
  inFile,
  type OptionName,
  type OptionValues,
  optionNames,
  runOptions,
} from './run-options.js'
import { fault, type Path, type Written } from './written.js'

/** A configuration in its one normal form, whichever of the known layouts it was written in. */
export interface FileConfig {
  readonly file: string
  readonly values: OptionValues
  /** Where each is written. */
  readonly lines: Readonly<Partial<Record<OptionName, number>>>
  readonly models: readonly ModelEntry[]
  readonly modelsLine?: number
  readonly kept: Kept
  /** What a person should know, a line each. */
  readonly notices: readonly string[]
}

/**
 * Reads a configuration, checks all of it and brings it into its normal form.
 * @throws Exit `usage` naming file, line, place and what is wrong there, the nearest known name of an unknown one
 */
export async function loadConfig(file: string, env: NodeJS.ProcessEnv, folder?: string): Promise<FileConfig> {
  const written = await readConfig(file, folder)
  const filled = interpolate(written, env)
  const config = await checked(written, filled)
  const lost = filled.missing.find(({ path }) => path[0] !== 'models')
  if (lost !== undefined) throw notSet(written, lost)
  const { values, lines } = optionsOf(written, config)
  const { models, notices } = await modelsOf(written, filled, config.models ?? [])
  const modelsLine = written.line(['models'])
  return {
    file,
    values,
    lines,
    models,
    ...(modelsLine !== undefined && { modelsLine }),
    kept: keptOf(config),
    notices: [...notices, ...unused(file, config)],
  }
}

interface Checked extends Raw {
  readonly models?: readonly unknown[]
  readonly options?: Raw
}

async function checked(written: Written, filled: Interpolated): Promise<Checked> {
  if (filled.value === null || filled.value === undefined) return {}
  const { fileSchema, knownAt } = await import('./schema.js')
  return check(written, filled, fileSchema, { path: [], value: filled.value, knownAt }) as Checked
}

/** The run's options out of the top of a file and out of its `options`, by their own names. */
function optionsOf(written: Written, config: Checked): Pick<FileConfig, 'values' | 'lines'> {
  const values: Record<string, unknown> = {}
  const lines: Partial<Record<OptionName, number>> = {}
  for (const name of optionNames.filter(inFile)) {
    const keys = [fileKey(name), ...(runOptions[name].also ?? [])]
    const places: Path[] = keys.flatMap((key) => [[key], ['options', key]])
    const set = places.filter((path) => valueAt(config, path) !== undefined)
    const [path, other] = set
    if (path === undefined) continue
    if (other !== undefined) {
      throw fault(
        written.file,
        `${placeOf(path)} and ${placeOf(other)} are the same: keep one`,
        written.line(other),
      )
    }
    values[name] = valueAt(config, path)
    const line = written.line(path)
    if (line !== undefined) lines[name] = line
  }
  workers(written, config, values, lines)
  return { values: values as OptionValues, lines }
}

/** An experiment's own words for what a run knows by others. */
function workers(
  written: Written,
  { options = {} }: Checked,
  values: Record<string, unknown>,
  lines: Partial<Record<OptionName, number>>,
): void {
  const mapped = [
    ['parallel', 'concurrency', options?.parallel === false ? 1 : undefined],
    ['max_workers', 'concurrency', options?.max_workers],
    ['retry_failures', 'maxRetries', options?.retry_failures === false ? 0 : undefined],
  ] as const
  for (const [key, name, value] of mapped) {
    if (value === undefined || values[name] !== undefined) continue
    values[name] = value
    const line = written.line(['options', key])
    if (line !== undefined) lines[name] = line
  }
}
