import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutSecrets } from '@bench/providers'
import { type NumberTable, numberTable } from '../record/hash-table.js'
import type { BlobStore } from '../spec.js'
import { type Appender, openAppender } from './appender.js'
import { lineReader } from './line-reader.js'
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
  const reader = lineReader(path)
  const pending = new Map<string, Promise<number>>()

  const indexed = (): Promise<NumberTable> => {
    index ??= readIndex(path)
    return index
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
      if (at !== undefined && textOf(await reader.lineAt(at)) === text) return hash
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
      const text = textOf(await reader.lineAt(offset))
      const whole = text !== undefined && createHash('sha256').update(text).digest('hex') === hash
      return whole ? text : undefined
    },
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
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
function textOf(line: Buffer): string | undefined {
  try {
    const { text } = JSON.parse(line.toString('utf8')) as { text?: unknown }
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
