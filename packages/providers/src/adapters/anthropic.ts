import { anthropicBatches } from '../batch/anthropic.js'
import { checkedEndpoint, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider } from '../spec.js'
import { httpFault, type Origin } from '../wire/fault.js'
import { connections } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import { MessagesReader } from '../wire/messages.js'
import { messagesBody } from '../wire/messages-body.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'
import { serverSentEvents, wholeText } from '../wire/stream.js'
import { bareEndpoint, targetOf } from '../wire/target.js'
import { watched } from '../wire/watch.js'

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
  const [{ default: Anthropic, APIError }, undici, dispatcher] = await Promise.all([
    import('@anthropic-ai/sdk'),
    import('undici'),
    connections(),
  ])
  const bare = bareEndpoint(origin.url)
  const client = new Anthropic({
    apiKey: origin.key ?? null,
    authToken: null,
    baseURL: bare,
    maxRetries: 0,
    // The deadline is the caller's signal; the client's own would start anew with each try.
    timeout: 2_147_483_647,
    logLevel: 'off',
    // undici's types of the web's Request and Response are its own, its behaviour is not.
    fetch: ((url: string, init: import('undici').RequestInit) => {
      const target = targetOf(origin.url + url.slice(bare.length))
      const headers = { ...target.headers, ...Object.fromEntries(new undici.Headers(init.headers)) }
      return undici.fetch(target.url, { dispatcher, ...init, headers, redirect: 'manual' })
    }) as unknown as typeof fetch,
  })
  return async (body: Fields, signal: AbortSignal, reply: Reply): Promise<void> => {
    try {
      // `post`, because `messages.create` prints warnings about old models to the console; the bare response, because
      // the client's own reader passes over what it cannot read.
      const fetchOptions = { dispatcher: watched(dispatcher, signal) } as object
      const sent = await client
        .post('/v1/messages', { body, signal, stream: true, fetchOptions })
        .asResponse()
      reply.answered(sent.status, (name) => sent.headers.get(name) ?? undefined)
      reply.opened = true
      const bytes = (sent.body ?? []) as AsyncIterable<Uint8Array>
      const message = new MessagesReader(origin, reply)
      if (sent.headers.get('content-type')?.includes('json')) {
        message.whole(await wholeText(bytes, reply.watch))
      } else {
        for await (const event of serverSentEvents(bytes, reply.watch)) message.event(event)
      }
      message.end()
    } catch (error) {
      if (!(error instanceof APIError) || typeof error.status !== 'number') throw error
      const header = (name: string) => error.headers?.get(name) ?? undefined
      reply.answered(error.status, header)
      throw httpFault(origin, error.status, header, JSON.stringify(error.error ?? {}))
    }
  }
}
