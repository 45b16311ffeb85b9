import type { Exchange } from './exchange.js'

/** How a provider's wire says things: what the conformance suite needs to play its server. */
export interface Dialect {
  /** A streamed reply of these pieces that ended by itself; 12 tokens in, 7 out. */
  text(pieces: readonly string[]): Exchange
  /** The same, ended by the token limit. */
  truncated(pieces: readonly string[]): Exchange
  /** Ends cleanly before it says why. */
  unfinished(pieces: readonly string[]): Exchange
  /** An error reply. */
  fault(status: number, message: string): Exchange
  /** An error inside a stream that began well. */
  late(message: string): Exchange
}

const sse = { 'content-type': 'text/event-stream; charset=utf-8' }
const ndjson = { 'content-type': 'application/x-ndjson' }
const plainJson = { 'content-type': 'application/json' }

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'served', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

const chat = (pieces: readonly string[], end?: string): Exchange => ({
  headers: sse,
  body: [
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => chunk({ content })),
    ...(end ? [chunk({}, end)] : []),
    ...(end
      ? [
          `data: ${JSON.stringify({ model: 'served', choices: [], usage: { prompt_tokens: 12, completion_tokens: 7 } })}\n\n`,
          'data: [DONE]\n\n',
        ]
      : []),
  ],
})

const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const messages = (pieces: readonly string[], end?: string): Exchange => {
  const message = {
    model: 'served',
    role: 'assistant',
    content: [],
    usage: { input_tokens: 12, output_tokens: 1 },
  }
  const parts = [
    event({ type: 'message_start', message } as { type: string }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as {
      type: string
    }),
    ...pieces.map((text) =>
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as {
        type: string
      }),
    ),
  ]
  const ending = [
    event({ type: 'content_block_stop', index: 0 } as { type: string }),
    event({ type: 'message_delta', delta: { stop_reason: end }, usage: { output_tokens: 7 } } as {
      type: string
    }),
    event({ type: 'message_stop' }),
  ]
  return { headers: sse, body: end ? [...parts, ...ending] : parts }
}

const line = (data: object) => `${JSON.stringify({ model: 'served', ...data })}\n`

const ollama = (pieces: readonly string[], end?: string): Exchange => ({
  headers: ndjson,
  body: [
    ...pieces.map((content) => line({ message: { role: 'assistant', content }, done: false })),
    ...(end
      ? [
          line({
            message: { role: 'assistant', content: '' },
            done: true,
            done_reason: end,
            prompt_eval_count: 12,
            eval_count: 7,
            eval_duration: 70_000_000,
          }),
        ]
      : []),
  ],
})

/** The wires of this package's own adapters. */
export const dialects = {
  chat: {
    text: (pieces) => chat(pieces, 'stop'),
    truncated: (pieces) => chat(pieces, 'length'),
    unfinished: (pieces) => chat(pieces),
    fault: (status, message) => ({
      status,
      headers: plainJson,
      body: JSON.stringify({ error: { message, type: 'error', code: null } }),
    }),
    late: (message) => ({
      headers: sse,
      body: [chunk({ content: 'be' }), `data: ${JSON.stringify({ error: { message, code: 502 } })}\n\n`],
    }),
  },
  messages: {
    text: (pieces) => messages(pieces, 'end_turn'),
    truncated: (pieces) => messages(pieces, 'max_tokens'),
    unfinished: (pieces) => messages(pieces),
    fault: (status, message) => ({
      status,
      headers: plainJson,
      body: JSON.stringify({ type: 'error', error: { type: 'error', message } }),
    }),
    late: (message) => ({
      headers: sse,
      body: event({ type: 'error', error: { type: 'api_error', message } } as { type: string }),
    }),
  },
  ollama: {
    text: (pieces) => ollama(pieces, 'stop'),
    truncated: (pieces) => ollama(pieces, 'length'),
    unfinished: (pieces) => ollama(pieces),
    fault: (status, message) => ({ status, headers: plainJson, body: JSON.stringify({ error: message }) }),
    late: (message) => ({
      headers: ndjson,
      body: [line({ message: { content: 'be' }, done: false }), line({ error: message })],
    }),
  },
} as const satisfies Record<string, Dialect>
