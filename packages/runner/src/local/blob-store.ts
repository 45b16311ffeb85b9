import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutSecrets } from '@bench/providers'
import { type NumberTable, numberTable } from '../record/hash-table.js'
import type { BlobStore } from '../spec.js'
import { type Appender, openAppender } from './appender.js'
import { rawLines } from './raw-lines.js'
import { storageError, syncFolder } from './storage.js'

/** Each line begins so, and the hash follows: an index is built without reading the texts. */
const lead = '{"hash":"'
const hashLength = 64

/**
 * The replies of a run's folder by content: `responses/replies.jsonl`, a line `{hash, text}` for each distinct
 * text, appended and never rewritten. Holds some 40 bytes of memory a text and no text. Writes only where
 * something is put; whoever puts holds the run's lock.
 *
 * @throws RunnerError `storage`, in each of its methods
 */
export async function openBlobStore(dir: string): Promise<BlobStore> {
  const folder = join(dir, 'responses')
  const path = join(folder, 'replies.jsonl')
  /** Where each text's line begins, by its hash; of another hash once in 2⁵³, so what is found is looked at. */
  let index: Promise<NumberTable> | undefined
  let writer: Promise<Appender> | undefined
  let reader: Promise<FileHandle> | undefined
  const pending = new Map<string, Promise<number>>()

  const indexed = (): Promise<NumberTable> => {
    index ??= readIndex(path)
    return index
  }

  const opened = (): Promise<FileHandle> => {
    reader ??= open(path, 'r').catch((error: unknown) => {
      throw storageError('read', path, error)
    })
    return reader
  }

  async function openWriter(): Promise<Appender> {
    try {
      await mkdir(folder, { recursive: true })
      await syncFolder(dir)
    } catch (error) {
      throw storageError('create', folder, error)
    }
    return openAppender(path)
  }

  return {
    async put(given) {
      const text = withoutSecrets(given)
      const hash = createHash('sha256').update(text).digest('hex')
      const known = await indexed()
      const at = known.get(hash)
      // One that is there but not as it was written is written once more.
      if (at !== undefined && (await readText(await opened(), path, at)) === text) return hash
      let written = pending.get(hash)
      if (written === undefined) {
        writer ??= openWriter()
        written = writer.then((file) => file.append(`${lead}${hash}","text":${JSON.stringify(text)}}\n`))
        pending.set(hash, written)
      }
      try {
        known.set(hash, await written)
      } finally {
        pending.delete(hash)
      }
      return hash
    },
    async get(hash) {
      const offset = (await indexed()).get(hash)
      if (offset === undefined) return undefined
      const text = await readText(await opened(), path, offset)
      const whole = text !== undefined && createHash('sha256').update(text).digest('hex') === hash
      return whole ? text : undefined
    },
    async [Symbol.asyncDispose]() {
      const reading = await reader?.catch(() => undefined)
      await reading?.close()
      if (writer === undefined) return
      const file = await writer.catch(() => undefined)
      await file?.[Symbol.asyncDispose]()
    },
  }
}

async function readIndex(path: string): Promise<NumberTable> {
  const index = numberTable()
  for await (const { bytes, offset } of rawLines(path)) {
    if (!bytes.subarray(0, lead.length).equals(Buffer.from(lead))) continue
    index.set(bytes.toString('latin1', lead.length, lead.length + hashLength), offset)
  }
  return index
}

/** @returns undefined where the line is not as it was written */
async function readText(handle: FileHandle, path: string, offset: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  try {
    for (let at = offset, size = 4096; ; size = 64 * 1024) {
      const chunk = Buffer.allocUnsafe(size)
      const { bytesRead } = await handle.read(chunk, 0, size, at)
      const end = chunk.subarray(0, bytesRead).indexOf(0x0a)
      chunks.push(chunk.subarray(0, end >= 0 ? end : bytesRead))
      if (end >= 0 || bytesRead === 0) break
      at += bytesRead
    }
  } catch (error) {
    throw storageError('read', path, error)
  }
  try {
    const { text } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { text?: unknown }
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
