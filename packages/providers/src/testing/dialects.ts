import type { ToolCall } from '../spec.js'
import type { Exchange } from './exchange.js'
import { chat } from './formats/chat.js'
import type { Format, Said } from './formats/format.js'
import { gemini } from './formats/gemini.js'
import { messages } from './formats/messages.js'
import { ollama } from './formats/ollama.js'
import { responses } from './formats/responses.js'

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
  /** Tools called in one reply, after these words; arguments in pieces where the wire has any. Absent: has no tools. */
  tools?(calls: readonly ToolCall[], pieces?: readonly string[]): Exchange
  /** Why a server refuses the turns of a request; undefined where it takes them. */
  refusal?(body: unknown): string | undefined
  /** Reasoning told apart from the words that follow it. Absent: has none. */
  thinking?(thoughts: readonly string[], pieces: readonly string[]): Exchange
}

/** @param closing with how many events a stream of it says that it is over */
function dialectOf(format: Format, closing: number): Required<Dialect> {
  const headers = { 'content-type': format.contentType }
  const say = (more: Partial<Said>, end?: number) =>
    format
      .stream({
        model: 'served',
        text: [],
        reasoning: [],
        toolCalls: [],
        finish: 'stop',
        usage: { input: 12, output: 7 },
        ...more,
      })
      .slice(0, end)
  return {
    text: (text) => ({ headers, body: say({ text }) }),
    truncated: (text) => ({ headers, body: say({ text, finish: 'length' }) }),
    unfinished: (text) => ({ headers, body: say({ text }, -closing) }),
    fault: (status, message) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(format.error({ status, message })),
    }),
    late: (message) => ({
      headers,
      body: [...say({ text: ['be'] }, -closing), format.late({ status: 500, message })],
    }),
    tools: (toolCalls, text = []) => ({ headers, body: say({ toolCalls, text, finish: 'tool_calls' }) }),
    refusal: (body) => format.refusal(body),
    thinking: (reasoning, text) => ({ headers, body: say({ reasoning, text }) }),
  }
}

/** The wires of this package's own adapters. */
export const dialects = {
  chat: dialectOf(chat, 3),
  gemini: dialectOf(gemini, 1),
  messages: dialectOf(messages, 2),
  ollama: dialectOf(ollama, 1),
  responses: dialectOf(responses, 1),
} as const satisfies Record<string, Dialect>
