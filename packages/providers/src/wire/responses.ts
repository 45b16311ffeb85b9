import type { CallOptions, Message, Usage } from '../spec.js'
import { takeCost } from './chat-usage.js'
import { bodyFault, fault, httpFault, type Origin } from './fault.js'
import { send } from './http.js'
import { count, type Fields, fields, json, known, list, text } from './loose.js'
import type { Reply } from './reply.js'
import { eventsOrWhole, type StreamEvent } from './stream.js'
import { takenArguments, takenName } from './tool-calls.js'

/**
 * OpenAI's Responses API, the only way to ask some of its models.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export async function askResponses(
  origin: Origin,
  request: { readonly headers: Readonly<Record<string, string>>; readonly json: Fields },
  signal: AbortSignal,
  reply: Reply,
): Promise<void> {
  const { headers } = request
  const streamed = { ...request.json, stream: true }
  const sent = await send(`${origin.url}/responses`, { headers, json: streamed, signal })
  reply.answered(sent.status, sent.header)
  if (sent.status !== 200) throw httpFault(origin, sent.status, sent.header, await sent.text())
  reply.opened = true
  const reader = new ResponsesReader(origin, reply)
  for await (const event of eventsOrWhole(sent, reply.watch)) {
    if (typeof event === 'string') reader.whole(event)
    else reader.event(event)
  }
}

/** @param warnings is told what was not sent */
export function responsesBody(
  model: string,
  messages: readonly Message[],
  options: CallOptions,
  warnings: string[],
): Fields {
  if (options.seed !== undefined) warnings.push(`seed: not supported by the only API of ${model}`)
  if (options.stop?.length) warnings.push(`stop: not supported by the only API of ${model}`)
  const { tools, toolChoice } = options
  return known<Fields>({
    model,
    input: messages.flatMap(inputItems),
    // Nothing is kept there; what the model thought comes along sealed, for the next turn to bring back.
    store: false,
    include: ['reasoning.encrypted_content'],
    max_output_tokens: options.maxTokens,
    temperature: options.temperature,
    top_p: options.topP,
    tools: tools?.length
      ? tools.map(({ name, description, parameters }) => ({
          type: 'function',
          name,
          description,
          parameters,
          strict: false,
        }))
      : undefined,
    tool_choice: tools?.length
      ? typeof toolChoice === 'object'
        ? { type: 'function', name: toolChoice.name }
        : toolChoice
      : undefined,
  })
}

function inputItems(message: Message): Fields[] {
  const { role, content } = message
  if (message.role === 'tool') {
    return [{ type: 'function_call_output', call_id: message.toolCallId, output: content }]
  }
  if (message.role !== 'assistant') return [{ role, content }]
  return [
    ...list(fields(message.carry).responses).map(fields),
    ...(content === '' ? [] : [{ role, content }]),
    ...(message.toolCalls ?? []).map((call) => ({
      type: 'function_call',
      call_id: call.id,
      name: takenName(call.name),
      arguments: takenArguments(call),
    })),
  ]
}

/** Reads one reply, streamed or not. */
export class ResponsesReader {
  readonly #origin: Origin
  readonly #reply: Reply
  readonly #reasoning: Fields[] = []
  /** Places of calls whose arguments came piece by piece. */
  readonly #pieced = new Set<unknown>()

  constructor(origin: Origin, reply: Reply) {
    this.#origin = origin
    this.#reply = reply
  }

  event({ event, data, unclosed }: StreamEvent): void {
    if (data.trim() === '[DONE]') return
    const parsed = json(data)
    if (parsed === undefined && unclosed) return
    if (parsed === undefined) throw fault(this.#origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
    const sent = fields(parsed)
    const reply = this.#reply
    const delta = text(sent.delta)
    const item = fields(sent.item)
    switch (text(sent.type) ?? event) {
      case 'response.created':
        reply.served = text(fields(sent.response).model) ?? reply.served
        break
      case 'response.output_text.delta':
        if (delta) reply.addText(delta)
        break
      case 'response.refusal.delta':
        if (delta) reply.addText(delta)
        reply.end('refusal', undefined)
        break
      case 'response.reasoning_summary_part.added':
        // Parts of a summary are paragraphs.
        if (reply.reasoning !== '') reply.reasoning += '\n\n'
        break
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        if (delta) reply.addReasoning(delta)
        break
      case 'response.output_item.added':
        // What it says of the arguments comes again, in pieces or at the end.
        if (item.type === 'function_call') this.#call(sent.output_index, item, undefined)
        break
      case 'response.function_call_arguments.delta':
        this.#pieced.add(sent.output_index)
        reply.addToolCall({ index: place(sent.output_index), arguments: sent.delta })
        break
      case 'response.output_item.done':
        if (item.type === 'reasoning') this.#reasoning.push(item)
        if (item.type === 'function_call' && !this.#pieced.has(sent.output_index)) {
          this.#call(sent.output_index, item, item.arguments)
        }
        break
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#end(fields(sent.response))
        break
      case 'error':
        throw bodyFault(this.#origin, sent.error ?? sent)
    }
  }

  whole(body: string): void {
    const response = fields(json(body))
    if (response.error) throw bodyFault(this.#origin, response.error)
    if (!Array.isArray(response.output)) {
      throw fault(this.#origin, 'malformed', `no output in ${body.slice(0, 80)}`)
    }
    for (const [index, item] of response.output.map(fields).entries()) this.#item(index, item)
    this.#end(response)
  }

  #item(index: number, item: Fields): void {
    const reply = this.#reply
    if (item.type === 'function_call') this.#call(index, item, item.arguments)
    if (item.type === 'reasoning') {
      this.#reasoning.push(item)
      const thoughts = [...list(item.summary), ...list(item.content)].flatMap(
        (part) => text(fields(part).text) ?? [],
      )
      if (thoughts.length > 0) reply.addReasoning(thoughts.join('\n\n'))
    }
    if (item.type !== 'message') return
    for (const part of list(item.content).map(fields)) {
      const said = text(part.text) ?? text(part.refusal)
      if (said) reply.addText(said)
      if (part.type === 'refusal') reply.end('refusal', undefined)
    }
  }

  #call(index: unknown, item: Fields, written: unknown): void {
    const id = text(item.call_id) ?? text(item.id)
    this.#reply.addToolCall({ index: place(index), id, name: text(item.name), arguments: written })
  }

  #end(response: Fields): void {
    const reply = this.#reply
    reply.served = text(response.model) ?? reply.served
    reply.usage = usageOf(fields(response.usage))
    takeCost(fields(response.usage), reply)
    if (response.error) throw bodyFault(this.#origin, response.error)
    const status = text(response.status)
    const reason = text(fields(response.incomplete_details).reason)
    if (status === 'completed') reply.end('stop', status)
    // Whatever the reason: it is not whole.
    else if (status === 'incomplete')
      reply.end(reason === 'content_filter' ? 'refusal' : 'length', reason ?? status)
    else throw fault(this.#origin, 'incomplete', `it ended as "${status ?? 'unknown'}"`)
    if (this.#reasoning.length > 0) reply.carry = { responses: this.#reasoning }
  }
}

const place = (index: unknown) => (typeof index === 'number' ? index : 0)

const usageOf = (counts: Fields): Usage =>
  known<Usage>({
    input: count(counts.input_tokens),
    output: count(counts.output_tokens),
    cacheRead: count(fields(counts.input_tokens_details).cached_tokens),
    cacheWrite: undefined,
    reasoning: count(fields(counts.output_tokens_details).reasoning_tokens),
  })
