import { inspect } from 'node:util'
import { type Message, type ModelSettings, ProviderError, provider } from '@bench/providers'
import { dialects, type Exchange, replayServer } from '@bench/providers/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const question: readonly Message[] = [{ role: 'user', content: 'hello' }]
const key = 'sk-ant-api03-Zq7Wx5Vt3Rp1Nk9Lj8Hg6Fd4S2x4f2'

async function faultOf(name: string, reply: Exchange, settings: ModelSettings = {}): Promise<ProviderError> {
  await using server = await replayServer([reply])
  const model = await (await provider(name)).model('some-model', {
    endpoint: server.url,
    apiKey: key,
    maxRetries: 0,
    ...settings,
  })
  const error = await model.generate(question, {}).catch((thrown: unknown) => thrown)
  if (!(error instanceof ProviderError)) throw new Error(`no fault: ${inspect(error)}`)
  return error
}
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Exchange => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

describe('what a person reads', () => {
  it('a refused key', async () => {
    const body = { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }
    expect((await faultOf('anthropic', json(401, body))).message).toBe(
      'anthropic: key refused (ANTHROPIC_API_KEY, ends in …x4f2): invalid x-api-key. Set a valid key and run again; nothing was spent.',
    )
  })

  it('a model that Ollama does not have', async () => {
    expect((await faultOf('ollama', json(404, { error: "model 'some-model' not found" }))).message).toMatch(
      /^ollama has no model "some-model".*Pull it: ollama pull some-model$/,
    )
  })

  it('an Ollama that is not there, and one that is too slow', async () => {
    const gone = await (await provider('ollama')).model('m', {
      endpoint: 'http://127.0.0.1:1',
      maxRetries: 3,
    })
    const started = gone.generate(question, {})
    await expect(started).rejects.toMatchObject({
      code: 'connect',
      tries: 1,
      message: expect.stringMatching(
        /^ollama cannot be reached: connection refused by 127\.0\.0\.1:1\. Start it with `ollama serve`/,
      ),
    })
    const slow = await faultOf('ollama', { body: [], ending: 'hang' }, { timeoutMs: 50 })
    expect(slow.message).toMatch(
      /^ollama: no whole reply from some-model in time: 0\.05 s passed\. Raise the time limit/,
    )
  })

  it('a web page in place of a reply', async () => {
    const page: Exchange = { status: 502, body: '<!DOCTYPE html><html><script>alert(1)</script></html>' }
    expect((await faultOf('openai', page)).message).toBe(
      'openai failed to answer for some-model: it sent a web page. Try again later.',
    )
  })

  it('one line, whatever the server says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 600 }), async (message) => {
        const fault = await faultOf('openai-compatible', json(400, { error: { message } }))
        expect(fault.message).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
        expect(fault.message.length).toBeLessThan(500)
      }),
      { numRuns: 40 },
    )
  })
})

