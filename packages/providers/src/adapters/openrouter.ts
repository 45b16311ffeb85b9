import { checkedEndpoint, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider } from '../spec.js'
import { askChat, bearer } from '../wire/chat.js'
import { chatBody } from '../wire/chat-body.js'
import type { Origin } from '../wire/fault.js'
import { getJson } from '../wire/list.js'
import { amount, count, fields, known, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'

/** Many vendors' models behind one key. The cost it reports beats the price list. */
export const provider: Provider = {
  name: 'openrouter',
  keyVariable: 'OPENROUTER_API_KEY',
  async model(model, settings) {
    const origin = originOf(model, settings)
    const headers = { ...bearer(origin.key), ...attribution(settings) }
    return wireModel({
      origin,
      settings,
      list: async () => (await provider.list?.(settings)) ?? [],
      priced: provider.name,
      body: (messages, options) => chatBody(model, messages, options),
      ask: (body, signal, reply) =>
        askChat(origin, { headers, json: { ...body, usage: { include: true } } }, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { data } = await getJson(origin, '/models', bearer(origin.key))
    return list(data).flatMap((row) => infoOf(row))
  },
}

function originOf(model: string, settings: ModelSettings): Origin {
  return {
    provider: provider.name,
    model,
    url: checkedEndpoint(provider.name, settings.endpoint ?? 'https://openrouter.ai/api/v1'),
    key: requireKey(provider, settings),
    keyVariable: provider.keyVariable,
  }
}

/** https://openrouter.ai/docs/app-attribution: each only where it is set. */
const attribution = (settings: ModelSettings): Record<string, string> => ({
  ...(settings.siteUrl ? { 'http-referer': settings.siteUrl } : {}),
  ...(settings.appName ? { 'x-title': settings.appName } : {}),
})

function infoOf(row: unknown): ModelInfo[] {
  const { id, context_length, pricing } = fields(row)
  const name = text(id)
  if (!name) return []
  const perToken = (key: string) => amount(Number.parseFloat(text(fields(pricing)[key]) ?? ''))
  const [prompt, reply] = [perToken('prompt'), perToken('completion')]
  const price =
    prompt === undefined || reply === undefined
      ? undefined
      : { inputPerMillion: prompt * 1e6, outputPerMillion: reply * 1e6, source: provider.name }
  return [known<ModelInfo>({ name, contextLength: count(context_length), price })]
}
