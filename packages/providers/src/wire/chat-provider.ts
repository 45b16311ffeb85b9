import { chatBatches, openaiBatches } from '../batch/openai.js'
import { ProviderError } from '../errors.js'
import { checkedEndpoint, checkedKey, requireKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider } from '../spec.js'
import { askChat, bearer } from './chat.js'
import { chatBody } from './chat-body.js'
import type { Origin } from './fault.js'
import { isPrivateHost } from './http.js'
import { getJson } from './list.js'
import { type Fields, fields, list, text } from './loose.js'
import { wireModel } from './model.js'

/** How one server of the chat-completions dialect differs from the others. */
export interface ChatFlavour extends Pick<Provider, 'name' | 'keyVariable' | 'local'> {
  /** Base URL where a person sets none; without one, they must. */
  readonly endpoint?: string
  /** It serves nobody without a key. */
  readonly keyed?: boolean
  /** Whose prices are its own; by its endpoint where absent. */
  readonly priced?: string
  readonly advice?: Origin['advice']
  /** What a row of its `/models` tells besides the name; undefined for one that cannot chat. */
  info?(row: Fields): Omit<ModelInfo, 'name'> | undefined
}

/**
 * A provider of the chat-completions dialect. On a private host it counts as local and costs nothing, unless it is a
 * service that wants a key.
 * @see {@link askChat}
 */
export function chatProvider(flavour: ChatFlavour): Provider {
  const { info = () => ({}) } = flavour
  const named = Object.fromEntries(
    (['name', 'keyVariable', 'local'] as const).flatMap((key) =>
      flavour[key] === undefined ? [] : [[key, flavour[key]]],
    ),
  ) as Pick<Provider, 'name' | 'keyVariable' | 'local'>
  const provider: Provider = {
    ...named,
    async model(model, settings) {
      const origin = originOf(flavour, model, settings)
      return wireModel({
        origin,
        settings,
        list: async () => (await provider.list?.(settings)) ?? [],
        local: flavour.keyed !== true && isPrivateHost(new URL(origin.url).hostname),
        priced: flavour.priced ?? origin.url,
        ...(settings.batches && { batches: openaiBatches(origin, bearer(origin.key), chatBatches) }),
        body: (messages, options) => chatBody(model, messages, options),
        ask: (json, signal, reply) => askChat(origin, { headers: bearer(origin.key), json }, signal, reply),
      })
    },
    async list(settings) {
      const origin = originOf(flavour, '', settings)
      const { data } = await getJson(origin, '/models', bearer(origin.key))
      return list(data).flatMap((row): ModelInfo[] => {
        const id = text(fields(row).id)
        const told = id && info(fields(row))
        return id && told ? [{ name: id, ...told }] : []
      })
    },
  }
  return provider
}

function originOf(flavour: ChatFlavour, model: string, settings: ModelSettings): Origin {
  const endpoint = settings.endpoint ?? flavour.endpoint
  if (!endpoint) {
    throw new ProviderError(
      'bad_request',
      `${flavour.name} needs an endpoint: set it to the server's base URL, e.g. http://127.0.0.1:8000/v1`,
    )
  }
  const key = flavour.keyed
    ? requireKey(flavour, settings)
    : settings.apiKey && checkedKey(flavour.name, settings.apiKey)
  return {
    provider: flavour.name,
    model,
    url: checkedEndpoint(flavour.name, endpoint),
    key: key || undefined,
    keyVariable: flavour.keyVariable,
    ...(flavour.advice && { advice: flavour.advice }),
  }
}
