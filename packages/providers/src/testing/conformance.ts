import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.js'
import type { Message, Model, ModelSettings } from '../spec.js'
import { checkCompletion, testCompletion } from './conformance-completion.js'
import type { Dialect } from './dialects.js'
import type { Exchange } from './exchange.js'
import { replayServer, type TestServer } from './server.js'

export interface ModelSuiteOptions {
  /** How its server speaks; absent for a model that has none, such as a control. */
  readonly dialect?: Dialect
  /** Tests that do not apply, by name, with the reason. */
  readonly skip?: Readonly<Record<string, string>>
}

const question: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello? Καλημέρα 🌍' },
]
const task = { id: 'conformance/0', repeat: 0, reference: 'forty-two' }
const pieces = ['Hel', 'lo, ', 'wörld ', '🌍', '!']
const canary = 'sk-canary-9f8e7d6c5b4a3210zyxw'

/**
 * The conformance suite of the {@link Model} seam.
 * @param makeModel a model of the endpoint at a URL, with the settings given: no wait between tries, a key to guard
 */
export function testModel(
  name: string,
  makeModel: (endpoint: string, settings: ModelSettings) => Promise<Model>,
  options: ModelSuiteOptions = {},
): void {
  const test = (title: string, run: (() => Promise<void>) | undefined) => {
    const reason = options.skip?.[title] ?? (run ? undefined : 'the dialect has none')
    if (reason === undefined) it(title, run)
    else it.skip(`${title} (${reason})`, run)
  }
  const { dialect } = options
  const serve = (...script: Exchange[]) => replayServer(script)
  const model = (server: TestServer, settings: ModelSettings = {}) =>
    makeModel(server.url, { apiKey: canary, retryDelayMs: 0, maxRetries: 2, ...settings })
  const hello = dialect?.text(pieces) ?? {}

  describe(`${name} is a Model`, () => {
    test('replies', async () => {
      await using server = await serve(hello)
      const asked = await model(server)
      const { signal } = new AbortController()
      const completion = await asked.generate(question, { task, signal })
      checkCompletion(completion)
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
      expect(asked.id.split(':')[0]).toMatch(/^[a-z-]+$/)
      if (asked.local) expect(completion.cost).toEqual({ usd: 0, source: 'local' })
    })

    test('an aborted signal stops it before anything is sent', async () => {
      await using server = await serve(hello)
      const reason = new Error('enough')
      const call = (await model(server)).generate(question, { task, signal: AbortSignal.abort(reason) })
      await expect(call).rejects.toBe(reason)
      expect(server.requests).toHaveLength(0)
    })

    if (!dialect) return
    testWire(test, dialect, serve, model)
    testCompletion(test, dialect, serve, model)
  })
}

