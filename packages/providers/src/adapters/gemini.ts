import { checkedEndpoint, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider } from '../spec.js'
import { httpFault, type Origin } from '../wire/fault.js'
import { GeminiReader, geminiBody } from '../wire/gemini.js'
import { send } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'
import { eventsOrWhole } from '../wire/stream.js'

/**
 * Google's Gemini models, by their own API: it tells thoughts, signatures and blocked prompts, which its
 * OpenAI-compatible one does not. The key goes in a header, never in the URL.
 */
export const provider: Provider = {
  name: 'gemini',
  keyVariable: 'GEMINI_API_KEY',
  async model(written, settings) {
    const model = written.replace(/^models\//, '')
    const origin = originOf(model, settings)
    return wireModel({
      origin,
      settings,
      list: async () => (await provider.list?.(settings)) ?? [],
      priced: 'google',
      body: (messages, options) => geminiBody(model, messages, options),
      ask: (body, signal, reply) => ask(origin, body, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { models } = await getJson(origin, '/models?pageSize=1000', keyHeader(origin))
    return list(models).flatMap((row) => infoOf(fields(row)))
  },
}

function originOf(model: string, settings: ModelSettings): Origin {
  const url = settings.endpoint ?? 'https://generativelanguage.googleapis.com/v1beta'
  return {
    provider: provider.name,
    model,
    url: checkedEndpoint(provider.name, url),
    key: requireKey(provider, settings),
    keyVariable: provider.keyVariable,
  }
}

const keyHeader = ({ key = '' }: Origin) => ({ 'x-goog-api-key': key })

async function ask(origin: Origin, body: Fields, signal: AbortSignal, reply: Reply): Promise<void> {
  const url = `${origin.url}/models/${encodeURIComponent(origin.model)}:streamGenerateContent?alt=sse`
  const sent = await send(url, { headers: keyHeader(origin), json: body, signal })
  reply.answered(sent.status, sent.header)
  if (sent.status !== 200) throw httpFault(origin, sent.status, sent.header, await sent.text())
  reply.opened = true
  const reader = new GeminiReader(origin, reply)
  for await (const event of eventsOrWhole(sent, reply.watch)) {
    if (typeof event === 'string') reader.whole(event)
    else reader.event(event)
  }
  reader.end()
}

function infoOf({ name, inputTokenLimit, supportedGenerationMethods }: Fields): ModelInfo[] {
  const id = text(name)?.replace(/^models\//, '')
  if (!id || !list(supportedGenerationMethods).includes('generateContent')) return []
  return [known<ModelInfo>({ name: id, contextLength: count(inputTokenLimit), price: undefined })]
}
