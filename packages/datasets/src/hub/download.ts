import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { DatasetError } from '../errors.js'
import { type Request, request, unreachable } from './request.js'

/** What a file must be, as far as it is known. */
export interface Expected {
  /** Bytes. */
  readonly size?: number
  /** Of the file; hex. */
  readonly sha256?: string
  /** Of what is in a gzip file; of the file where it is none; hex. */
  readonly unpackedSha256?: string
  /** As git names a file's content: SHA-1 of `blob <size>`, a zero byte and the content; hex. */
  readonly gitSha1?: string
}

export interface DownloadOptions extends Request {
  /** Told of every piece: bytes of the file that are there by now. */
  readonly onProgress?: (bytes: number) => void
}

const tries = 5

/**
 * Fetches a file to its place. What a cut connection leaves is kept beside it (`….part`) and continued, in this call and the next;
 * the file is only there under its name once its checksum is right.
 * @throws DatasetError `unreachable`, `unauthorized`, `not_found`, `rate_limited`, `checksum`
 */
export async function download(
  url: string,
  path: string,
  expected: Expected,
  options: DownloadOptions = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await using claimed = await claim(path)
  await fetchAll(url, claimed.part, expected, options)
  const wrong = await mismatch(claimed.part, expected)
  if (wrong !== undefined) {
    await rm(claimed.part, { force: true })
    throw new DatasetError(
      'checksum',
      `${shown(url)}: ${wrong}; it was thrown away: fetch it again, or tell whoever publishes it`,
    )
  }
  await rename(claimed.part, path)
}

async function fetchAll(
  url: string,
  part: string,
  expected: Expected,
  options: DownloadOptions,
): Promise<void> {
  let left = tries
  let had = -1
  for (;;) {
    const have = await sizeOf(part)
    if (have > (expected.size ?? Number.POSITIVE_INFINITY)) await rm(part)
    // Only tries that bring nothing count: a long file over a bad line gets there.
    left = have > had ? tries : left - 1
    had = have
    try {
      return await append(url, part, options)
    } catch (error) {
      if (!(error instanceof CutOff)) throw error
      if (left <= 1) throw unreachable(url, error.cause)
      await sleep((tries - left) * (options.pauseMs ?? 1000), undefined, { signal: options.signal })
    }
  }
}

/** Parts that this process is writing. */
const active = new Set<string>()

/** Where to write: a part of our own, made of what an earlier try left, where there is any. Only one can take it over. */
async function claim(path: string): Promise<AsyncDisposable & { readonly part: string }> {
  const part = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.part`
  active.add(part)
  for (const left of await abandoned(path)) {
    const taken = await rename(left, part).then(
      () => true,
      () => false,
    )
    if (taken) break
  }
  return { part, [Symbol.asyncDispose]: async () => void active.delete(part) }
}

/** Parts of a file that nobody is writing any more. */
async function abandoned(path: string): Promise<readonly string[]> {
  const names = await readdir(dirname(path))
  return names.flatMap((name) => {
    const pid = name.startsWith(`${basename(path)}.`) && /\.(\d+)-[0-9a-f]+\.part$/.exec(name)?.[1]
    if (!pid) return []
    const left = join(dirname(path), name)
    const written = Number(pid) === process.pid ? active.has(left) : isRunning(Number(pid))
    return written ? [] : [left]
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

class CutOff extends Error {}

async function append(url: string, part: string, options: DownloadOptions): Promise<void> {
  const have = await sizeOf(part)
  const headers = have > 0 ? { range: `bytes=${have}-` } : {}
  const response = await request(url, { ...options, headers, accept: [200, 206, 416] })
  if (response.status === 416) {
    await response.body?.cancel()
    return
  }
  const resumes =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`)
  await using file = await open(part, resumes ? 'a' : 'w')
  let bytes = resumes ? have : 0
  const whole = Number(response.headers.get('content-length') ?? Number.NaN) + bytes
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      await file.write(chunk)
      bytes += chunk.length
      options.onProgress?.(bytes)
    }
  } catch (cause) {
    options.signal?.throwIfAborted()
    throw new CutOff('cut off', { cause })
  }
  if (bytes < whole) throw new CutOff('cut off', { cause: new Error(`${bytes} of ${whole} bytes`) })
}

/** What is wrong with a file, or nothing. */
async function mismatch(path: string, expected: Expected): Promise<string | undefined> {
  const size = await sizeOf(path)
  if (expected.size !== undefined && size !== expected.size)
    return `it has ${size} bytes instead of ${expected.size}`
  const sha256 = createHash('sha256')
  const git = createHash('sha1').update(`blob ${size}\0`)
  let first: Uint8Array | undefined
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    first ??= chunk
    sha256.update(chunk)
    git.update(chunk)
  }
  const packed = first?.[0] === 0x1f && first[1] === 0x8b
  const whole = sha256.digest('hex')
  const got = {
    sha256: whole,
    gitSha1: git.digest('hex'),
    unpackedSha256: packed && expected.unpackedSha256 !== undefined ? await unpackedHash(path) : whole,
  }
  for (const kind of ['sha256', 'gitSha1', 'unpackedSha256'] as const) {
    const want = expected[kind]
    if (want !== undefined && got[kind] !== want)
      return `its checksum is ${got[kind].slice(0, 16)}… instead of ${want.slice(0, 16)}…`
  }
  return undefined
}

async function unpackedHash(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path).pipe(createGunzip()) as AsyncIterable<Uint8Array>)
      hash.update(chunk)
  } catch {
    return 'damaged gzip'
  }
  return hash.digest('hex')
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

/** An address without what may be secret in it: user, password and query. */
const shown = (url: string) => url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/s, '')
