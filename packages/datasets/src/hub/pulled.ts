import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatasetError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { joinSource, splitSource } from '../source-options.js'
import type { FormatOptions } from '../spec.js'
import { download, type Expected } from './download.js'
import { fetchFile, type HubOptions, openSnapshot, progressOf } from './hub.js'
import { choose, type HubName, readHubName } from './hub-dataset.js'
import { type KnownSet, knownSets } from './known-sets.js'

/** What was fetched, or was there. */
export interface Pulled {
  /** What to name it by from now on: an hf: source with its commit, the name or the address. */
  readonly source: string
  readonly files: readonly PulledFile[]
}

interface PulledFile {
  readonly path: string
  readonly bytes: number
  /** Of the file as it lies there; hex. */
  readonly sha256: string
  /** Whether it was there already. */
  readonly cached: boolean
}

/** The known set of that name. */
const knownSet = (name: string): KnownSet | undefined => knownSets.find((set) => set.name === name)

/** Where the file of a name or an address is kept, whether it is there or not; undefined for what is neither. */
export function placeOf(source: string, { cache }: Pick<HubOptions, 'cache'>): string | undefined {
  const known = knownSet(source)
  if (known !== undefined)
    return join(cache, 'known', known.name, known.unpackedSha256.slice(0, 12), known.file)
  if (!isAddress(source)) return undefined
  const file = decodeURIComponent(basename(new URL(source).pathname)).replace(/[^\w.-]/g, '_') || 'data'
  return join(cache, 'addresses', createHash('sha256').update(source).digest('hex').slice(0, 16), file)
}

const isAddress = (source: string) => /^https?:\/\//.test(source)

/**
 * Fetches a known set by name, a set of the hub by `hf:org/name@revision#split=…`, or a file by its address, and checks it.
 * @param sha256 what the file at an address must be; without it whatever comes is taken
 * @throws DatasetError `unknown_dataset` for what is none of them, with the nearest name
 */
export async function pull(
  source: string,
  options: HubOptions,
  { sha256, signal }: { readonly sha256?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Pulled> {
  const { path, given } = splitSource(source)
  const onHub = readHubName(path)
  if (onHub !== undefined) return pullFromHub(onHub, given, options, signal)
  const place = placeOf(source, options)
  if (place === undefined) {
    const names = knownSets.map(({ name }) => name)
    throw new DatasetError(
      'unknown_dataset',
      `no set ${JSON.stringify(source)} to pull${didYouMean(source, names)}; known are ${names.join(', ')}; or name hf:org/name or an https address`,
    )
  }
  const known = knownSet(source)
  const address = known?.url ?? source
  if (new URL(address).protocol !== 'https:' && !isLocal(address) && sha256 === undefined)
    throw new DatasetError(
      'bad_option',
      `${address}: without encryption anybody may change it on the way; give --sha256`,
    )
  const expected: Expected = {
    ...(known !== undefined && { unpackedSha256: known.unpackedSha256 }),
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
  }
  const cached = await exists(place)
  if (!cached) {
    if (options.offline === true)
      throw new DatasetError('unreachable', `${source}: not in the cache, and the network is not to be used`)
    options.onNotice?.(`fetching ${address}`)
    // The token is the hub's: no other host gets it.
    const { token, ...without } = options
    await download(address, place, expected, progressOf(basename(place), undefined, without, signal))
  }
  const file = await describe(place, cached)
  if (cached && sha256 !== undefined && file.sha256 !== sha256.toLowerCase())
    throw new DatasetError(
      'checksum',
      `${place}: in the cache, with another checksum: ${file.sha256}; delete it to fetch it again`,
    )
  return { source, files: [file] }
}

async function pullFromHub(
  { repo, revision }: HubName,
  given: FormatOptions,
  options: HubOptions,
  signal: AbortSignal | undefined,
): Promise<Pulled> {
  const snapshot = await openSnapshot(repo, revision, options, signal)
  const files: PulledFile[] = []
  for (const file of choose(snapshot, given).files) {
    let cached = true
    const onNotice = (line: string) => {
      cached = false
      options.onNotice?.(line)
    }
    const path = await fetchFile(snapshot, file, { ...options, onNotice }, signal)
    files.push(await describe(path, cached))
  }
  return { source: joinSource(`hf:${repo}@${snapshot.commit}`, given), files }
}

/** Whether a source is a short name or an address, for which files are pulled. */
export const isPullable = (source: string) => knownSet(source) !== undefined || isAddress(source)

/** The file of a name or an address, where it was pulled. @throws DatasetError saying how to pull it */
export async function pulledPath(
  source: string,
  options: Pick<HubOptions, 'cache'>,
): Promise<string | undefined> {
  const path = placeOf(source, options)
  if (path === undefined) return undefined
  if (await exists(path)) return path
  throw new DatasetError(
    'unknown_dataset',
    `${source}: not fetched yet; fetch it: bench datasets pull ${source}`,
  )
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

const isLocal = (address: string) => ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(address).hostname)

async function describe(path: string, cached: boolean): Promise<PulledFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { path, bytes, sha256: hash.digest('hex'), cached }
}
