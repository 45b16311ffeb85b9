import { anthropicBatches } from '../batch/anthropic.js'
import { checkedEndpoint, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider } from '../spec.js'
import { httpFault, type Origin } from '../wire/fault.js'
import { type HttpReply, send } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import { MessagesReader } from '../wire/messages.js'
import { messagesBody } from '../wire/messages-body.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'
import { eventsOrWhole } from '../wire/stream.js'
import { bareEndpoint } from '../wire/target.js'

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
      list: async () => (await provider.list?.(settings)) ?? [],
      priced: provider.name,
      batches: anthropicBatches(origin, keyHeaders(origin)),
      body: (messages, options, reply) => messagesBody(model, messages, options, reply.warnings),
      ask: (body, signal, reply) => ask({ ...body, stream: true }, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { data } = await getJson(origin, '/v1/models?limit=1000', keyHeaders(origin))
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

const keyHeaders = ({ key }: Origin) => ({ 'x-api-key': key ?? '', 'anthropic-version': '2023-06-01' })

async function asker(origin: Origin) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk')
  const bare = bareEndpoint(origin.url)
  const client = new Anthropic({
    apiKey: origin.key ?? null,
    authToken: null,
    baseURL: bare,
    maxRetries: 0,
    // The deadline is the caller's signal; the client's own would start anew with each try.
    timeout: 2_147_483_647,
    logLevel: 'off',
    // The client makes the request; how it is sent and what a refusal says is the same for all providers. A fetch would
    // ask twice on its own accord (421), hide what some statuses say, and take half of a gzip for the whole.
    fetch: (async (url: string, { headers, body, ours }: SentByClient) => {
      const reply = await send(origin.url + url.slice(bare.length), {
        headers: Object.fromEntries(headers),
        written: body,
        signal: ours,
      })
      return { ...reply, ok: true, headers: new Headers() }
    }) as unknown as typeof fetch,
  })
  return async (body: Fields, signal: AbortSignal, reply: Reply): Promise<void> => {
    // `post`, because `messages.create` prints warnings about old models to the console; the bare response, because
    // the client's own reader passes over what it cannot read.
    const fetchOptions = { ours: signal } as object
    const asked = client.post('/v1/messages', { body, signal, stream: true, fetchOptions })
    const sent = (await asked.asResponse()) as unknown as HttpReply
    reply.answered(sent.status, sent.header)
    if (sent.status !== 200) throw httpFault(origin, sent.status, sent.header, await sent.text())
    reply.opened = true
    const message = new MessagesReader(origin, reply)
    for await (const event of eventsOrWhole(sent, reply.watch)) {
      if (typeof event === 'string') message.whole(event)
      else message.event(event)
    }
    message.end()
  }
}

/** What the client hands to its fetch. */
interface SentByClient {
  readonly headers: Headers
  readonly body: string
  /** The signal of the try, which the client hides behind one of its own. */
  readonly ours: AbortSignal
}
