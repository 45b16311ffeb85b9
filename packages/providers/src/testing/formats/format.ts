import type { FinishReason, ToolCall } from '../../spec.js'

/** What a server says, whatever the wire it says it on. */
export interface Said {
  readonly model: string
  /** The text, token by token. */
  readonly text: readonly string[]
  readonly reasoning: readonly string[]
  readonly toolCalls: readonly ToolCall[]
  readonly finish: FinishReason
  readonly usage: { readonly input: number; readonly output: number; readonly reasoning?: number | undefined }
  /** US dollars; told where the wire has a place for it. */
  readonly usd?: number | undefined
}

/** What is wrong, as a server words it. */
export interface Complaint {
  readonly status: number
  readonly message: string
  /** OpenAI's word for it, in `type` and `code`; the others have theirs by status. */
  readonly code?: string | undefined
}

/** What a request asks for, as far as a server that plays one must know. */
export interface Wanted {
  readonly model: string
  /** The last words of the user. */
  readonly prompt: string
  /** Characters of all of it. */
  readonly chars: number
  readonly stream: boolean
}

/** One provider's wire, from the server's side. */
export interface Format {
  readonly name: string
  /** The type of its streams. */
  readonly contentType: string
  wanted(path: string, body: unknown): Wanted
  /** Why the turns of a request are refused, where they are no history that it takes. */
  refusal(body: unknown): string | undefined
  /** Its stream, one chunk for each event. */
  stream(said: Said): readonly string[]
  /** The same in one piece. */
  whole(said: Said): object
  /** The body of an error reply. */
  error(complaint: Complaint): object
  /** An error as an event of a stream that began well. */
  late(complaint: Complaint): string
}

export const sse = (data: unknown, event?: string): string =>
  `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

/** The words of a message: a string, or the texts of its parts. */
export function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('')
}

/** @param messages with `role` and `content`, as most wires have them */
export function lastOfUser(messages: unknown): string {
  const all = Array.isArray(messages) ? messages : []
  return wordsOf(all.findLast((message) => message?.role === 'user')?.content)
}

/** Parts a string in two, so that it comes in pieces as it does from a real server. */
export const halves = (text: string): readonly string[] => {
  const middle = Math.ceil(text.length / 2)
  return text.length < 2 ? [text] : [text.slice(0, middle), text.slice(middle)]
}
