import type { ProviderErrorCode } from '../errors.js'
import type { FinishReason } from '../spec.js'
import { chatCarry } from './chat-body.js'
import { takeUsage } from './chat-usage.js'
import { bodyFault, fault, httpFault, type Origin } from './fault.js'
import { send } from './http.js'
import { type Fields, fields, json, list, text } from './loose.js'
import type { Reply } from './reply.js'
import { eventsOrWhole, type StreamEvent } from './stream.js'
import { takeUnreadBody, takeUnreadCall } from './unread-call.js'

/**
 * The chat-completions dialect of OpenAI, which OpenRouter, vLLM, llama.cpp, Ollama and many more speak.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export async function askChat(
  origin: Origin,
  request: { readonly headers: Readonly<Record<string, string>>; readonly json: Fields },
  signal: AbortSignal,
  reply: Reply,
): Promise<void> {
  const { headers } = request
  const streamed = { ...request.json, stream: true, stream_options: { include_usage: true } }
  const sent = await send(`${origin.url}/chat/completions`, { headers, json: streamed, signal })
  reply.answered(sent.status, sent.header)
  if (sent.status < 200 || sent.status > 299) {
    const body = await sent.text()
    if (takeUnreadBody(body, reply)) return
    throw httpFault(origin, sent.status, sent.header, body)
  }
  reply.opened = true
  const upstream = text(sent.header('x-inference-provider'))
  if (upstream) reply.fingerprint = upstream
  const chat = new ChatReader(origin, reply, upstream)
  for await (const event of eventsOrWhole(sent, reply.watch)) {
    if (typeof event === 'string') chat.whole(event)
    else chat.event(event)
  }
  chat.end()
}

/** A whole reply of the dialect, as a batch brings it. */
export async function takeChat(origin: Origin, body: string, reply: Reply): Promise<void> {
  const chat = new ChatReader(origin, reply, undefined)
  await chat.whole(body)
  chat.end()
}

export const bearer = (key: string | undefined): Readonly<Record<string, string>> =>
  key ? { authorization: `Bearer ${key}` } : {}

/** Reads one reply of the dialect, streamed or not. */
class ChatReader {
  readonly origin: Origin
  readonly reply: Reply
  /** Who answered behind a router, by its header. */
  readonly upstream: string | undefined
  readonly #details = new Map<unknown, Record<string, unknown>>()
  readonly #extras: Record<string, unknown> = {}
  #reasoningContent = ''

  constructor(origin: Origin, reply: Reply, upstream: string | undefined) {
    this.origin = origin
    this.reply = reply
    this.upstream = upstream
  }

  event({ data, unclosed }: StreamEvent): void {
    const { reply } = this
    if (data.trim() === '[DONE]') {
      // Some servers behind a gateway end a tool call without a finish reason.
      if (reply.calledTool) reply.finish ??= 'tool_calls'
      return
    }
    const chunk = json(data)
    if (chunk !== undefined) this.#chunk(fields(chunk))
    else if (!unclosed) throw fault(this.origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
  }

  /** A server that does not stream answers in one piece. */
  whole(body: string): void {
    const whole = fields(json(body))
    if (whole.error === undefined && !Array.isArray(whole.choices)) {
      throw fault(this.origin, 'malformed', `no choices in ${body.slice(0, 80)}`)
    }
    this.#chunk(whole)
  }

  end(): void {
    const details = [...this.#details.values()]
    this.reply.carry = chatCarry({ details, reasoningContent: this.#reasoningContent, extras: this.#extras })
  }

  #chunk(chunk: Fields): void {
    const { origin, reply } = this
    if (chunk.error && takeUnreadCall(chunk.error, reply)) return
    if (chunk.error) throw bodyFault(origin, chunk.error)
    const choice = fields(list(chunk.choices)[0])
    if (choice.error) throw bodyFault(origin, choice.error)
    reply.served = text(chunk.model) ?? reply.served
    const fingerprint = [text(chunk.provider) ?? this.upstream, text(chunk.system_fingerprint)]
    reply.fingerprint = fingerprint.filter(Boolean).join(' ') || reply.fingerprint
    takeUsage(chunk, choice, reply)
    this.#delta(fields(choice.delta ?? choice.message))
    const reason = choice.finish_reason === 'null' ? undefined : text(choice.finish_reason)
    const broken = reason && brokenReasons[reason]
    if (broken) throw fault(origin, broken, `it broke off with finish reason "${reason}"`)
    if (reason) reply.end(finishReasons[reason.toLowerCase()] ?? 'other', reason)
  }

  #delta(delta: Fields): void {
    const { reply } = this
    const thought = text(delta.reasoning) ?? text(delta.reasoning_content)
    this.#reasoningContent += text(delta.reasoning_content) ?? ''
    const detailed = list(delta.reasoning_details).map((detail) => this.#detail(fields(detail)))
    const thinking = thought ?? detailed.join('')
    if (thinking) reply.addReasoning(thinking)
    this.#content(delta.content)
    for (const call of list(delta.tool_calls)) this.#call(fields(call))
    const old = fields(delta.function_call)
    if (old.name !== undefined || old.arguments !== undefined) {
      reply.addToolCall({ index: 0, name: text(old.name), arguments: old.arguments })
    }
    const declined = text(delta.refusal)
    if (declined) {
      reply.addText(declined)
      reply.end('refusal', undefined)
    }
  }

  /** Mostly a string; Mistral's reasoning models send a list of parts. */
  #content(content: unknown): void {
    if (typeof content === 'string') {
      if (content !== '') this.reply.addText(content)
      return
    }
    for (const item of list(content)) {
      const part = fields(item)
      if (part.type === 'thinking') {
        const thought =
          text(part.thinking) ??
          list(part.thinking)
            .map((inner) => text(fields(inner).text) ?? '')
            .join('')
        if (thought) this.reply.addReasoning(thought)
      } else if (text(part.text)) this.reply.addText(part.text as string)
    }
  }

  #call(call: Fields): void {
    const made = fields(call.function)
    const index = typeof call.index === 'number' ? call.index : undefined
    const id = text(call.id)
    if (id && call.extra_content !== undefined) this.#extras[id] = call.extra_content
    this.reply.addToolCall({
      index,
      id,
      name: text(made.name) ?? text(call.name),
      arguments: made.arguments ?? call.arguments,
    })
  }

  /**
   * One piece of OpenRouter's reasoning, which wants to be given back whole: text grows, the rest is set.
   * https://openrouter.ai/docs/use-cases/reasoning-tokens
   * @returns its words
   */
  #detail(detail: Fields): string {
    const key = `${detail.type} ${detail.index ?? detail.id}`
    const kept = this.#details.get(key)
    if (!kept) this.#details.set(key, { ...detail })
    else {
      for (const [name, value] of Object.entries(detail)) {
        const grows = name === 'text' || name === 'summary' || name === 'data'
        if (grows && typeof kept[name] === 'string' && typeof value === 'string') kept[name] += value
        else if (value !== null && value !== undefined) kept[name] = value
      }
    }
    return text(detail.text) ?? text(detail.summary) ?? ''
  }
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  // Together
  eos: 'stop',
  // Cohere
  complete: 'stop',
  // text-generation-inference
  eos_token: 'stop',
  stop_sequence: 'stop',
  // Azure's and old gateways' words for Anthropic's
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  // Mistral
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'refusal',
}

/** Words for a reply that did not come to its end. */
const brokenReasons: Readonly<Record<string, ProviderErrorCode>> = {
  error: 'server',
  // vLLM
  abort: 'incomplete',
  // DeepSeek
  insufficient_system_resource: 'overloaded',
}
