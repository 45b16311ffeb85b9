import { fields, json, list } from '../wire/loose.js'
import { anthropicLine, type BatchEnd, type BatchItem, openaiLine } from './batch-results.js'
import type { Exchange } from './exchange.js'
import type { Received } from './server.js'

export interface BatchLifeOptions {
  /** How often a batch is looked at, alone or in the list, before it has ended; 1. */
  readonly looks?: number
  /** How a question ends; with a reply that repeats it. */
  end?(item: BatchItem): BatchEnd
  /** OpenAI's: keep the metadata that a batch is given; true. */
  readonly metadata?: boolean
  /** What a whole batch ends with instead of results (OpenAI's), by what it was given. */
  fails?(items: readonly BatchItem[]): { readonly code: string; readonly message: string } | undefined
}

export interface BatchLife {
  /** For `mockServer`: undefined for what concerns no batch. */
  readonly answer: (request: Received) => Exchange | undefined
  /** Every batch that was made, in order: what is paid for. */
  readonly made: readonly { readonly id: string; readonly items: readonly BatchItem[] }[]
  /** Ends every batch that works at the next look. */
  finish(): void
}

interface Batch {
  readonly id: string
  readonly file: string
  readonly api: 'anthropic' | 'openai'
  readonly items: readonly BatchItem[]
  readonly metadata: unknown
  readonly createdMs: number
  looks: number
}

