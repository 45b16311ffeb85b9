import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages.js'
import { checkedEndpoint, requireKey } from '../settings.js'
import type {
  CallOptions,
  FinishReason,
  Message,
  ModelInfo,
  ModelSettings,
  Provider,
  Usage,
} from '../spec.js'
import { bodyFault, fault, httpFault, type Origin } from '../wire/fault.js'
import { connections } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'

/** Anthropic's own models, by the Messages API, always streamed: long replies are refused otherwise. */
export const provider: Provider = {
  name: 'anthropic',
  keyVariable: 'ANTHROPIC_API_KEY',
  async model(model, settings) {
    const origin = originOf(model, settings)
    const ask = await asker(origin)
    return wireModel({
      origin,
      settings,
      priced: provider.name,
      body: (messages, options, reply) => bodyFor(model, messages, options, reply),
      ask: (body, signal, reply) => ask({ ...body, stream: true }, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const headers = { 'x-api-key': origin.key ?? '', 'anthropic-version': '2023-06-01' }
    const { data } = await getJson(origin, '/v1/models?limit=1000', headers)
    return list(data).flatMap((row): ModelInfo[] => {
      const { id, max_input_tokens } = fields(row)
      const name = text(id)
      return name
        ? [known<ModelInfo>({ name, contextLength: count(max_input_tokens), price: undefined })]
        : []
    })
  },
}

function originOf(model: string, settings: ModelSettings): Origin {
  return {
    provider: provider.name,
    model,
    url: checkedEndpoint(provider.name, settings.endpoint ?? 'https://api.anthropic.com'),
    key: requireKey(provider, settings),
    keyVariable: provider.keyVariable,
  }
}

async function asker(origin: Origin) {
  const [{ default: Anthropic, APIError }, undici, dispatcher] = await Promise.all([
    import('@anthropic-ai/sdk'),
    import('undici'),
    connections(),
  ])
  const client = new Anthropic({
    apiKey: origin.key ?? null,
    authToken: null,
    baseURL: origin.url,
    maxRetries: 0,
    // The deadline is the caller's signal; the client's own would start anew with each try.
    timeout: 2_147_483_647,
    logLevel: 'off',
    // undici's types of the web's Request and Response are its own, its behaviour is not.
    fetch: ((url: string, init: object) =>
      undici.fetch(url, { ...init, dispatcher, redirect: 'manual' })) as unknown as typeof fetch,
  })
  return async (body: Fields, signal: AbortSignal, reply: Reply): Promise<void> => {
    try {
      // `post`, because `messages.create` prints warnings about old models to the console.
      const sent = await client
        .post<AsyncIterable<RawMessageStreamEvent>>('/v1/messages', { body, signal, stream: true })
        .withResponse()
      reply.opened = true
      if (sent.response.headers.get('content-type')?.includes('json')) {
        return takeWhole(origin, fields(await sent.response.json()), reply)
      }
      for await (const event of sent.data) takeEvent(fields(event), reply)
    } catch (error) {
      if (error instanceof SyntaxError) throw fault(origin, 'malformed', error.message)
      if (!(error instanceof APIError)) throw error
      if (typeof error.status === 'number') {
        const { headers } = error
        throw httpFault(
          origin,
          error.status,
          (name) => headers?.get(name) ?? undefined,
          JSON.stringify(error.error ?? {}),
        )
      }
      throw error.error === undefined ? error : bodyFault(origin, fields(error.error).error ?? error.error)
    }
    // A clean end in mid-stream looks like success to the client; without `message_stop` it is none.
    if (!reply.closed) reply.finish = undefined
  }
}

function bodyFor(
  model: string,
  messages: readonly Message[],
  options: CallOptions,
  reply: Pick<Reply, 'warnings'>,
): Fields {
  const system = messages.flatMap(({ role, content }) => (role === 'system' ? [content] : []))
  const { temperature } = options
  const hot = temperature !== undefined && temperature > 1
  if (hot) reply.warnings.push(`temperature ${temperature}: not sent, anthropic takes 0 to 1`)
  if (options.seed !== undefined) reply.warnings.push('seed: not supported by anthropic')
  return known<Fields>({
    model,
    system: system.length > 0 ? system.join('\n\n') : undefined,
    messages: messages.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
    max_tokens: options.maxTokens ?? defaultMaxTokens(model),
    temperature: hot ? undefined : temperature,
    top_p: options.topP,
    stop_sequences: options.stop,
  })
}

/** The API wants a limit; the oldest models take no more than 4,096. */
const defaultMaxTokens = (model: string) => (/^claude-3-(opus|sonnet|haiku)/.test(model) ? 4096 : 8192)

function takeEvent(event: Fields, reply: Reply): void {
  const delta = fields(event.delta)
  switch (event.type) {
    case 'message_start': {
      const message = fields(event.message)
      reply.served = text(message.model)
      reply.usage = usageOf(fields(message.usage), {})
      break
    }
    case 'content_block_start':
      takeBlock(fields(event.content_block), reply)
      break
    case 'content_block_delta':
      takeBlock(delta, reply)
      if (delta.type === 'input_json_delta') reply.addToolCall()
      break
    case 'message_delta':
      takeStop(delta, reply)
      reply.usage = usageOf(fields(event.usage), reply.usage)
      break
    case 'message_stop':
      reply.closed = true
  }
}

function takeWhole(origin: Origin, message: Fields, reply: Reply): void {
  if (message.error) throw bodyFault(origin, message.error)
  if (!Array.isArray(message.content)) throw fault(origin, 'malformed', 'no content in it')
  reply.served = text(message.model)
  for (const block of message.content) takeBlock(fields(block), reply)
  takeStop(message, reply)
  reply.usage = usageOf(fields(message.usage), {})
  reply.closed = true
}

function takeBlock(block: Fields, reply: Reply): void {
  const said = text(block.text)
  const thought = text(block.thinking)
  if (said) reply.addText(said)
  if (thought) reply.addReasoning(thought)
  if (block.type === 'tool_use') reply.addToolCall()
}

function takeStop(from: Fields, reply: Reply): void {
  const reason = text(from.stop_reason)
  if (!reason) return
  reply.finishRaw = reason
  reply.finish = stopReasons[reason] ?? 'other'
}

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
  const fresh = count(counts.input_tokens)
  return known<Usage>({
    input: fresh === undefined ? before.input : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(counts.output_tokens) ?? before.output,
    cacheRead,
    cacheWrite,
    reasoning: count(fields(counts.output_tokens_details).thinking_tokens) ?? before.reasoning,
  })
}