describe('classes', () => {
  const error = (type: string, message = 'm') => ({ error: { type, message } })
  it.each<[string, number, unknown, string, boolean]>([
    [
      'openai',
      429,
      { error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } },
      'spend_cap',
      false,
    ],
    [
      'openai',
      429,
      { error: { type: 'requests', code: 'rate_limit_exceeded', message: 'slow' } },
      'rate_limit',
      true,
    ],
    ['openai', 400, { error: { code: 'context_length_exceeded', message: 'long' } }, 'context_length', false],
    ['openai', 404, { error: { code: 'model_not_found', message: 'no such' } }, 'not_found', false],
    ['openai', 408, { error: 'slow' }, 'timeout', true],
    ['ollama', 400, { error: 'registry.ollama.ai/library/phi does not support tools' }, 'no_tools', false],
    [
      'openrouter',
      404,
      { error: { message: 'No endpoints found that support tool use.' } },
      'no_tools',
      false,
    ],
    [
      'openai-compatible',
      400,
      { message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set' },
      'no_tools',
      false,
    ],
    [
      'openai-compatible',
      500,
      { error: { message: 'tools param requires --jinja flag' } },
      'no_tools',
      false,
    ],
    ['openai', 413, 'too large', 'context_length', false],
    ['openai', 302, '', 'bad_request', false],
    ['openrouter', 402, { error: { code: 402, message: 'Insufficient credits' } }, 'spend_cap', false],
    ['openrouter', 503, { error: { code: 503, message: 'no provider' } }, 'overloaded', true],
    ['openrouter', 200, { error: { code: 429, message: 'slow' } }, 'rate_limit', true],
    ['openrouter', 200, { error: { code: 401, message: 'who' } }, 'auth', false],
    ['openrouter', 200, { choices: [{ error: { code: 502, message: 'upstream' } }] }, 'server', true],
    ['openrouter', 200, { choices: [{ finish_reason: 'error' }] }, 'server', true],
    ['openrouter', 200, { choices: [] }, 'incomplete', true],
    ['openai-compatible', 422, { detail: 'unknown field' }, 'bad_request', false],
    ['openai-compatible', 200, 'null', 'malformed', true],
    ['anthropic', 400, error('invalid_request_error', 'Your credit balance is too low'), 'spend_cap', false],
    ['anthropic', 400, error('invalid_request_error', 'prompt is too long: 3 > 2'), 'context_length', false],
    ['anthropic', 529, error('overloaded_error'), 'overloaded', true],
    ['anthropic', 200, { type: 'error', ...error('overloaded_error') }, 'overloaded', true],
    ['ollama', 500, { error: 'model requires more system memory' }, 'server', true],
  ])('%s %d %j is %s', async (name, status, body, code, retryable) => {
    const reply = typeof body === 'string' ? { status, body } : json(status, body)
    expect(await faultOf(name, reply)).toMatchObject({ code, retryable })
  })

  it.each([
    ['error', error('overloaded_error'), 'overloaded'],
    ['error', error('rate_limit_error'), 'rate_limit'],
    ['error', error('invalid_request_error'), 'bad_request'],
    ['error', error('api_error'), 'server'],
  ])('anthropic in mid-stream: %s %j is %s', async (event, body, code) => {
    const data = JSON.stringify({ type: 'error', ...body })
    const stream = {
      headers: { 'content-type': 'text/event-stream' },
      body: `event: ${event}\ndata: ${data}\n\n`,
    }
    expect((await faultOf('anthropic', stream)).code).toBe(code)
  })

  it('anthropic: a reason to stop without the end of the message is incomplete', async () => {
    const { headers = {}, body = '' } = dialects.messages.text(['whole'])
    const events = [body].flat().slice(0, -1) as string[]
    expect((await faultOf('anthropic', { headers, body: events })).code).toBe('incomplete')
  })

  it('how long to wait, however it is said', async () => {
    const wait = async (headers: Record<string, string>) =>
      (await faultOf('openai', json(429, { error: 'slow' }, headers))).retryAfterMs
    expect(await wait({ 'retry-after': '7' })).toBe(7000)
    expect(await wait({ 'retry-after': '0.5' })).toBe(500)
    expect(await wait({ 'retry-after-ms': '1500', 'retry-after': '7' })).toBe(1500)
    expect(await wait({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(0)
    expect(await wait({ 'retry-after': 'soon' })).toBeUndefined()
    expect(await wait({})).toBeUndefined()
    const inOneMinute = new Date(Date.now() + 60_000).toUTCString()
    expect(Math.abs(((await wait({ 'retry-after': inOneMinute })) ?? 0) - 60_000)).toBeLessThan(10_000)
    expect(
      await faultOf('anthropic', json(429, error('rate_limit_error'), { 'retry-after': '3' })),
    ).toMatchObject({ retryAfterMs: 3000 })
  })

  it('a server that says not to try again is heard', async () => {
    expect(await faultOf('openai', json(500, { error: 'no' }, { 'x-should-retry': 'false' }))).toMatchObject({
      retryable: false,
    })
  })

  it('redirects are not followed: the key would go along', async () => {
    await using elsewhere = await replayServer([json(200, {})])
    for (const name of ['openai', 'anthropic', 'ollama']) {
      const reply = { status: 307, headers: { location: `${elsewhere.url}/v1/messages` } }
      expect((await faultOf(name, reply)).code).toBe('bad_request')
    }
    expect(elsewhere.requests).toHaveLength(0)
  })
})

describe('keys', () => {
  it.each(['anthropic', 'openai', 'openrouter', 'openai-compatible', 'ollama'])(
    'of %s never leak',
    async (name) => {
      const echoes = [key, key.slice(0, 12), key.slice(8, 30), `Bearer ${key}`, `${key.slice(0, 10)}***`]
      for (const status of [400, 401, 403, 404, 429, 500]) {
        for (const echo of echoes) {
          const fault = await faultOf(name, json(status, { error: { message: `bad key ${echo} sent` } }))
          const seen = inspect(fault, { depth: 9, showHidden: true })
          for (let at = 0; at + 6 <= key.length; at++) expect(seen).not.toContain(key.slice(at, at + 6))
        }
      }
      const short = await faultOf(name, json(401, { error: 'no' }), { apiKey: 'short-key' })
      expect(short.message).not.toMatch(/short|-key/)
    },
  )
})
