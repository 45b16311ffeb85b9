import { checkedEndpoint, checkedKey } from '../settings.js'
import type { ModelInfo, ModelSettings, Provider, Supports } from '../spec.js'
import { bearer } from '../wire/chat.js'
import { httpFault, type Origin } from '../wire/fault.js'
import { send } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, known, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'
import { ollamaBody, takeOllamaLine } from '../wire/ollama-chat.js'
import { checkPromptFit, contextFor } from '../wire/ollama-context.js'
import type { Reply } from '../wire/reply.js'
import { jsonLines } from '../wire/stream.js'
import { takeUnreadBody } from '../wire/unread-call.js'

/** Models of an Ollama server, by its own API: https://github.com/ollama/ollama/blob/main/docs/api.md */
export const provider: Provider = {
  name: 'ollama',
  endpointVariable: 'OLLAMA_HOST',
  local: true,
  async model(model, settings) {
    const origin = originOf(model, settings)
    return wireModel({
      origin,
      settings,
      list: async () => (await provider.list?.(settings)) ?? [],
      local: new URL(origin.url).hostname !== 'ollama.com',
      priced: provider.name,
      body: (messages, options, reply) =>
        ollamaBody(model, messages, options, reply.warnings, settings.contextLength),
      ask: asker(origin),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { models } = await getJson(origin, '/api/tags', bearer(origin.key))
    const names = list(models).flatMap((row) => text(fields(row).name) ?? [])
    const infos = names.map((name, at) => (at < mostShown ? show(origin, name) : { name }))
    return (await Promise.all(infos)).filter((info) => info !== undefined)
  },
}

/** Each model's details are a request of their own; past so many, only names are told. */
const mostShown = 100

function originOf(model: string, settings: ModelSettings): Origin {
  const url = checkedEndpoint(provider.name, hostUrl(settings.endpoint ?? ''))
  return {
    provider: provider.name,
    model,
    url,
    key: settings.apiKey && checkedKey(provider.name, settings.apiKey),
    advice: {
      not_found: `Pull it: ollama pull ${model}`,
      connect: 'Start it with `ollama serve`, or set OLLAMA_HOST to where it runs.',
      timeout: 'Raise the time limit (loading a large model takes its time), or choose a smaller model.',
    },
  }
}

/** `OLLAMA_HOST` as Ollama reads it: scheme and port may be missing, 0.0.0.0 means this machine. */
function hostUrl(host: string): string {
  const written = host.trim()
  const withScheme = /^https?:\/\//.test(written)
    ? written
    : `http://${written.replace(/^(?=:|$)/, '127.0.0.1')}`
  if (!URL.canParse(withScheme)) return withScheme
  const url = new URL(withScheme)
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.port === '' && withScheme !== written) url.port = '11434'
  return url.href
}

/** The model as it runs: what `/api/ps` tells once it is loaded. */
interface Running {
  readonly fingerprint: string
  readonly context?: number | undefined
}

/** Asks with room enough for the prompt, and checks afterwards that all of it was read. */
function asker(origin: Origin) {
  let context = 0
  let running: Running | undefined
  return async (body: Fields, signal: AbortSignal, reply: Reply): Promise<void> => {
    const set = count(fields(body.options).num_ctx)
    context = Math.max(context, contextFor(body))
    const options = { num_ctx: context, ...fields(body.options) }
    // Newer servers refuse what older ones would shorten.
    const json = { ...body, options, stream: true, truncate: false, shift: false }
    const sent = await send(`${origin.url}/api/chat`, { headers: bearer(origin.key), json, signal })
    reply.answered(sent.status, sent.header)
    if (sent.status !== 200) {
      const said = await sent.text()
      if (takeUnreadBody(said, reply)) return
      throw httpFault(origin, sent.status, sent.header, said)
    }
    reply.opened = true
    for await (const event of jsonLines(sent.body, reply.watch)) takeOllamaLine(origin, event, reply)
    if (reply.finish === undefined) return
    reply.over()
    running ??= await look(origin, signal)
    reply.fingerprint = running?.fingerprint
    checkPromptFit(
      origin,
      body,
      Math.min(set ?? context, running?.context ?? Number.POSITIVE_INFINITY),
      reply,
    )
  }
}

async function look(origin: Origin, signal: AbortSignal): Promise<Running | undefined> {
  try {
    const { models } = await getJson(origin, '/api/ps', bearer(origin.key), { signal })
    const model = list(models).map(fields).find(isNamed(origin.model))
    if (!model) return undefined
    const context = count(model.context_length)
    const digest = text(model.digest)?.slice(0, 12)
    const parts = [digest, text(fields(model.details).quantization_level), context && `context ${context}`]
    return { fingerprint: parts.filter(Boolean).join(' '), context }
  } catch {
    return undefined
  }
}

const isNamed = (name: string) => (model: Fields) => {
  const whole = name.includes(':') ? name : `${name}:latest`
  return model.name === whole || model.model === whole
}

/** What it says of one model; nothing where it does not say it. */
async function show(origin: Origin, name: string): Promise<ModelInfo | undefined> {
  const shown = await getJson(origin, '/api/show', bearer(origin.key), { json: { model: name } }).catch(() =>
    fields(0),
  )
  const capabilities = list(shown.capabilities)
  if (capabilities.length > 0 && !capabilities.includes('completion')) return undefined
  const info = fields(shown.model_info)
  const contextLength = count(info[`${text(info['general.architecture']) ?? ''}.context_length`])
  const tools = capabilities.length > 0 ? capabilities.includes('tools') : undefined
  const supports = known<Supports>({ temperature: true, seed: true, stop: true, tools, logprobs: undefined })
  return known<ModelInfo>({
    name,
    contextLength,
    price: undefined,
    supports: capabilities.length > 0 ? supports : undefined,
  })
}
