import { checkedEndpoint, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Price, Provider, Supports } from '../spec.js'
import { askChat, bearer } from '../wire/chat.js'
import { chatBody } from '../wire/chat-body.js'
import type { Origin } from '../wire/fault.js'
import { getJson } from '../wire/list.js'
import { amount, count, type Fields, fields, known, list, text } from '../wire/loose.js'
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
  const { id, context_length, pricing, supported_parameters } = fields(row)
  const name = text(id)
  if (!name) return []
  return [
    known<ModelInfo>({
      name,
      contextLength: count(context_length),
      price: priceOf(fields(pricing)),
      supports: Array.isArray(supported_parameters) ? supportsOf(supported_parameters) : undefined,
    }),
  ]
}

/** It gives dollars for one token, as text; -1 where the price depends on which model its router takes. */
function priceOf(pricing: Fields): Price | undefined {
  const perMillion = (key: string) => {
    const each = amount(Number.parseFloat(text(pricing[key]) ?? ''))
    // Thousandths of a millionth: a product of decimals would have digits that nobody wrote.
    return each === undefined ? undefined : Number((each * 1e6).toFixed(9))
  }
  const [input, output] = [perMillion('prompt'), perMillion('completion')]
  if (input === undefined || output === undefined) return undefined
  return known<Price>({
    inputPerMillion: input,
    outputPerMillion: output,
    cacheReadPerMillion: perMillion('input_cache_read'),
    cacheWritePerMillion: perMillion('input_cache_write'),
    reasoningPerMillion: perMillion('internal_reasoning') || undefined,
    perRequest: amount(Number.parseFloat(text(pricing.request) ?? '')) || undefined,
    source: provider.name,
  })
}

const supportsOf = (parameters: readonly unknown[]): Supports => ({
  temperature: parameters.includes('temperature'),
  seed: parameters.includes('seed'),
  stop: parameters.includes('stop'),
  tools: parameters.includes('tools'),
  logprobs: parameters.includes('logprobs'),
})
