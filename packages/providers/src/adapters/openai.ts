import { chatBatches, openaiBatches, responsesBatches } from '../batch/openai.js'
import { checkedEndpoint, requireKey } from '../settings.js'
import type { CallOptions, Message, ModelSettings, Provider } from '../spec.js'
import { askChat, bearer } from '../wire/chat.js'
import { chatBody } from '../wire/chat-body.js'
import type { Origin } from '../wire/fault.js'
import { getJson } from '../wire/list.js'
import { type Fields, fields, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'
import { askResponses, responsesBody } from '../wire/responses.js'

/** OpenAI's own models, by chat completions; those that refuse them, by the Responses API. */
export const provider: Provider = {
  name: 'openai',
  keyVariable: 'OPENAI_API_KEY',
  async model(model, settings) {
    const origin = originOf(model, settings)
    return wireModel({
      origin,
      settings,
      list: async () => (await provider.list?.(settings)) ?? [],
      priced: 'openai',
      batches: openaiBatches(
        origin,
        bearer(origin.key),
        onlyResponses(model) ? responsesBatches : chatBatches,
      ),
      body: (messages, options, reply) => bodyFor(model, messages, options, reply),
      ask: (json, signal, reply) =>
        (onlyResponses(model) ? askResponses : askChat)(
          origin,
          { headers: bearer(origin.key), json },
          signal,
          reply,
        ),
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
  return {
    provider: provider.name,
    model,
    url: checkedEndpoint(provider.name, settings.endpoint ?? 'https://api.openai.com/v1'),
    key: requireKey(provider, settings),
    keyVariable: provider.keyVariable,
  }
}

/** https://platform.openai.com/docs/models: those whose endpoints leave chat completions out. */
const onlyResponses = (model: string) =>
  /^(o\d(-mini)?-(pro|deep-research)|gpt-5(\.\d+)?-pro|gpt-5.*-codex|codex-|computer-use)/.test(model)

function bodyFor(
  model: string,
  messages: readonly Message[],
  options: CallOptions,
  reply: Pick<Reply, 'warnings'>,
): Fields {
  return onlyResponses(model)
    ? responsesBody(model, messages, options, reply.warnings)
    : limited(chatBody(model, messages, options))
}

/** `max_tokens` is deprecated, and refused by reasoning models; its successor is taken by all. */
function limited({ max_tokens, ...body }: Fields): Fields {
  return max_tokens === undefined ? body : { ...body, max_completion_tokens: max_tokens }
}
