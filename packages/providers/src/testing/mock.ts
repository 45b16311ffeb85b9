import type { Exchange } from './exchange.js'
import { faults, good } from './faults.js'
import { chat, openrouter } from './formats/chat.js'
import type { Format, Said, Wanted } from './formats/format.js'
import { gemini } from './formats/gemini.js'
import { messages } from './formats/messages.js'
import { ollama } from './formats/ollama.js'
import { responses } from './formats/responses.js'
import { checkScript, type MockRule, type MockScript } from './script.js'
import { listen, type Received, type ServerOptions, type TestServer } from './server.js'

export interface MockOptions extends ServerOptions {
  readonly script?: MockScript
  /** Answers before all else where it answers: what a script cannot say, such as the life of a batch. */
  readonly answer?: (request: Received) => Exchange | undefined | Promise<Exchange | undefined>
}

/**
 * A real HTTP server that speaks every wire by its usual path: OpenAI's chat completions and responses, OpenRouter's
 * dialect of the former under `/api/v1`, Anthropic's messages, Ollama's API, Gemini's. It answers as its script says, and
 * without one repeats the question.
 * @throws ProviderError `bad_request` for a script that is none
 */
export async function mockServer({ script = {}, answer, ...options }: MockOptions = {}): Promise<TestServer> {
  const play = player(checkScript(script))
  return listen(async (request) => (await answer?.(request)) ?? play(request), options)
}

/** The wire of a path; undefined where no model is asked there. */
function formatOf(path: string): Format | undefined {
  const [at = ''] = path.split('?')
  if (at.endsWith('/chat/completions')) return at.startsWith('/api/') ? openrouter : chat
  if (at.endsWith('/responses')) return responses
  if (at.endsWith('/messages')) return messages
  if (at === '/api/chat') return ollama
  return /:(streamG|g)enerateContent$/.test(at) ? gemini : undefined
}

function player(script: MockScript): (request: Received) => Exchange {
  const seen = new Map<MockRule, number>()
  const models = script.models ?? ['mock']
  return (request) => {
    const format = formatOf(request.path)
    if (!format || request.method !== 'POST') return lookUp(request.path, models)
    const parsed = parse(request.body)
    if (parsed === undefined) return faults.bad_request({ format, said: sayings({}, noWish) })
    const wanted = format.wanted(request.path, parsed)
    const rule = script.rules?.find((one) => fits(one, wanted, seen))
    const { rules: _, models: __, ...rest } = script
    const chosen: MockRule = { ...rest, ...rule }
    const said = sayings(chosen, wanted)
    const exchange = chosen.fault
      ? faults[chosen.fault]({ format, said, after: chosen.after, retryAfter: chosen.retry_after })
      : good(format, said, wanted.stream)
    return paced(altered(exchange, chosen), chosen)
  }
}

const noWish: Wanted = { model: '', prompt: '', chars: 0, stream: false }

function fits(rule: MockRule, wanted: Wanted, seen: Map<MockRule, number>): boolean {
  if (rule.model !== undefined && rule.model !== wanted.model) return false
  if (rule.says && !wanted.prompt.toLowerCase().includes(rule.says.toLowerCase())) return false
  const count = (seen.get(rule) ?? 0) + 1
  seen.set(rule, count)
  const { every = 1, times = Number.POSITIVE_INFINITY } = rule
  return count % every === 0 && count / every <= times
}

function sayings(rule: MockRule, { model, prompt, chars }: Wanted): Said {
  const calls = rule.tool_calls ?? []
  const text = tokens(rule.text ?? (calls.length > 0 ? '' : prompt))
  const reasoning = tokens(rule.reasoning ?? '')
  const toolCalls = calls.map(({ name, arguments: args = {} }, index) => ({
    id: `call_${index}`,
    name,
    arguments: JSON.stringify(args),
  }))
  return {
    model,
    text,
    reasoning,
    toolCalls,
    finish: rule.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
    usage: {
      input: Math.ceil(chars / 4),
      output: text.length + reasoning.length + toolCalls.length,
      reasoning: reasoning.length > 0 ? reasoning.length : undefined,
    },
  }
}

/** A word with the space before it: about what a token is. */
const tokens = (text: string): readonly string[] => text.match(/\s*\S+|\s+$/g) ?? []

function altered(exchange: Exchange, { status, headers, body, cut_at }: MockRule): Exchange {
  return {
    ...exchange,
    ...(status === undefined ? {} : { status }),
    ...(headers === undefined ? {} : { headers: { ...exchange.headers, ...headers } }),
    ...(body === undefined ? {} : { body }),
    ...(cut_at === undefined ? {} : { cutAt: cut_at }),
  }
}

/** A stream without a pace is written at once: the server is to measure its clients, not they it. */
function paced(exchange: Exchange, { latency, rate }: MockRule): Exchange {
  const waits = {
    ...exchange.waits,
    ...(latency ? { headers: latency } : {}),
    ...(rate ? { chunks: 1000 / rate } : {}),
  }
  const { body, ending = 'end' } = exchange
  const atOnce =
    !rate && ending === 'end' && Array.isArray(body) && body.every((part) => typeof part === 'string')
  return { ...exchange, waits, ...(atOnce ? { body: body.join('') } : {}) }
}

/** Lists of models, in each wire's words; 404 for whatever else is asked. */
function lookUp(path: string, models: readonly string[]): Exchange {
  const [at = ''] = path.split('?')
  const found = (body: object): Exchange => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (at.startsWith('/v1beta/models')) {
    return found({ models: models.map((name) => ({ name: `models/${name}`, inputTokenLimit: 131_072 })) })
  }
  if (at.endsWith('/models')) {
    const data = models.map((id) => ({
      id,
      object: 'model',
      type: 'model',
      display_name: id,
      context_length: 131_072,
    }))
    return found({ object: 'list', data, has_more: false })
  }
  if (at === '/api/tags' || at === '/api/ps') {
    const digest = '0'.repeat(64)
    return found({ models: models.map((name) => ({ name, model: name, digest, details: {} })) })
  }
  if (at === '/api/version') return found({ version: '0.12.0' })
  if (at === '/' || at === '/health') return found({ status: 'ok' })
  return { ...found({ error: { message: `nothing is served at ${at}`, type: 'not_found' } }), status: 404 }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
