import { checkedEndpoint, checkedKey } from '../settings.js'
import type {
  CallOptions,
  FinishReason,
  Message,
  ModelInfo,
  ModelSettings,
  Provider,
  Usage,
} from '../spec.js'
import { bearer } from '../wire/chat.js'
import { bodyFault, fault, httpFault, type Origin } from '../wire/fault.js'
import { send } from '../wire/http.js'
import { getJson } from '../wire/list.js'
import { count, type Fields, fields, json, known, list, text } from '../wire/loose.js'
import { wireModel } from '../wire/model.js'
import type { Reply } from '../wire/reply.js'
import { jsonLines } from '../wire/stream.js'

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
      local: new URL(origin.url).hostname !== 'ollama.com',
      priced: provider.name,
      body: (messages, options) => bodyFor(model, messages, options),
      ask: (body, signal, reply) => ask(origin, { ...body, stream: true }, signal, reply),
    })
  },
  async list(settings) {
    const origin = originOf('', settings)
    const { models } = await getJson(origin, '/api/tags', bearer(origin.key))
    return list(models).flatMap((row): ModelInfo[] => {
      const name = text(fields(row).name)
      return name ? [{ name }] : []
    })
  },
}

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

function bodyFor(model: string, messages: readonly Message[], options: CallOptions): Fields {
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    options: known<Fields>({
      temperature: options.temperature,
      num_predict: options.maxTokens,
      top_p: options.topP,
      stop: options.stop,
      seed: options.seed,
    }),
  }
}

async function ask(origin: Origin, body: Fields, signal: AbortSignal, reply: Reply): Promise<void> {
  const sent = await send(`${origin.url}/api/chat`, { headers: bearer(origin.key), json: body, signal })
  if (sent.status !== 200) throw httpFault(origin, sent.status, sent.header, await sent.text())
  reply.opened = true
  for await (const { data, unclosed } of jsonLines(sent.body)) {
    const line = json(data)
    if (line !== undefined) takeLine(origin, fields(line), reply)
    else if (!unclosed) throw fault(origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
  }
}

function takeLine(origin: Origin, line: Fields, reply: Reply): void {
  if (line.error) throw bodyFault(origin, line.error)
  const message = fields(line.message)
  const thought = text(message.thinking)
  const said = text(message.content)
  if (thought) reply.addReasoning(thought)
  if (said) reply.addText(said)
  if (list(message.tool_calls).length > 0) reply.addToolCall()
  reply.served = text(line.model) ?? reply.served
  if (line.done !== true) return
  reply.finishRaw = text(line.done_reason)
  // Servers before 0.2 give no reason; `done` alone means that the model came to its end.
  reply.finish = doneReasons[reply.finishRaw ?? 'stop'] ?? 'other'
  reply.usage = known<Usage>({ input: count(line.prompt_eval_count), output: count(line.eval_count) })
  const nanoseconds = count(line.eval_duration)
  if (nanoseconds && reply.usage.output) reply.measuredRate = reply.usage.output / (nanoseconds / 1e9)
  const loading = count(line.load_duration) ?? 0
  if (loading > 1e9) {
    reply.warnings.push(`${(loading / 1e9).toFixed(1)} s of its time went into loading the model`)
  }
}

const doneReasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }
