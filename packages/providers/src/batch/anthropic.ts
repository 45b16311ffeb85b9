import { bodyFault, type Origin } from '../wire/fault.js'
import { count, type Fields, fields, known, text } from '../wire/loose.js'
import { MessagesReader } from '../wire/messages.js'
import type { BatchApi } from './api.js'
import { asJson, type BatchCall, callBatches, eachLine } from './call.js'
import { batchesSince } from './candidates.js'
import { cancelled, expired, idOf, noBatches } from './faults.js'
import type { BatchRequests, BatchState, LostBatch } from './spec.js'

const path = '/v1/messages/batches'
const encoder = new TextEncoder()

const listing = {
  path,
  cursor: 'after_id',
  createdMs: (batch: Fields) => Date.parse(text(batch.created_at) ?? ''),
} as const

/**
 * Anthropic's Message Batches: https://docs.claude.com/en/docs/build-with-claude/batch-processing
 * A batch carries no name of ours: what was handed in is known again by its ids, which only its results tell.
 */
export function anthropicBatches(origin: Origin, headers: Readonly<Record<string, string>>): BatchApi {
  const absent = `anthropic has no such batch any more; results are kept for 29 days. Start a new run.`
  const get = (at: string, signal: AbortSignal): Promise<Fields> =>
    callBatches(origin, at, { method: 'GET', headers, signal, absent }, asJson(origin))

  return {
    maxRequests: 100_000,
    maxBytes: 256_000_000 - 64,
    line: (id, body) => JSON.stringify({ custom_id: id, params: body }),
    async submit(batch, signal) {
      const call: BatchCall = { headers, upload: uploadOf(batch), signal, absent: noBatches(origin) }
      return idOf(origin, await callBatches(origin, path, call, asJson(origin)))
    },
    async find(lost, signal) {
      let undecided = false
      for await (const batch of batchesSince(origin, listing, lost.at, { headers, signal, absent })) {
        const id = text(batch.id)
        if (id === undefined || lost.others.has(id) || sizeOf(batch) !== lost.count) continue
        if (batch.processing_status !== 'ended') undecided = true
        else if (await holds(id, lost, signal)) return { kind: 'found', id }
      }
      return { kind: undecided ? 'undecided' : 'absent' }
    },
    look: async (id, signal) => stateOf(await get(`${path}/${encodeURIComponent(id)}`, signal)),
    results: ({ id }, each, signal) => results(id, each, signal),
    take({ result }, reply) {
      const { type, message, error } = fields(result)
      if (type === 'errored') throw bodyFault(origin, fields(error).error ?? error)
      if (type === 'expired') throw expired(origin)
      if (type === 'canceled') throw cancelled(origin)
      const reader = new MessagesReader(origin, reply)
      reader.whole(JSON.stringify(fields(message)))
      reader.end()
    },
  }

  function results(id: string, each: (line: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    // Not the URL that the batch names: the key goes nowhere but to the endpoint.
    const at = `${path}/${encodeURIComponent(id)}/results`
    return callBatches(origin, at, { method: 'GET', headers, signal, absent }, eachLine(origin, each))
  }

  /** Whether a batch is the one: its first result says so. */
  async function holds(id: string, lost: LostBatch, signal: AbortSignal): Promise<boolean> {
    const first = new Error('seen enough')
    let ours = false
    await results(
      id,
      async (line) => {
        ours = lost.has(text(fields(JSON.parse(line)).custom_id) ?? '')
        throw first
      },
      signal,
    ).catch((error: unknown) => {
      if (error !== first) throw error
    })
    return ours
  }
}

function uploadOf({ bytes, lines }: BatchRequests): NonNullable<BatchCall['upload']> {
  const [head, tail] = ['{"requests":[', ']}']
  async function* content(): AsyncGenerator<Uint8Array> {
    yield encoder.encode(head)
    let first = true
    for await (const line of lines()) {
      // In the place of its newline stands the comma before it: the sum stays what it was, but for the first.
      if (!first) yield encoder.encode(',')
      first = false
      yield line.subarray(0, line.length - 1)
    }
    yield encoder.encode(tail)
  }
  return { type: 'application/json', bytes: bytes - 1 + head.length + tail.length, content: content() }
}

const over = ['succeeded', 'errored', 'canceled', 'expired'] as const

const sum = (counts: Fields, names: readonly string[]): number | undefined => {
  const known = names.map((name) => count(counts[name]))
  return known.reduce<number | undefined>(
    (a, b) => (a === undefined || b === undefined ? undefined : a + b),
    0,
  )
}

const sizeOf = (batch: Fields) => sum(fields(batch.request_counts), ['processing', ...over])

function stateOf(batch: Fields): BatchState {
  return known<BatchState>({
    id: text(batch.id) ?? '',
    ended: batch.processing_status === 'ended',
    createdAt: text(batch.created_at) ?? new Date().toISOString(),
    endedAt: text(batch.ended_at),
    done: sum(fields(batch.request_counts), over),
    fault: undefined,
  })
}
