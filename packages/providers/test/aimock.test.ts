import {
  type CallOptions,
  type Clock,
  listModels,
  type Message,
  type ModelSettings,
  provider,
} from '@bench/providers'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

/** A mock of the wires that nobody here wrote: what it takes for each of them must be what we take for it. */

const mock = new LLMock({ logLevel: 'silent' })
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => void mock.clearFixtures().clearChaos().clearRequests())

const wires: readonly (readonly [name: string, model: string, path: string])[] = [
  ['anthropic', 'claude-haiku-4-5', ''],
  ['gemini', 'gemini-2.5-flash', '/v1beta'],
  ['ollama', 'llama3.2', ''],
  ['openai', 'gpt-4o-mini', '/v1'],
  ['openai', 'gpt-5-pro', '/v1'],
  ['openrouter', 'openai/gpt-4o-mini', '/api/v1'],
  ['openai-compatible', 'm', '/v1'],
  ['huggingface', 'm', '/v1'],
  ['vllm', 'm', '/v1'],
  ['llama-cpp', 'm', '/v1'],
  ['lmstudio', 'm', '/v1'],
]

/** Time a hundred times as fast: a server's wait of a second is over in ten milliseconds. */
const clock: Clock = {
  now: () => performance.now() * 100,
  random: Math.random,
  after(ms, callback) {
    const timer = setTimeout(callback, ms / 100)
    return () => clearTimeout(timer)
  },
}
const never = 2_000_000_000
const patient = {
  timeoutMs: never,
  headersTimeoutMs: never,
  firstTokenTimeoutMs: never,
  idleTimeoutMs: never,
}
let keys = 0

const user = (content: string): Message => ({ role: 'user', content })
const tool = (name: string) => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: { at: { type: 'string' } } },
})
const offered: CallOptions = { tools: [tool('look'), tool('wait')] }
const calls = [
  { name: 'look', arguments: '{"at":"Αθήνα 🌍"}' },
  { name: 'wait', arguments: '{}' },
]

describe.each(wires)('aimock, asked by %s:%s', (name, model, path) => {
  const asked = async (settings: ModelSettings = {}) =>
    (await provider(name)).model(model, {
      endpoint: mock.url + path,
      // A key of its own: what one test was held back by holds no other back.
      apiKey: `sk-0123456789abcdefghij${++keys}`,
      clock,
      ...patient,
      retryDelayMs: 0,
      ...settings,
    })
  const requests = () => mock.getRequests().filter(({ method }) => method === 'POST')

  it('streams', async () => {
    const content = 'Καλημέρα 🌍, '.repeat(40)
    mock.onMessage('hello', { content }, { chunkSize: 5 })
    const completion = await (await asked()).generate([{ role: 'system', content: 'S' }, user('hello')], {})
    expect(completion).toMatchObject({ text: content, finish: 'stop', tries: 1 })
    expect(completion.timing.firstTokenMs).toBeGreaterThanOrEqual(0)
    expect(completion.timing.gaps?.reduce((sum, gap) => sum + gap, 0)).toBeGreaterThan(50)
    // Its Gemini does not say who served.
    expect(completion.served).toBe(name === 'gemini' ? undefined : model)
  })

  it.skipIf(name === 'ollama')('thinks (its Ollama cannot)', async () => {
    mock.onMessage('hello', { content: 'Hi.', reasoning: 'A greeting.' })
    const completion = await (await asked()).generate([user('hello')], {})
    expect(completion).toMatchObject({ text: 'Hi.', reasoning: 'A greeting.', finish: 'stop' })
  })

  it('calls tools, and goes on with what they return', async () => {
    mock.on({ userMessage: 'hello', hasToolResult: true }, { content: 'Sunny.' })
    mock.on({ userMessage: 'hello' }, { content: 'Let me look.', toolCalls: calls }, { chunkSize: 3 })
    const one = await asked()
    const { text, toolCalls = [], finish, carry } = await one.generate([user('hello')], offered)
    expect({ text, finish }).toEqual({ text: 'Let me look.', finish: 'tool_calls' })
    const plain = (made: (typeof calls)[number]) => ({ name: made.name, args: JSON.parse(made.arguments) })
    expect(toolCalls.map(plain)).toEqual(calls.map(plain))
    const results = toolCalls.map((made): Message => {
      return { role: 'tool', toolCallId: made.id, name: made.name, content: 'clear sky' }
    })
    const turn: Message = { role: 'assistant', content: text, toolCalls, carry }
    const next = await one.generate([user('hello'), turn, ...results], offered)
    expect(next).toMatchObject({ text: 'Sunny.', finish: 'stop' })
  })

  it('calls a tool without a word', async () => {
    mock.onMessage('hello', { toolCalls: calls.slice(0, 1) })
    const { toolCalls = [], text, finish } = await (await asked()).generate([user('hello')], offered)
    expect({ text, finish, names: toolCalls.map((made) => made.name) }).toEqual({
      text: '',
      finish: 'tool_calls',
      names: ['look'],
    })
  })

  it.skipIf(name === 'ollama')('stops at the limit (its Ollama cannot)', async () => {
    mock.onMessage('hello', { content: 'Hi the', finishReason: 'length' })
    const completion = await (await asked()).generate([user('hello')], { maxTokens: 2 })
    expect(completion).toMatchObject({ text: 'Hi the', finish: 'length' })
  })

  it.each([
    [400, 'bad_request', 1],
    [401, 'auth', 1],
    [429, 'rate_limit', 2],
    [500, 'server', 2],
    [503, 'overloaded', 2],
  ])('HTTP %d is %s', async (status, code, sent) => {
    mock.onMessage('hello', { error: { message: 'no', type: 'some_error' }, status, retryAfter: 0 })
    const call = (await asked({ maxRetries: 1 })).generate([user('hello')], {})
    await expect(call).rejects.toMatchObject({ code, status, tries: sent })
    expect(requests()).toHaveLength(sent)
  })

  it('an error that passes is told', async () => {
    mock.onMessage('hello', { content: 'Hi.' })
    mock.nextRequestError(503, { message: 'busy' })
    const { text, attempts = [] } = await (await asked()).generate([user('hello')], {})
    expect(text).toBe('Hi.')
    expect(attempts.map(({ error }) => error?.code)).toEqual(['overloaded', undefined])
  })

  it('a stream that is torn is never an answer', async () => {
    const torn = { chunkSize: 2, truncateAfterChunks: 6, latency: 5 }
    mock.onMessage('hello', { content: 'Hi there, all of you.' }, torn)
    const call = (await asked({ maxRetries: 1 })).generate([user('hello')], {})
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^(cut|incomplete)$/), tries: 2 })
  })

  it('lists what it has', async () => {
    const settings = { endpoint: mock.url + path, apiKey: 'k-1' }
    const listed = await listModels(name, settings, {}).catch((error: { code: string }) => error.code)
    expect(listed === 'not_found' || Array.isArray(listed)).toBe(true)
  })
})
