import { concatenate } from '../concatenate.js'
import { DatasetError } from '../errors.js'
import { quoted } from '../faults.js'
import { joinSource } from '../source-options.js'
import type { Dataset, FormatOptions } from '../spec.js'
import { fetchFile, fileNamed, type HubFile, type HubOptions, openSnapshot, type Snapshot } from './hub.js'

/** `hf:org/name@revision` */
export interface HubName {
  readonly repo: string
  /** A branch, a tag or a commit; `main` where nothing is said. */
  readonly revision: string
}

const name = /^hf:(?:\/\/)?([A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)?)(?:@(.+))?$/

/** @throws DatasetError where it begins like one and is none */
export function readHubName(path: string): HubName | undefined {
  if (!path.startsWith('hf:')) return undefined
  const [, repo, revision = 'main'] = name.exec(path) ?? []
  if (repo === undefined || repo.includes('..'))
    throw new DatasetError('bad_option', `${path}: write hf:org/name, or hf:org/name@revision`)
  return { repo, revision }
}

const readable = /\.(?:parquet|jsonl|ndjson|csv|tsv)(?:\.gz)?$|\.(?:json|ya?ml)$/i

/**
 * Opens a set of the Hugging Face hub. `config=` and `split=` choose among its files as the hub names them, `file=` takes one by
 * its path; all other options are for the file's format. The dataset's source holds the commit, so that a run can be repeated.
 * @param openFile opens a file that is here
 */
export async function openHub(
  { repo, revision }: HubName,
  given: FormatOptions,
  options: HubOptions,
  openFile: (path: string, given: FormatOptions) => Promise<Dataset>,
  signal?: AbortSignal,
): Promise<Dataset> {
  const snapshot = await openSnapshot(repo, revision, options, signal)
  const { files, rest } = choose(snapshot, given)
  const parts: Dataset[] = []
  for (const file of files) {
    const path = await fetchFile(snapshot, file, options, signal)
    parts.push(
      await openFile(path, rest).catch((error: unknown) => {
        throw inRepo(error, path, `hf:${repo}/${file.path}`)
      }),
    )
  }
  const { commit } = snapshot
  const labels = [given.config, given.split].filter((label) => label !== undefined)
  return {
    ...concatenate(parts),
    name: [repo, ...labels].join(':'),
    version: commit.slice(0, 12),
    source: joinSource(`hf:${repo}@${commit}`, given),
  }
}

/** A person knows the set by its name, not by its place in the cache. */
function inRepo(error: unknown, path: string, shown: string): unknown {
  if (!(error instanceof DatasetError)) return error
  const say = (line: string) => line.replaceAll(path, shown)
  return new DatasetError(error.code, say(error.message), error, error.faults.map(say))
}

/** The files that are meant, and the options that are left for their format. */
export function choose(
  snapshot: Snapshot,
  given: FormatOptions,
): { files: readonly HubFile[]; rest: FormatOptions } {
  const { file, config, split, ...rest } = given
  if (file !== undefined)
    return { files: [fileNamed(snapshot, file)], rest: { ...rest, ...(split && { split }) } }
  let files = snapshot.files.filter(({ path }) => readable.test(path) && !isMetadata(path))
  const { repo } = snapshot
  const some = (list: readonly HubFile[]) => {
    const paths = list.slice(0, 8).map(({ path }) => path)
    return `${paths.join(', ')}${list.length > 8 ? ` and ${list.length - 8} more` : ''}`
  }
  if (files.length === 0)
    throw new DatasetError(
      'not_found',
      `hf:${repo}: has no file that can be read; try hf:${repo}@refs/convert/parquet`,
    )
  if (config !== undefined) files = narrowed(files, config, 'config')
  const ofSplit = split === undefined ? files : files.filter(({ path }) => isOfSplit(path, split))
  // Where no file is named for the split, it may be a column.
  if (ofSplit.length > 0) files = ofSplit
  else if (files.length > 1) throw absent('split', split ?? '')
  const left = ofSplit.length > 0 || split === undefined ? rest : { ...rest, split }
  if (files.length > 1 && new Set(files.map(({ path }) => shards(path))).size > 1)
    throw new DatasetError(
      'bad_option',
      `hf:${repo}: has several files; say which by #config=…, #split=… or #file=…: ${some(files)}`,
    )
  return { files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)), rest: left }

  function narrowed(all: readonly HubFile[], wanted: string, what: string): HubFile[] {
    const found = all.filter(({ path }) => path.split('/').slice(0, -1).includes(wanted))
    const kept =
      found.length > 0 ? found : all.filter(({ path }) => stem(path).split(/[-_.]/).includes(wanted))
    if (kept.length === 0) throw absent(what, wanted)
    return kept
  }
  function absent(what: string, wanted: string): DatasetError {
    return new DatasetError(
      'bad_option',
      `hf:${repo}: no file is of ${what} ${quoted(wanted)}: ${some(files)}`,
    )
  }
}

const isMetadata = (path: string) => /(?:^|\/)(?:\.|dataset_infos?\.json|README|package)/i.test(path)

const stem = (path: string) => (path.split('/').at(-1) ?? '').replace(readable, '')

/** `test.jsonl`, `test-00000-of-00002.parquet`, `name_test.csv`, `test/0000.parquet` */
function isOfSplit(path: string, split: string): boolean {
  if (path.split('/').slice(0, -1).includes(split)) return true
  return stem(path)
    .replace(/-\d+-of-\d+$/, '')
    .split(/[-_.]/)
    .includes(split)
}

/** One name for all the parts of a file: `data/test-00001-of-00002.parquet` and `test/0001.parquet`. */
const shards = (path: string) => path.replace(/-\d+-of-\d+(?=\.)/, '').replace(/\/\d+(?=\.\w+$)/, '/')
