import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DatasetError } from './errors.js'
import type { HubOptions } from './hub/hub.js'
import { openHub, readHubName } from './hub/hub-dataset.js'
import { knownSets } from './hub/known-sets.js'
import { isPullable, pulledPath } from './hub/pulled.js'
import { isModulePath, openModule } from './module-dataset.js'
import { didYouMean } from './nearest.js'
import { formats } from './registry.js'
import { readHead } from './source-file.js'
import { joinSource, refuseUnknownOptions, splitSource } from './source-options.js'
import type { Dataset, DatasetFormat, FormatOption, FormatOptions } from './spec.js'

export interface OpenOptions {
  /** The folder of built-in datasets; a built-in is named by its file without the ending. */
  readonly builtins?: string | URL
  /** Options of the file's format, besides those behind the path; these beat them. */
  readonly options?: FormatOptions
  /** Where sets of the Hugging Face hub and pulled ones are kept and come from; without it there are none. */
  readonly hub?: HubOptions
  /** Ends a long opening; the promise rejects with its reason. */
  readonly signal?: AbortSignal
}

export interface Builtin {
  readonly name: string
  readonly path: string
}

/**
 * Opens a dataset by path, built-in name, name of a set that was pulled, or `hf:org/name@revision`, and validates all of it.
 * Options of its format may follow: `mbpp.jsonl#split=all`. A path of a module is imported: its default export is what `defineDataset` returns.
 * @throws DatasetError `unknown_dataset` for a name that is neither, `bad_option` for options that its format does not
 * take; else what is wrong with the file
 */
export async function openDataset(source: string, options: OpenOptions = {}): Promise<Dataset> {
  const { builtins, hub, signal } = options
  const { path, given: behind } = (await exists(source)) ? { path: source, given: {} } : splitSource(source)
  const given = { ...behind, ...options.options }
  const whole = joinSource(path, given)
  const onHub = readHubName(path)
  if (onHub !== undefined) {
    if (hub === undefined) throw nowhereToKeep(path)
    return openHub(onHub, given, hub, (file, rest) => openFile(file, rest, signal), signal)
  }
  if (isPullable(path) || !looksLikePath(path)) {
    const known = builtins === undefined ? [] : await listBuiltins(builtins)
    const builtin = known.find(({ name }) => name === path)
    if (builtin !== undefined) return { ...(await openFile(builtin.path, given, signal)), source: whole }
    // A folder of that name does not stand in the way.
    const pulled = hub === undefined || (await isFile(path)) ? undefined : await pulledPath(path, hub)
    if (pulled !== undefined) return { ...(await openFile(pulled, given, signal)), source: whole }
    if (!(await exists(path))) throw isPullable(path) ? nowhereToKeep(path) : unknownDataset(path, known)
  }
  if (isModulePath(path)) {
    refuseUnknownOptions(path, undefined, given)
    return openModule(path)
  }
  return { ...(await openFile(path, given, signal)), source: whole }
}

/** What may be said of a file of a format behind its path, by name; nothing of a format that is not known. */
export async function formatOptions(name: string): Promise<Readonly<Record<string, FormatOption>>> {
  return (await loadFormats()).find((format) => format.name === name)?.options ?? {}
}

/** The datasets of a folder by name, as their files are named; reads none of them. */
export async function listBuiltins(folder: string | URL): Promise<readonly Builtin[]> {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const endings = (await loadFormats()).flatMap(({ extensions }) => extensions)
  return (await namesIn(path)).flatMap((file) => {
    const ending = longestEnding(file, endings)
    return ending === undefined ? [] : [{ name: file.slice(0, -ending.length), path: join(path, file) }]
  })
}

/**
 * Opens every dataset of a folder, in the order of file names; files of other endings are passed over.
 * @param options.onWarning told of each file that is no good dataset; without it, a process warning
 */
export async function loadFolder(
  folder: string | URL,
  options: { readonly onWarning?: (message: string) => void; readonly signal?: AbortSignal } = {},
): Promise<readonly Dataset[]> {
  const onWarning = options.onWarning ?? ((message) => process.emitWarning(message))
  const datasets: Dataset[] = []
  for (const { path } of await listBuiltins(folder)) {
    try {
      datasets.push(await openFile(path, {}, options.signal))
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error
      onWarning(error.message)
    }
  }
  return datasets
}

async function openFile(
  path: string,
  given: FormatOptions,
  signal: AbortSignal | undefined,
): Promise<Dataset> {
  const head = await readHead(path)
  const all = await loadFormats()
  const name = basename(path)
  const candidates = all.filter(({ extensions }) => longestEnding(name, extensions) !== undefined)
  const detected = candidates.filter((candidate) => candidate.detect(head, path))
  // Options say which of several is meant: a file with ids and prompts is also a table of other columns.
  const takes = ({ options = {} }: DatasetFormat) => Object.keys(given).every((name) => name in options)
  const format = detected.find(takes) ?? detected[0]
  if (format !== undefined) {
    refuseUnknownOptions(path, format, given)
    return { ...(await format.open(path, signal, given)), format: format.name }
  }
  const endings = [...new Set(all.flatMap(({ extensions }) => extensions))].join(', ')
  throw new DatasetError(
    'unknown_format',
    candidates.length === 0
      ? `${path}: no dataset format reads ${extname(name) === '' ? 'a file without an ending' : `"${extname(name)}"`}; known endings: ${endings}`
      : `${path}: its first line fits none of the formats ${candidates.map((known) => known.name).join(', ')}; a case is {"id": …, "prompt": …} on a line`,
  )
}

async function loadFormats(): Promise<readonly DatasetFormat[]> {
  return Promise.all(Object.values(formats).map(async (load) => (await load()).format))
}

function longestEnding(file: string, endings: readonly string[]): string | undefined {
  const lower = file.toLowerCase()
  return endings.filter((ending) => lower.endsWith(ending)).sort((a, b) => b.length - a.length)[0]
}

function looksLikePath(source: string): boolean {
  return /[/\\]/.test(source) || extname(source) !== ''
}

function unknownDataset(source: string, known: readonly Builtin[]): DatasetError {
  const names = known.map(({ name }) => name)
  const pullable = knownSets.map(({ name }) => name)
  const builtIn = names.length === 0 ? '' : `; built in: ${names.join(', ')}`
  return new DatasetError(
    'unknown_dataset',
    `no dataset ${JSON.stringify(source)}${didYouMean(source, [...names, ...pullable])}${builtIn}; or name a file by its path`,
  )
}

const nowhereToKeep = (source: string) =>
  new DatasetError('unknown_dataset', `${source}: no cache folder was given to keep it in`)

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .sort()
  } catch (cause) {
    throw new DatasetError('not_found', `${folder}: not a folder that can be read`, cause)
  }
}
