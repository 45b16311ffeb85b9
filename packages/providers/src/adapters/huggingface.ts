import type { Price } from '../spec.js'
import { chatProvider } from '../wire/chat-provider.js'
import { amount, count, type Fields, fields, known, list } from '../wire/loose.js'

/**
 * Hugging Face's router to many servers of open models: https://huggingface.co/docs/inference-providers
 * `owner/model` leaves the choice of the server to it, `owner/model:together` names one; who answered is told in the
 * completion's fingerprint. Only a named server's price is known.
 */
export const provider = chatProvider({
  name: 'huggingface',
  keyVariable: 'HF_TOKEN',
  keyed: true,
  endpoint: 'https://router.huggingface.co/v1',
  priced: 'huggingface',
  info: ({ providers }) => {
    const servers = list(providers)
      .map(fields)
      .filter(({ status }) => status === undefined || status === 'live')
    const contexts = servers.flatMap(({ context_length }) => count(context_length) ?? [])
    const tools = servers.some(({ supports_tools }) => typeof supports_tools === 'boolean')
      ? servers.some(({ supports_tools }) => supports_tools === true)
      : undefined
    return known({
      contextLength: contexts.length > 0 ? Math.max(...contexts) : undefined,
      // What it costs depends on the server, unless there is but one.
      price: servers.length === 1 ? priceOf(servers[0] ?? {}) : undefined,
      supports: tools === undefined ? undefined : { tools },
    })
  },
})

function priceOf({ pricing }: Fields): Price | undefined {
  const [input, output] = [amount(fields(pricing).input), amount(fields(pricing).output)]
  return input === undefined || output === undefined
    ? undefined
    : { inputPerMillion: input, outputPerMillion: output, source: 'huggingface' }
}