function testWire(
  test: (title: string, run: () => Promise<void>) => void,
  dialect: Dialect,
  serve: (...script: Exchange[]) => Promise<TestServer>,
  model: (server: TestServer, settings?: ModelSettings) => Promise<Model>,
): void {
  const fails = async (script: Exchange[], settings: ModelSettings = {}) => {
    await using server = await serve(...script)
    const asked = await model(server, settings)
    const error = await asked.generate(question, {}).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ProviderError)
    const fault = error as ProviderError
    expect(fault.message).not.toMatch(/[\n\r]|\bat .*:\d+:\d+/)
    expect(inspect(fault, { depth: 8, showHidden: true })).not.toContain(canary.slice(0, -4))
    return { fault, sent: asks(server).length }
  }
  const classed = (status: number, code: ProviderErrorCode, sent: number) =>
    test(`HTTP ${status} is ${code}`, async () => {
      const { fault, ...seen } = await fails([dialect.fault(status, `no, ${canary} will not do`)])
      expect({ code: fault.code, status: fault.status, sent: seen.sent }).toEqual({ code, status, sent })
    })

  test('text, usage, finish and the model that served', async () => {
    await using server = await serve(dialect.text(pieces))
    const { text, usage, finish, served, tries } = await (await model(server)).generate(question, {})
    expect({ text, finish, served, tries }).toEqual({
      text: pieces.join(''),
      finish: 'stop',
      served: 'served',
      tries: 1,
    })
    expect(usage).toMatchObject({ input: 12, output: 7 })
    expect(asks(server)).toHaveLength(1)
  })

  test('the token limit is told as length', async () => {
    await using server = await serve(dialect.truncated(pieces))
    expect((await (await model(server)).generate(question, { maxTokens: 7 })).finish).toBe('length')
  })

  test('a reply in single bytes is the same', async () => {
    const whole = Buffer.concat([dialect.text(pieces).body ?? ''].flat().map((part) => Buffer.from(part)))
    const bytes = Array.from(whole, (byte) => Uint8Array.of(byte))
    await using server = await serve({ ...dialect.text(pieces), body: bytes })
    const completion = await (await model(server)).generate(question, {})
    expect(completion.text).toBe(pieces.join(''))
    expect(completion.usage).toMatchObject({ input: 12, output: 7 })
  })

  test('the question arrives, and the task does not', async () => {
    await using server = await serve(dialect.text(pieces))
    await (await model(server)).generate(question, { task })
    for (const { content } of question) expect(asks(server)[0]?.body).toContain(content)
    expect(asks(server)[0]?.body).not.toContain(task.id)
    expect(asks(server)[0]?.body).not.toContain(task.reference)
  })

  test('seed 0 is a seed: sent, or told as not supported', async () => {
    await using server = await serve(dialect.text(pieces))
    const { warnings } = await (await model(server)).generate(question, { seed: 0 })
    const sent = /"seed":0\b/.test(asks(server)[0]?.body ?? '')
    expect({ sent, told: warnings.some((warning) => warning.startsWith('seed')) }).toEqual({
      sent,
      told: !sent,
    })
  })

  test('temperature 0 is sent', async () => {
    await using server = await serve(dialect.text(pieces))
    await (await model(server)).generate(question, { temperature: 0 })
    expect(asks(server)[0]?.body).toMatch(/"temperature":0\b/)
  })

  classed(400, 'bad_request', 1)
  classed(401, 'auth', 1)
  classed(403, 'permission', 1)
  classed(404, 'not_found', 1)
  classed(429, 'rate_limit', 3)
  classed(500, 'server', 3)
  classed(529, 'overloaded', 3)

  test('a refused key is named by its last four characters at most', async () => {
    const { fault } = await fails([dialect.fault(401, 'invalid key')])
    expect(fault.message).toContain('…zyxw')
  })

  test('a fault that passes is tried again and counted', async () => {
    await using server = await serve(
      dialect.fault(503, 'busy'),
      dialect.fault(500, 'oops'),
      dialect.text(pieces),
    )
    const { text, tries } = await (await model(server)).generate(question, {})
    expect({ text, tries, sent: asks(server).length }).toEqual({
      text: pieces.join(''),
      tries: 3,
      sent: 3,
    })
  })

  test('a connection that breaks in mid-reply is cut, and told when a later try succeeds', async () => {
    const cut: Exchange = { ...dialect.unfinished(pieces), ending: 'cut' }
    const { fault, sent } = await fails([cut])
    expect({ code: fault.code, sent }).toEqual({ code: 'cut', sent: 3 })
    await using server = await serve(cut, dialect.text(pieces))
    const { text, tries, attempts = [] } = await (await model(server)).generate(question, {})
    expect({ text, tries }).toEqual({ text: pieces.join(''), tries: 2 })
    expect(attempts.map(({ error }) => error?.code)).toEqual(['cut', undefined])
  })

  test('a stream that ends without saying why is incomplete', async () => {
    const { fault } = await fails([dialect.unfinished(pieces)], { maxRetries: 0 })
    expect(fault).toMatchObject({ code: 'incomplete', retryable: true })
  })

  test('an error inside a stream is a fault', async () => {
    const { fault } = await fails([dialect.late('upstream died')], { maxRetries: 0 })
    expect(fault.code).toBe('server')
    expect(fault.message).toContain('upstream died')
  })

  test('what is no reply at all is malformed or incomplete', async () => {
    const { headers = {} } = dialect.text(pieces)
    for (const body of ['<html>hello</html>', 'data: {"a":\n\n', '{"a":\n', 'null\n', '']) {
      const { fault } = await fails([{ headers, body }], { maxRetries: 0 })
      expect(['malformed', 'incomplete']).toContain(fault.code)
    }
  })

  test('nobody there is connect', async () => {
    const server = await serve(dialect.text(pieces))
    const asked = await model(server)
    await server[Symbol.asyncDispose]()
    await expect(asked.generate(question, {})).rejects.toMatchObject({ code: 'connect' })
  })

  test('a reply that hangs ends with the time limit, as timeout', async () => {
    for (const silent of [
      { ...dialect.unfinished(pieces), ending: 'hang' },
      { body: [], ending: 'hang' },
    ] as const) {
      await using server = await serve(silent)
      const call = (await model(server)).generate(question, { timeoutMs: 100 })
      await expect(call).rejects.toMatchObject({ code: 'timeout' })
    }
  })

  test('an abort within the call rejects with its reason and leaves no listener', async () => {
    await using server = await serve({ ...dialect.unfinished(pieces), ending: 'hang' })
    const asked = await model(server)
    const run = new AbortController()
    const reason = new Error('stopped by a person')
    const calls = Array.from({ length: 16 }, () => asked.generate(question, { signal: run.signal }))
    await server.received(16)
    run.abort(reason)
    const ends = await Promise.allSettled(calls)
    expect(ends.every((end) => end.status === 'rejected' && end.reason === reason)).toBe(true)
    expect(getEventListeners(run.signal, 'abort')).toHaveLength(0)
  })
}

/** What was asked of the model; a look at the server besides is a GET. */
const asks = (server: TestServer) => server.requests.filter(({ method }) => method === 'POST')
