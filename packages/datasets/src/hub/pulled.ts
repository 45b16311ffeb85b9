import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatasetError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { download, type Expected } from './download.js'
import { type HubOptions, progressOf } from './hub.js'
import { type KnownSet, knownSets } from './known-sets.js'

/** A file that is kept in the cache under a short name or an address. */
export interface Pulled {
  readonly path: string
  readonly sha256: string
  /** Whether it was there already. */
  readonly cached: boolean
}

/** The known set of that name. */
export const knownSet = (name: string): KnownSet | undefined => knownSets.find((set) => set.name === name)

/** Where the file of a name or an address is kept, whether it is there or not; undefined for what is neither. */
export function placeOf(source: string, { cache }: Pick<HubOptions, 'cache'>): string | undefined {
  const known = knownSet(source)
  if (known !== undefined)
    return join(cache, 'known', known.name, known.unpackedSha256.slice(0, 12), known.file)
  if (!isAddress(source)) return undefined
  const file = decodeURIComponent(basename(new URL(source).pathname)).replace(/[^\w.-]/g, '_') || 'data'
  return join(cache, 'addresses', createHash('sha256').update(source).digest('hex').slice(0, 16), file)
}

export const isAddress = (source: string) => /^https?:\/\//.test(source)

/**
 * Fetches a known set by name, or a file by its address, and checks it.
 * @param sha256 what the file at an address must be; without it whatever comes is taken
 * @throws DatasetError `unknown_dataset` for what is neither, with the nearest name
 */
export async function pull(
  source: string,
  options: HubOptions,
  { sha256, signal }: { readonly sha256?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Pulled> {
  const path = placeOf(source, options)
  const known = knownSet(source)
  if (path === undefined) {
    const names = knownSets.map(({ name }) => name)
    const near = didYouMean(source, names)
    throw new DatasetError(
      'unknown_dataset',
      `no set ${JSON.stringify(source)} to pull${near}; known are ${names.join(', ')}; or name hf:org/name or an https address`,
    )
  }
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
  const there = await exists(path)
  if (!there) {
    if (options.offline === true)
      throw new DatasetError('unreachable', `${source}: not in the cache, and the network is not to be used`)
    options.onNotice?.(`fetching ${address}`)
    // The token is the hub's: no other host gets it.
    const { token, ...without } = options
    await download(address, path, expected, progressOf(basename(path), undefined, without, signal))
  }
  const got = await hashOf(path)
  if (there && sha256 !== undefined && got !== sha256.toLowerCase())
    throw new DatasetError(
      'checksum',
      `${path}: in the cache, with another checksum: ${got}; delete it to fetch it again`,
    )
  return { path, sha256: got, cached: there }
}

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

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