/** The life of batches on both wires, Anthropic's and OpenAI's: handed in, worked on, ended, fetched; listed, newest first. */
export function batchLife(options: BatchLifeOptions = {}): BatchLife {
  const { looks = 1, metadata: keepsMetadata = true, end = () => 'reply', fails = () => undefined } = options
  const batches: Batch[] = []
  const files = new Map<string, { readonly name: string; readonly content: string }>()
  let finished = false

  const make = (parts: Pick<Batch, 'api' | 'file' | 'items' | 'metadata'>): Exchange => {
    const prefix = parts.api === 'openai' ? 'batch' : 'msgbatch'
    const batch: Batch = { ...parts, id: `${prefix}_${batches.length}`, createdMs: Date.now(), looks: 0 }
    batches.push(batch)
    return found(shown(batch))
  }
  const ended = ({ looks: seen }: Batch) => finished || seen >= looks
  const shown = (batch: Batch) => (batch.api === 'openai' ? shownOpenai(batch) : shownAnthropic(batch))

  const shownAnthropic = (batch: Batch) => {
    const counts = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
    for (const item of batch.items) counts[ended(batch) ? countedAs[end(item)] : 'processing']++
    const at = new Date(batch.createdMs).toISOString()
    return {
      id: batch.id,
      type: 'message_batch',
      processing_status: ended(batch) ? 'ended' : 'in_progress',
      request_counts: counts,
      created_at: at,
      ended_at: ended(batch) ? at : null,
      // Elsewhere, as a hostile one would have it.
      results_url: 'http://127.0.0.1:9/results',
    }
  }

  const shownOpenai = (batch: Batch) => {
    const failure = fails(batch.items)
    const over = ended(batch)
    const status = over ? (failure ? 'failed' : 'completed') : 'in_progress'
    const well = batch.items.filter((item) => end(item) === 'reply').length
    const at = Math.floor(batch.createdMs / 1000)
    const has = over && !failure
    return {
      id: batch.id,
      object: 'batch',
      status,
      input_file_id: batch.file,
      output_file_id: has && well > 0 ? `${batch.id}_output` : null,
      error_file_id: has && well < batch.items.length ? `${batch.id}_errors` : null,
      created_at: at,
      [over ? `${status}_at` : 'in_progress_at']: at,
      request_counts: {
        total: batch.items.length,
        completed: has ? well : 0,
        failed: has ? batch.items.length - well : 0,
      },
      metadata: keepsMetadata ? batch.metadata : null,
      errors: over && failure ? { object: 'list', data: [failure] } : null,
    }
  }

  const listed = (api: Batch['api'], query: URLSearchParams): Exchange => {
    const all = batches.filter((batch) => batch.api === api).reverse()
    const after = query.get('after') ?? query.get('after_id')
    const from = after === null ? 0 : all.findIndex((batch) => batch.id === after) + 1
    const page = all.slice(from, from + 2)
    const list = found({
      data: page.map(shown),
      has_more: from + page.length < all.length,
      last_id: page.at(-1)?.id ?? null,
    })
    for (const batch of page) batch.looks++
    return list
  }

  /** Results come in any order: here in the reverse one. */
  const results = (batch: Batch, which: (end: BatchEnd) => boolean): Exchange => {
    const line = batch.api === 'openai' ? openaiLine : anthropicLine
    const lines = [...batch.items].reverse().filter((item) => which(end(item)))
    return {
      headers: { 'content-type': 'application/x-jsonl' },
      body: lines.map((item) => `${JSON.stringify(line(item, end(item)))}\n`).join(''),
    }
  }

  const answer = ({ method, path, body, headers }: Received): Exchange | undefined => {
    const { pathname, searchParams } = new URL(path, 'http://mock')
    const { api, name = '', rest } = partsOf(pathname)
    if (api === 'anthropic') {
      if (method === 'POST' && name === '') {
        const items = list(fields(json(body)).requests).map(fields)
        return make({
          api,
          file: '',
          metadata: null,
          items: items.map(({ custom_id, params }) => ({ id: String(custom_id), body: fields(params) })),
        })
      }
      if (name === '') return listed(api, searchParams)
      const batch = batches.find(({ id }) => id === name)
      if (batch === undefined) return absent(name)
      if (rest === 'results') return results(batch, () => true)
      batch.looks++
      return found(shown(batch))
    }
    if (api === 'files') {
      if (method === 'POST') {
        const file = uploaded(body, String(headers['content-type']))
        const id = `file_${files.size}`
        files.set(id, file)
        return found({ id, object: 'file', purpose: 'batch', filename: file.name })
      }
      const file = files.get(name)
      if (file !== undefined) return found({ id: name, object: 'file', filename: file.name })
      const batch = batches.find(({ id }) => name.startsWith(`${id}_`))
      if (batch === undefined) return absent(name)
      return results(batch, (one) => (one === 'reply') === name.endsWith('_output'))
    }
    if (api !== 'openai') return undefined
    if (method === 'POST') {
      const { input_file_id, metadata } = fields(json(body))
      const file = files.get(String(input_file_id))
      if (file === undefined) return absent(String(input_file_id))
      const items = file.content
        .trim()
        .split('\n')
        .map((line) => fields(json(line)))
      return make({
        api,
        file: String(input_file_id),
        metadata,
        items: items.map((item) => ({ id: String(item.custom_id), body: fields(item.body) })),
      })
    }
    if (name === '') return listed(api, searchParams)
    const batch = batches.find(({ id }) => id === name)
    if (batch === undefined) return absent(name)
    batch.looks++
    return found(shown(batch))
  }

  return {
    answer,
    made: batches,
    finish() {
      finished = true
    },
  }
}

const countedAs = {
  reply: 'succeeded',
  error: 'errored',
  invalid: 'errored',
  expired: 'expired',
  canceled: 'canceled',
} as const

/** Which API a path belongs to, the name in it, and what of it is asked. */
function partsOf(path: string) {
  const [, before = '', what, name, rest] =
    /^(.*?)\/(batches|files)(?:\/([^/]+))?(?:\/(results|content))?$/.exec(path) ?? []
  if (what === undefined) return { api: undefined }
  const api = what === 'files' ? what : before.endsWith('/messages') ? 'anthropic' : 'openai'
  return { api, name, rest } as const
}

const found = (body: object): Exchange => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const absent = (what: string): Exchange => ({
  ...found({ error: { message: `no ${what} here`, type: 'not_found_error' } }),
  status: 404,
})

/** The file of a form, by its boundary. */
function uploaded(body: string, type: string): { name: string; content: string } {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? ''
  const part = body.split(`--${boundary}`).find((one) => one.includes('filename="')) ?? ''
  const name = /filename="([^"]*)"/.exec(part)?.[1] ?? ''
  return { name, content: part.slice(part.indexOf('\r\n\r\n') + 4) }
}
