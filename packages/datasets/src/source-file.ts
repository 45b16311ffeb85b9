import type { Hash } from 'node:crypto'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DatasetError } from './errors.js'
import { didYouMean } from './nearest.js'

const headBytes = 64 * 1024

export interface ReadOptions {
  /** Fed with the file's unpacked bytes; complete once they were all read. */
  readonly hash?: Hash
  readonly signal?: AbortSignal | undefined
}

/**
 * A file's bytes in pieces: unpacked where it is gzip (told by its first bytes, whatever its name), without a
 * byte order mark.
 * @throws DatasetError `not_found` or `unreadable`: missing, a folder, no permission, empty, binary, damaged gzip.
 */
export async function* readChunks(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const { hash, signal } = options
  let first = true
  for await (const chunk of unpacked(path)) {
    signal?.throwIfAborted()
    hash?.update(chunk)
    if (!first) {
      yield chunk
      continue
    }
    first = false
    refuseBinary(path, chunk)
    yield startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk
  }
  if (first) throw new DatasetError('invalid', `${path}: the file is empty`)
}

/** The beginning of a file as text, unpacked: what a format is told by. Never throws for what is in the file. */
export async function readHead(path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of unpacked(path)) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= headBytes) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, headBytes))
}

/** Decodes pieces of UTF-8. @throws DatasetError `unreadable` for any other encoding. */
export function utf8Decoder(path: string): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (cause) {
      throw notUtf8(path, cause)
    }
  }
}

export function notUtf8(path: string, cause?: unknown): DatasetError {
  return new DatasetError('unreadable', `${path}: not UTF-8 text; save it as UTF-8`, cause)
}

/** What changes when a file is written: its size and its time of change. */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path)
    return `${size} ${mtimeMs} ${ino}`
  } catch (cause) {
    throw await explainReadFault(path, cause)
  }
}

async function* unpacked(path: string): AsyncGenerator<Uint8Array> {
  try {
    await using file = await open(path)
    if (!(await file.stat()).isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const raw = file.createReadStream({ start: 0, highWaterMark: headBytes, autoClose: false })
    const packed = bytesRead === 2 && startsWith(buffer, [0x1f, 0x8b])
    yield* packed ? pipeline(raw, createGunzip({ chunkSize: headBytes }), () => {}) : raw
  } catch (cause) {
    throw await explainReadFault(path, cause)
  }
}

async function explainReadFault(path: string, cause: unknown): Promise<unknown> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new DatasetError('not_found', `${path}: no such file${await nearestFile(path)}`, cause)
    case 'EISDIR':
      return new DatasetError('unreadable', `${path}: not a file; name one dataset file`, cause)
    case 'EACCES':
    case 'EPERM':
      return new DatasetError('unreadable', `${path}: no permission to read it`, cause)
    case 'Z_BUF_ERROR':
      return new DatasetError('unreadable', `${path}: the gzip file is cut off; fetch it again`, cause)
    case 'Z_DATA_ERROR':
      return new DatasetError('unreadable', `${path}: the gzip file is damaged; fetch it again`, cause)
    default:
      return code?.startsWith('E') && cause instanceof Error && 'syscall' in cause
        ? new DatasetError('unreadable', `${path}: cannot be read (${code})`, cause)
        : cause
  }
}

async function nearestFile(path: string): Promise<string> {
  const names = await readdir(dirname(path)).catch(() => [])
  return didYouMean(basename(path), names)
}

function refuseBinary(path: string, chunk: Uint8Array): void {
  const utf16 = startsWith(chunk, [0xff, 0xfe]) || startsWith(chunk, [0xfe, 0xff])
  if (utf16) throw notUtf8(path)
  if (chunk.includes(0)) throw new DatasetError('unreadable', `${path}: a binary file, not a dataset`)
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte)
}
