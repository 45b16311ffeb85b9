import type { CallOptions, FinishReason, Message } from '../spec.js'
import { bodyFault, fault, httpFault, type Origin } from './fault.js'
import { type HttpReply, send } from './http.js'
import { amount, count, type Fields, fields, json, known, list, text } from './loose.js'
import type { Reply } from './reply.js'
import { type StreamEvent, serverSentEvents } from './stream.js'

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
  if (sent.status < 200 || sent.status > 299) {
    throw httpFault(origin, sent.status, sent.header, await sent.text())
  }
  reply.opened = true
  if (sent.header('content-type')?.startsWith('text/event-stream')) {
    for await (const event of serverSentEvents(sent.body)) takeEvent(origin, event, reply)
  } else {
    await takeWhole(origin, sent, reply)
  }
}

/** The settings that every server of this dialect takes; an absent one is not sent. */
export function chatBody(model: string, messages: readonly Message[], options: CallOptions): Fields {
  return known<Fields>({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    temperature: options.temperature,
    max_tokens: options.maxTokens,
    top_p: options.topP,
    stop: options.stop,
    seed: options.seed,
  })
}

export const bearer = (key: string | undefined): Readonly<Record<string, string>> =>
  key ? { authorization: `Bearer ${key}` } : {}

function takeEvent(origin: Origin, { data, unclosed }: StreamEvent, reply: Reply): void {
  if (data.trim() === '[DONE]') {
    // Some servers behind a gateway end a tool call without a finish reason.
    if (reply.calledTool) reply.finish ??= 'tool_calls'
    return
  }
  const chunk = json(data)
  if (chunk !== undefined) takeChunk(origin, fields(chunk), reply)
  else if (!unclosed) throw fault(origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
}

/** A server that does not stream answers in one piece; one that mislabels its stream is understood too. */
async function takeWhole(origin: Origin, sent: HttpReply, reply: Reply): Promise<void> {
  const body = await sent.text()
  if (/^\s*(data|event|id|):/.test(body)) {
    for await (const event of serverSentEvents(once(Buffer.from(body)))) takeEvent(origin, event, reply)
    return
  }
  const whole = fields(json(body))
  if (whole.error === undefined && !Array.isArray(whole.choices)) {
    throw fault(origin, 'malformed', `no choices in ${body.slice(0, 80)}`)
  }
  takeChunk(origin, whole, reply)
}

function takeChunk(origin: Origin, chunk: Fields, reply: Reply): void {
  if (chunk.error) throw bodyFault(origin, chunk.error)
  const choice = fields(list(chunk.choices)[0])
  if (choice.error) throw bodyFault(origin, choice.error)
  reply.served = text(chunk.model) ?? reply.served
  const fingerprint = [chunk.provider, chunk.system_fingerprint].filter(text).join(' ')
  if (fingerprint) reply.fingerprint = fingerprint
  takeUsage(fields(chunk.usage ?? fields(chunk.x_groq).usage), reply)

  const delta = fields(choice.delta ?? choice.message)
  const thought = text(delta.reasoning) ?? text(delta.reasoning_content)
  if (thought) reply.addReasoning(thought)
  const said = text(delta.content)
  if (said) reply.addText(said)
  if (list(delta.tool_calls).length > 0 || delta.function_call) reply.addToolCall()
  const declined = text(delta.refusal)
  if (declined) {
    reply.addText(declined)
    reply.finish = 'refusal'
  }
  const reason = text(choice.finish_reason)
  if (reason === 'error') throw fault(origin, 'server', 'it broke off with finish reason "error"')
  if (reason) {
    reply.finishRaw = reason
    if (reply.finish !== 'refusal') reply.finish = finishReasons[reason] ?? 'other'
  }
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'refusal',
}

function takeUsage(usage: Fields, reply: Reply): void {
  const prompt = fields(usage.prompt_tokens_details)
  const input = count(usage.prompt_tokens)
  if (input === undefined && count(usage.completion_tokens) === undefined) return
  reply.usage = known({
    input,
    output: count(usage.completion_tokens),
    cacheRead: count(prompt.cached_tokens) ?? count(usage.prompt_cache_hit_tokens),
    cacheWrite: count(prompt.cache_write_tokens),
    reasoning: count(fields(usage.completion_tokens_details).reasoning_tokens),
  })
  const fee = amount(usage.cost)
  // With one's own upstream key OpenRouter reports its fee as `cost` and what upstream takes apart from it.
  const upstream = usage.is_byok ? amount(fields(usage.cost_details).upstream_inference_cost) : 0
  if (fee !== undefined && upstream !== undefined) reply.usd = fee + upstream
}

async function* once(bytes: Uint8Array) {
  yield bytes
}
