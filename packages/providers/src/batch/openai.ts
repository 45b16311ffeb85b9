import type { ProviderError } from '../errors.js'
import { takeChat } from '../wire/chat.js'
import { bodyFault, fault, httpFault, type Origin } from '../wire/fault.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import type { Reply } from '../wire/reply.js'
import { ResponsesReader } from '../wire/responses.js'
import type { BatchApi } from './api.js'
import { asJson, type BatchCall, callBatches, eachLine } from './call.js'
import { batchesSince } from './candidates.js'
import { cancelled, expired, idOf, noBatches, plainly } from './faults.js'
import type { BatchRequests, BatchState } from './spec.js'

const encoder = new TextEncoder()

const listing = {
  path: '/batches',
  cursor: 'after',
  createdMs: (batch: Fields) => Number(batch.created_at) * 1000,
} as const

/** What a batch is asked by: one of the APIs that single calls use. */
interface Asked {
  /** As OpenAI names it, whatever the base URL. */
  readonly endpoint: string
  take(origin: Origin, body: string, reply: Reply): void | Promise<void>
}

export const chatBatches: Asked = { endpoint: '/v1/chat/completions', take: takeChat }

export const responsesBatches: Asked = {
  endpoint: '/v1/responses',
  take: (origin, body, reply) => new ResponsesReader(origin, reply).whole(body),
}

/**
 * OpenAI's Batch API, which several others speak too: a file of requests is uploaded, then a batch made of it.
 * https://platform.openai.com/docs/guides/batch
 */
export function openaiBatches(
  origin: Origin,
  headers: Readonly<Record<string, string>>,
  asked: Asked,
): BatchApi {
  const absent = `${origin.provider} has no such batch, or no longer its results. Start a new run.`
  const get = (path: string, signal: AbortSignal): Promise<Fields> =>
    callBatches(origin, path, { method: 'GET', headers, signal, absent }, asJson(origin))
  const post = (path: string, what: Pick<BatchCall, 'json' | 'upload'>, signal: AbortSignal) =>
    callBatches(origin, path, { ...what, headers, signal, absent: noBatches(origin) }, asJson(origin))

  return {
    maxRequests: 50_000,
    maxBytes: 200_000_000,
    line: (id, body) => JSON.stringify({ custom_id: id, method: 'POST', url: asked.endpoint, body }),
    async submit(batch, signal) {
      // A file alone costs nothing, and one that no batch is made of is deleted by nobody but its owner.
      const file = await post('/files', { upload: uploadOf(batch) }, signal)
        .then((answer) => idOf(origin, answer))
        .catch((error: ProviderError) => {
          signal.throwIfAborted()
          throw error.with({ possiblyBilled: false })
        })
      const made = await post(
        '/batches',
        {
          json: {
            input_file_id: file,
            endpoint: asked.endpoint,
            completion_window: '24h',
            metadata: { bench: batch.label },
          },
        },
        signal,
      )
      return idOf(origin, made)
    },
    async find(lost, signal) {
      for await (const batch of batchesSince(origin, listing, lost.at, { headers, signal, absent })) {
        const id = text(batch.id)
        if (id === undefined || lost.others.has(id)) continue
        const named = text(fields(batch.metadata).bench) ?? (await nameOfFile(batch, signal))
        if (named === lost.label) return { kind: 'found', id }
      }
      return { kind: 'absent' }
    },
    look: async (id, signal) => stateOf(origin, await get(`/batches/${encodeURIComponent(id)}`, signal)),
    async results({ id }, each, signal) {
      const batch = await get(`/batches/${encodeURIComponent(id)}`, signal)
      for (const file of [text(batch.output_file_id), text(batch.error_file_id)]) {
        if (file === undefined) continue
        const path = `/files/${encodeURIComponent(file)}/content`
        await callBatches(origin, path, { method: 'GET', headers, signal, absent }, eachLine(origin, each))
      }
    },
    async take({ response, error }, reply) {
      const { status_code, body } = fields(response)
      const { code } = fields(error)
      if (code === 'batch_expired') throw expired(origin)
      if (code === 'batch_cancelled') throw cancelled(origin)
      if (error) throw bodyFault(origin, error)
      const status = count(status_code) ?? 200
      const said = JSON.stringify(body ?? {})
      if (status < 200 || status > 299) throw httpFault(origin, status, () => undefined, said)
      await asked.take(origin, said, reply)
    },
  }

  /** Some that speak this API keep no metadata; the name that the file was given is ours too. */
  async function nameOfFile(batch: Fields, signal: AbortSignal): Promise<string | undefined> {
    const file = text(batch.input_file_id)
    if (file === undefined) return undefined
    const { filename } = await get(`/files/${encodeURIComponent(file)}`, signal)
    return text(filename)?.replace(/\.jsonl$/, '')
  }
}

function uploadOf({ label, bytes, lines }: BatchRequests): NonNullable<BatchCall['upload']> {
  const boundary = `----${label}`
  const part = (disposition: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${more}\r\n`
  const head = encoder.encode(
    `${part('name="purpose"')}batch\r\n${part(
      `name="file"; filename="${label}.jsonl"`,
      'content-type: application/jsonl\r\n',
    )}`,
  )
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`)
  async function* content(): AsyncGenerator<Uint8Array> {
    yield head
    yield* lines()
    yield tail
  }
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + bytes + tail.length,
    content: content(),
  }
}

const ends = ['completed', 'failed', 'expired', 'cancelled'] as const

function stateOf(origin: Origin, batch: Fields): BatchState {
  const status = text(batch.status)
  const counts = fields(batch.request_counts)
  const [well, badly] = [count(counts.completed), count(counts.failed)]
  const endedAt = ends.map((end) => moment(batch[`${end}_at`])).find((at) => at !== undefined)
  return known<BatchState>({
    id: text(batch.id) ?? '',
    ended: ends.some((end) => end === status),
    createdAt: moment(batch.created_at) ?? new Date().toISOString(),
    endedAt,
    done: well === undefined || badly === undefined ? undefined : well + badly,
    fault: wholeFault(origin, status, batch),
  })
}

/** Seconds since 1970, as UTC ISO 8601. */
function moment(seconds: unknown): string | undefined {
  const at = count(seconds)
  const date = at === undefined || at === 0 ? undefined : new Date(at * 1000)
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

function wholeFault(origin: Origin, status: string | undefined, batch: Fields): BatchState['fault'] {
  if (status === 'expired') return plainly(expired(origin))
  if (status === 'cancelled') return plainly(cancelled(origin))
  if (status !== 'failed') return undefined
  const first = fields(list(fields(batch.errors).data)[0])
  // The tokens that may wait in batches at once are limited: when others have ended there is room again.
  if (first.code === 'token_limit_exceeded') return plainly(fault(origin, 'rate_limit', text(first.message)))
  return plainly(
    fault(origin, 'bad_request', text(first.message) ?? 'its batch failed, and does not say why'),
  )
}
