import type { FinishReason, Usage } from '../spec.js'
import { bodyFault, fault, type Origin } from './fault.js'
import { count, type Fields, fields, json, known, list, text } from './loose.js'
import { messagesCarry } from './messages-body.js'
import type { Reply } from './reply.js'
import type { StreamEvent } from './stream.js'
import { argumentsOf } from './tool-calls.js'

/** Reads one reply of Anthropic's Messages API: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export class MessagesReader {
  readonly #origin: Origin
  readonly #reply: Reply
  readonly #blocks = new Map<unknown, Record<string, unknown>>()

  constructor(origin: Origin, reply: Reply) {
    this.#origin = origin
    this.#reply = reply
  }

  event({ event, data, unclosed }: StreamEvent): void {
    const parsed = json(data)
    if (parsed === undefined && unclosed) return
    if (parsed === undefined) throw fault(this.#origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
    const sent = fields(parsed)
    if (sent.type === 'error' || event === 'error') throw bodyFault(this.#origin, sent.error ?? sent)
    const reply = this.#reply
    switch (sent.type) {
      case 'message_start': {
        const message = fields(sent.message)
        reply.served = text(message.model)
        reply.usage = usageOf(fields(message.usage), {})
        for (const [index, block] of list(message.content).entries()) this.#begin(index, fields(block))
        break
      }
      case 'content_block_start':
        this.#begin(sent.index, fields(sent.content_block))
        break
      case 'content_block_delta':
        this.#grow(sent.index, fields(sent.delta))
        break
      case 'message_delta':
        this.#stop(fields(sent.delta))
        reply.usage = usageOf(fields(sent.usage), reply.usage)
        break
      case 'message_stop':
        reply.closed = true
    }
  }

  /** A message that was not streamed. */
  whole(body: string): void {
    const message = fields(json(body))
    if (message.error) throw bodyFault(this.#origin, message.error)
    if (!Array.isArray(message.content)) throw fault(this.#origin, 'malformed', 'no content in it')
    this.#reply.served = text(message.model)
    for (const [index, block] of message.content.entries()) this.#begin(index, fields(block))
    this.#stop(message)
    this.#reply.usage = usageOf(fields(message.usage), {})
    this.#reply.closed = true
  }

  end(): void {
    // Without `message_stop` a clean end in mid-stream is none.
    if (!this.#reply.closed) this.#reply.finish = undefined
    const blocks = [...this.#blocks.values()].filter((block) => block.type !== 'text' || block.text !== '')
    for (const block of blocks) {
      if (typeof block.input === 'string') block.input = argumentsOf({ arguments: block.input })
    }
    this.#reply.carry = messagesCarry(blocks)
  }

  #begin(index: unknown, block: Fields): void {
    // While it streams, `input` is the text of its JSON; in a whole block it is an object.
    const input = fields(block.input)
    const streamed = block.input !== undefined && Object.keys(input).length === 0
    this.#blocks.set(index, { ...block, ...(streamed && { input: '' }) })
    const said = text(block.text)
    const thought = text(block.thinking)
    if (said) this.#reply.addText(said)
    if (thought) this.#reply.addReasoning(thought)
    if (block.type === 'tool_use') {
      this.#reply.addToolCall({
        index: place(index),
        id: text(block.id),
        name: text(block.name),
        arguments: streamed ? undefined : block.input,
      })
    }
  }

  #grow(index: unknown, delta: Fields): void {
    const block = this.#blocks.get(index) ?? {}
    this.#blocks.set(index, block)
    const grow = (key: string, more: unknown) => {
      if (typeof more === 'string') block[key] = (typeof block[key] === 'string' ? block[key] : '') + more
    }
    const said = text(delta.text)
    const thought = text(delta.thinking)
    if (said) {
      block.type ??= 'text'
      grow('text', said)
      this.#reply.addText(said)
    }
    if (thought) {
      block.type ??= 'thinking'
      grow('thinking', thought)
      this.#reply.addReasoning(thought)
    }
    grow('signature', delta.signature)
    grow('input', delta.partial_json)
    if (delta.citation !== undefined) block.citations = [...list(block.citations), delta.citation]
    if (delta.type === 'input_json_delta' && block.type === 'tool_use') {
      this.#reply.addToolCall({ index: place(index), arguments: delta.partial_json })
    }
  }

  #stop(from: Fields): void {
    const reason = text(from.stop_reason)
    if (reason) this.#reply.end(stopReasons[reason] ?? 'other', reason)
  }
}

const place = (index: unknown) => (typeof index === 'number' ? index : 0)

const stopReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
  tool_use: 'tool_calls',
}

/** `input_tokens` leaves out what the cache had or took; our `input` is all of the prompt. Later counts win. */
function usageOf(counts: Fields, before: Usage): Usage {
  const cacheRead = count(counts.cache_read_input_tokens) ?? before.cacheRead
  const cacheWrite = count(counts.cache_creation_input_tokens) ?? before.cacheWrite
  const fresh =
    count(counts.input_tokens) ??
    (before.input === undefined
      ? undefined
      : before.input - (before.cacheRead ?? 0) - (before.cacheWrite ?? 0))
  return known<Usage>({
    input: fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(counts.output_tokens) ?? before.output,
    cacheRead,
    cacheWrite,
    cacheWrite1h: count(fields(counts.cache_creation).ephemeral_1h_input_tokens) ?? before.cacheWrite1h,
    reasoning: count(fields(counts.output_tokens_details).thinking_tokens) ?? before.reasoning,
  })
}
