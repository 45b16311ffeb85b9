import { type Message, type Model, ProviderError, provider } from '@bench/providers'
import {
  type Format,
  faultNames,
  gemini,
  type MockRule,
  mockServer,
  responses,
  type TestServer,
} from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const question: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is the capital of France? Καλημέρα 🌍' },
]

/** Adapter and the path its wire has on the server. */
const wires = [
  ['openai', '/v1'],
  ['openrouter', '/api/v1'],
  ['anthropic', ''],
  ['ollama', ''],
] as const

const modelOf = async (name: string, path: string, server: TestServer, settings = {}): Promise<Model> =>
  (await provider(name)).model('mock', {
    endpoint: server.url + path,
    apiKey: 'sk-mock-0123456789',
    retryDelayMs: 0,
    ...settings,
  })

describe.each(wires)('the mock server speaks to %s', (name, path) => {
  it('and repeats the question', async () => {
    await using server = await mockServer()
    const { text, usage, finish, served } = await (await modelOf(name, path, server)).generate(question, {})
    expect({ text, finish, served }).toEqual({ text: question[1]?.content, finish: 'stop', served: 'mock' })
    expect(usage.output).toBe(8)
    expect(usage.input).toBeGreaterThan(10)
  })

  it('says text, reasoning and tool calls by its script, and faults by name and number', async () => {
    const rules: MockRule[] = [
      { says: 'france', times: 2, fault: 'overloaded' },
      { says: 'FRANCE', text: 'Paris, of course.', reasoning: 'France has one.', finish: 'length' },
      { model: 'other', text: 'never' },
      { tool_calls: [{ name: 'look_up', arguments: { city: 'Rom', n: 0 } }] },
    ]
    await using server = await mockServer({ script: { rules } })
    const model = await modelOf(name, path, server)
    const first = await model.generate(question, {})
    expect(first).toMatchObject({ text: 'Paris, of course.', reasoning: 'France has one.', finish: 'length' })
    expect(first.attempts?.map(({ error }) => error?.code)).toEqual(['overloaded', 'overloaded', undefined])
    const second = await model.generate([{ role: 'user', content: 'Italy?' }], {})
    expect(second).toMatchObject({ finish: 'tool_calls', text: '' })
    expect(second.toolCalls).toMatchObject([{ name: 'look_up', arguments: '{"city":"Rom","n":0}' }])
  })

  it('lists its models', async () => {
    await using server = await mockServer({ script: { models: ['a', 'b'] } })
    const { list } = await provider(name)
    const models = await list?.({ endpoint: server.url + path, apiKey: 'sk-mock-0123456789' })
    expect(models?.map((model) => model.name)).toEqual(['a', 'b'])
  })

  it('ends every fault it knows in a reply or a fault of a class, within the time limit', async () => {
    await using server = await mockServer({
      script: {
        text: 'one two three four',
        rules: faultNames.map((fault) => ({ says: `<${fault}>`, fault })),
      },
    })
    const model = await modelOf(name, path, server, { maxRetries: 0, timeoutMs: 3000 })
    const slow = new Set(['hang', 'silent', 'stall'])
    await Promise.all(
      faultNames.map(async (fault) => {
        const options = slow.has(fault) ? { timeoutMs: 100 } : {}
        const end = await model
          .generate([{ role: 'user', content: `<${fault}>` }], options)
          .catch((error: unknown) => error)
        if (end instanceof ProviderError) return
        expect(end, fault).toMatchObject({ text: 'one two three four', finish: 'stop' })
      }),
    )
  })
})

describe('a script', () => {
  it.each([
    [{ rulez: [] }, /unknown key "rulez"; did you mean "rules"\?/],
    [{ rules: [{ sayz: 'x' }] }, /^the script: rules\.0: unknown key "sayz"; did you mean "says"\?/],
    [{ rules: [{ fault: 'oops' }] }, /rules\.0\.fault: no such fault\. Known: auth, /],
    [{ latency: -1 }, /latency: /],
  ])('%j is refused', async (script, message) => {
    await expect(mockServer({ script: script as object })).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(message),
    })
  })

  it('may be passed by: what it cannot say is answered by code', async () => {
    const answer = ({ path }: { path: string }) =>
      path.startsWith('/v1/batches') ? { status: 201, body: '{}' } : undefined
    await using server = await mockServer({ answer })
    expect((await fetch(`${server.url}/v1/batches`, { method: 'POST', body: '{}' })).status).toBe(201)
    expect((await fetch(`${server.url}/v1/files`, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it.each<[string, string, Format, object]>([
    ['/v1/responses', 'response.completed', responses, { model: 'm', input: 'hello there', stream: true }],
    [
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      'finishReason',
      gemini,
      { contents: [{ role: 'user', parts: [{ text: 'hello there' }] }] },
    ],
  ])('is spoken at %s too, streamed or whole', async (path, last, format, body) => {
    await using server = await mockServer()
    const ask = async (to: string, wanted: object) => {
      const reply = await fetch(server.url + to, { method: 'POST', body: JSON.stringify(wanted) })
      return { type: reply.headers.get('content-type'), text: await reply.text() }
    }
    const streamed = await ask(path, body)
    expect(streamed.type).toBe(format.contentType)
    expect(streamed.text).toContain('" there"')
    expect(streamed.text.trimEnd().split('\n').at(-1)).toContain(last)
    const whole = await ask(path.replace(/stream(G)(.*)\?.*/, 'g$2'), { ...body, stream: false })
    expect(whole.text).toContain('hello there')
  })
})
