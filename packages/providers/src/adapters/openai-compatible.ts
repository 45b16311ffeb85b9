import { ProviderError } from '../errors.js'
import { checkedEndpoint, checkedKey } from '../settings.js'
import type { ModelSettings, Provider } from '../spec.js'
import { askChat, bearer } from '../wire/chat.js'
import { chatBody } from '../wire/chat-body.js'
import type { Origin } from '../wire/fault.js'
import { isPrivateHost } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { fields, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'

const name = 'openai-compatible'

/**
 * Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, LM Studio, text-generation-inference, and hosted
 * ones. The endpoint is its base URL, mostly ending in `/v1`. The key is optional. On a private host it counts as
 * local and costs nothing; elsewhere its price is looked up by the endpoint.
 */
export const provider: Provider = {
  name,
  async model(model, settings) {
    const origin = originOf(model, settings)
    return wireModel({
      origin,
      settings,
      local: isPrivateHost(new URL(origin.url).hostname),
      priced: origin.url,
      body: (messages, options) => chatBody(model, messages, options),
      ask: (json, signal, reply) => askChat(origin, { headers: bearer(origin.key), json }, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { data } = await getJson(origin, '/models', bearer(origin.key))
    return list(data).flatMap((row) => {
      const id = text(fields(row).id)
      return id ? [{ name: id }] : []
    })
  },
}

function originOf(model: string, settings: ModelSettings): Origin {
  if (!settings.endpoint) {
    throw new ProviderError(
      'bad_request',
      `${name} needs an endpoint: set it to the server's base URL, e.g. http://127.0.0.1:8000/v1`,
    )
  }
  const key = settings.apiKey && checkedKey(name, settings.apiKey)
  return { provider: name, model, url: checkedEndpoint(name, settings.endpoint), key: key || undefined }
}
