import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ModelSettings, resolveModel } from '@bench/providers'
import { describe, expect, it, vi } from 'vitest'
import { Refusals, refusedIn } from '../src/settings-refused.js'

type Body = Readonly<Record<string, unknown>>

/** A server of the chat dialect that refuses what its rule says, once everything that is sent meanwhile has come. */
async function strictServer(refuse: (body: Body) => string | undefined) {
  const bodies: Body[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const body = JSON.parse(text) as Body
    bodies.push(body)
    // A round trip's worth of time for others to send the same.
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    const message = refuse(body)
    response.writeHead(message ? 400 : 200, { 'content-type': 'application/json' })
    const choices = [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }]
    response.end(
      JSON.stringify(message ? { error: { message, type: 'invalid_request_error' } } : { choices }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    bodies,
    model: (more: ModelSettings = {}) =>
      resolveModel('openai-compatible:m', { endpoint, maxRetries: 0, ...more }, {}),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const question = [{ role: 'user', content: 'Is it?' }] as const
const only = (name: string) => (body: Body) =>
  name in body ? `Unsupported parameter: '${name}' is not supported with this model.` : undefined

describe('a setting that a model refuses', () => {
  it('is left out with a warning, for one request more, however many are under way', async () => {
    await using server = await strictServer((body) => only('temperature')(body) ?? only('seed')(body))
    const model = await server.model()
    const replies = await Promise.all(
      Array.from({ length: 32 }, () => model.generate(question, { temperature: 0.2, seed: 0, topP: 0.9 })),
    )
    expect(server.bodies.length).toBe(34)
    for (const { warnings, text } of replies) {
      expect(text).toBe('yes')
      expect(warnings).toEqual(['temperature: not sent, m refuses it', 'seed: not sent, m refuses it'])
    }
    const attempts = replies.flatMap((reply) => reply.attempts ?? [])
    expect(attempts.length).toBe(34)
    expect(attempts.flatMap(({ error }) => error?.code ?? [])).toEqual(['bad_request', 'bad_request'])
    await model.generate(question, { temperature: 0.7 })
    expect(server.bodies.length).toBe(35)
    expect(server.bodies.at(-1)).not.toHaveProperty('temperature')
  })

  it('a limit on tokens goes by its other name, and is never left out', async () => {
    await using server = await strictServer((body) =>
      'max_tokens' in body
        ? "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        : undefined,
    )
    const model = await server.model({ strictSettings: true })
    const replies = await Promise.all([1, 2, 3].map(() => model.generate(question, { maxTokens: 9 })))
    expect(replies.flatMap(({ warnings }) => warnings)).toEqual([])
    expect(server.bodies.map((body) => body.max_completion_tokens)).toEqual([undefined, 9, 9, 9])
    await using neither = await strictServer(
      (body) => only('max_tokens')(body) ?? only('max_completion_tokens')(body),
    )
    await expect((await neither.model()).generate(question, { maxTokens: 9 })).rejects.toMatchObject({
      code: 'bad_request',
      tries: 2,
    })
  })

  it('is a fault where settings are strict, and is not asked for again', async () => {
    await using server = await strictServer(only('temperature'))
    const model = await server.model({ strictSettings: true })
    const asked = () => model.generate(question, { temperature: 0.2 })
    await expect(asked()).rejects.toMatchObject({ code: 'bad_request', tries: 1 })
    await expect(asked()).rejects.toMatchObject({
      code: 'bad_request',
      tries: 0,
      message: expect.stringMatching(/^temperature: not sent, m refuses it\. Settings are strict/),
    })
    expect(server.bodies.length).toBe(1)
    const reasons = await resolveModel('openai:o3', { apiKey: 'k', strictSettings: true }, {})
    await expect(reasons.generate(question, { temperature: 0 })).rejects.toMatchObject({ tries: 0 })
  })

  it('that is refused for its value is the caller’s to mend; a refusal of what was not sent is the last', async () => {
    await using ranged = await strictServer(() => 'temperature must be between 0 and 1')
    await expect((await ranged.model()).generate(question, { temperature: 2 })).rejects.toMatchObject({
      code: 'bad_request',
      tries: 1,
    })
    await using stubborn = await strictServer(() => "Unsupported parameter: 'temperature'")
    await expect((await stubborn.model()).generate(question, { temperature: 1 })).rejects.toMatchObject({
      tries: 2,
    })
  })

  it('keeps nobody waiting for long where the one that tries has no answer', async () => {
    vi.useFakeTimers()
    try {
      const refusals = new Refusals({ provider: 'anthropic', model: 'm' })
      const { signal } = new AbortController()
      const first = await refusals.trial({ temperature: 0 }, [], signal)
      let gone = 0
      const others = [1, 2].map(() => refusals.trial({ temperature: 0 }, [], signal).then(() => gone++))
      await vi.advanceTimersByTimeAsync(9000)
      expect(gone).toBe(0)
      await vi.advanceTimersByTimeAsync(2000)
      await Promise.all(others)
      first.answered(200)
    } finally {
      vi.useRealTimers()
    }
  })

  it('keeps nobody waiting for a server that does not answer', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const model = await resolveModel('openai-compatible:m', { endpoint, maxRetries: 0, timeoutMs: 50 }, {})
    const ended = await Promise.allSettled(
      Array.from({ length: 20 }, () => model.generate(question, { seed: 1 })),
    )
    expect(ended.every(({ status }) => status === 'rejected')).toBe(true)
    silent.closeAllConnections()
    silent.close()
  })
})

const everything = [
  'model',
  'messages',
  'temperature',
  'top_p',
  'stop',
  'stop_sequences',
  'seed',
  'max_tokens',
]

describe('what servers say', () => {
  // OpenAI, Azure, Anthropic, Bedrock, Groq, Gemini, xAI, Moonshot, pydantic-based servers.
  it.each([
    [
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      ['temperature'],
    ],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ['max_tokens'],
    ],
    ["Unsupported parameter: 'stop' is not supported with this model.", ['stop']],
    ['Unrecognized request argument supplied: seed', ['seed']],
    ["Unknown parameter: 'seed'.", ['seed']],
    ['`temperature` is deprecated for this model.', ['temperature']],
    ['`temperature` and `top_p` cannot both be specified for this model. Please use only one.', ['top_p']],
    ['`temperature` may only be set to 1 when thinking is enabled', ['temperature']],
    ['seed: Extra inputs are not permitted', ['seed']],
    ["property 'seed' is unsupported", ['seed']],
    ['Invalid JSON payload received. Unknown name "seed": Cannot find field.', ['seed']],
    ['Model grok-4 does not support parameter stop.', ['stop']],
    ['Argument not supported on this model: stop', ['stop']],
    ['invalid temperature: only 1 is allowed for this model', ['temperature']],
    ['The following parameters are not supported: temperature, top_p', ['temperature', 'top_p']],
    ['this model doesn’t take stop_sequences', ['stop_sequences']],
    // The value is wrong, or something else is.
    ['temperature: range: 0..1', []],
    ['max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens', []],
    ['max_tokens is too large: 100000. This model supports at most 16384 completion tokens.', []],
    ["Invalid 'stop': array too long. Expected an array with maximum length 4, but got 5.", []],
    ['This model does not support tools. Set temperature as you like.', []],
    ['Your request was rejected. nonstop seeded', []],
    ['', []],
  ])('%s', (words, settings) => {
    expect(refusedIn(words, everything)).toEqual(settings)
  })
})
