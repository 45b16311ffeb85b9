import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { type BatchState, type CallOptions, type Message, type Model, replyKey } from '@bench/providers'
import { rawLines } from '../local/raw-lines.js'
import type { BatchJournal } from './journal.js'
import type { BatchRecord } from './record.js'
import type { BatchAnswers } from './spec.js'

/** A question that no batch has answered yet. Not a fault: it was not asked, or is being asked. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered'
}

/** One question of an attempt, as a batch knows it. */
export interface Asked {
  readonly id: string
  readonly messages: readonly Message[]
  readonly options: CallOptions
}

/** Where the answer to a question is: in a batch's results, or nowhere in them. */
interface Place {
  readonly record: BatchRecord
  /** Absent where the batch has ended without one. */
  readonly offset?: number
}

/** What the batches of a run have answered. Holds where each answer is, and no answer. */
export interface AnswerIndex extends BatchAnswers, AsyncDisposable {
  /** Takes the results of a batch in. */
  take(record: BatchRecord, idOf: (line: string) => string | undefined): Promise<void>
  /** The same as `model`, telling which question was put last. */
  asking(model: Model, attemptKey: string, tell: (asked: Asked) => void): Model
}

export function answerIndex(journal: BatchJournal): AnswerIndex {
  const places = new Map<string, Place>()
  const files = new Map<string, Promise<FileHandle>>()

  async function read({ record, offset }: Place): Promise<string | undefined> {
    if (offset === undefined) return undefined
    const path = journal.resultsFile(record)
    const file = files.get(path) ?? open(path, 'r')
    files.set(path, file)
    return lineAt(await file, offset)
  }

  const asking = (model: Model, attemptKey: string, tell: (asked: Asked) => void): Model => {
    const counts = new Map<string, number>()
    return {
      id: model.id,
      ...(model.price === undefined ? {} : { price: model.price }),
      ...(model.local === undefined ? {} : { local: model.local }),
      question: (messages, options) => model.question!(messages, options),
      async generate(messages, options) {
        const question = replyKey(model.id, model.question!(messages, options), { repeat: 0, nth: 0 })
        const nth = counts.get(question) ?? 0
        counts.set(question, nth + 1)
        const id = idOf(attemptKey, question, nth)
        tell({ id, messages, options })
        const place = places.get(id)
        if (place === undefined) throw new NotAnswered(`${model.id}: no batch has answered this yet`)
        return model.batch!.read(await read(place), messages, options, stateOf(place.record))
      },
    }
  }

  return {
    asking,
    model: (model, attemptKey) => asking(model, attemptKey, () => {}),
    async take(record, lineId) {
      for (const id of record.ids) if (places.get(id)?.offset === undefined) places.set(id, { record })
      const mine = new Set(record.ids)
      for await (const { bytes, offset } of rawLines(journal.resultsFile(record))) {
        const id = lineId(bytes.toString('utf8'))
        // A later answer is to a question that was put again, since the earlier one was none.
        if (id !== undefined && mine.has(id)) places.set(id, { record, offset })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const file of files.values()) await (await file.catch(() => undefined))?.close()
    },
  }
}

/** Unlike that of any other attempt's question; as every provider takes it. */
const idOf = (attemptKey: string, question: string, nth: number): string =>
  createHash('sha256')
    .update(JSON.stringify([attemptKey, question, nth]))
    .digest('base64url')

const stateOf = ({ id, at, state }: BatchRecord): BatchState =>
  state ?? { id: id ?? '', ended: true, createdAt: at }

async function lineAt(file: FileHandle, offset: number): Promise<string> {
  const chunks: Buffer[] = []
  for (let at = offset, size = 16 * 1024; ; size = 256 * 1024) {
    const chunk = Buffer.allocUnsafe(size)
    const { bytesRead } = await file.read(chunk, 0, size, at)
    const end = chunk.subarray(0, bytesRead).indexOf(0x0a)
    chunks.push(chunk.subarray(0, end >= 0 ? end : bytesRead))
    if (end >= 0 || bytesRead === 0) return Buffer.concat(chunks).toString('utf8')
    at += bytesRead
  }
}
