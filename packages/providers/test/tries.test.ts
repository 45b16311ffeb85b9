import { getEventListeners } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  type Message,
  type Model,
  type ModelSettings,
  ProviderError,
  price,
  provider,
} from '@bench/providers'
import {
  type Exchange,
  type FaultName,
  faults,
  good,
  listen,
  messages,
  mockServer,
  openrouter,
  replayServer,
  type Said,
} from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'
import { Watch } from '../src/wire/watch.js'
import { certificate, certificateKey } from './certificate.js'

const question: readonly Message[] = [{ role: 'user', content: 'Hello?' }]
const said: Said = {
  model: 'claude-haiku-4-5',
  text: ['Hel', 'lo', '!'],
  reasoning: [],
  toolCalls: [],
  finish: 'stop',
  usage: { input: 1200, output: 700 },
  usd: 0.25,
}
const openLimiter = { acquire: async () => ({ answered: () => {}, release: () => {} }) }

const modelOf = async (name: string, endpoint: string, settings: ModelSettings = {}): Promise<Model> =>
  (await provider(name)).model(said.model, {
    endpoint,
    apiKey: 'sk-Zq7Wx5Vt3Rp1Nk9Lj8',
    retryDelayMs: 0,
    limiter: openLimiter,
    ...settings,
  })
const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
  const error = await call.catch((thrown: unknown) => thrown)
  if (error instanceof ProviderError) return error
  throw new Error('no fault', { cause: error })
}

describe.each([
  ['openai', '/v1'],
  ['openrouter', '/api/v1'],
  ['anthropic', ''],
  ['ollama', ''],
  ['gemini', '/v1beta'],
])('an abort of %s', (name, path) => {
  it.each<FaultName>(['hang', 'silent', 'stall'])('closes 32 connections at once: %s', async (fault) => {
    const rules = [{ times: 1 }, { fault }]
    await using server = await mockServer({ script: { text: 'a b c d e f', rules } })
    const model = await modelOf(name, server.url + path)
    // Later calls need not wait to learn from the first which settings are taken.
    await model.generate(question, {})
    const before = server.count
    const run = new AbortController()
    const calls = Array.from({ length: 32 }, () => model.generate(question, { signal: run.signal }))
    await server.received(before + 32)
    const reason = new Error('enough')
    run.abort(reason)
    const ends = await Promise.allSettled(calls)
    expect(ends.filter((end) => end.status === 'rejected' && end.reason === reason)).toHaveLength(32)
    // The server sees each of them go, and none comes again.
    await server.gone(32)
    const listening = getEventListeners(run.signal, 'abort').length
    expect({ count: server.count - before, listening }).toEqual({ count: 32, listening: 0 })
  })

  it('ends a wait between two tries', async () => {
    await using server = await mockServer({ script: { rules: [{ fault: 'rate_limit', retry_after: 50 }] } })
    const run = new AbortController()
    const call = (await modelOf(name, server.url + path)).generate(question, { signal: run.signal })
    await server.received(1)
    setTimeout(() => run.abort(new Error('enough')))
    await expect(call).rejects.toThrow('enough')
    expect(server.count).toBe(1)
  })
})

describe('what failed tries cost', () => {
  const cut: Exchange = { ...good(messages, said), cutAt: 900 }

  it('is part of the whole, and what is not known of it is told', async () => {
    await using server = await replayServer([cut, good(messages, said)])
    const { cost, usage, attempts, warnings } = await (await modelOf('anthropic', server.url)).generate(
      question,
      {},
    )
    const lost = { input: 1200, output: 1 }
    const parts = [
      await price(`anthropic:${said.model}`, lost),
      await price(`anthropic:${said.model}`, usage),
    ]
    expect(cost?.usd).toBeCloseTo((parts[0]?.usd ?? 0) + (parts[1]?.usd ?? 0), 12)
    expect(usage).toEqual({ input: 1200, output: 700 })
    expect(attempts).toMatchObject([{ error: { code: 'cut' }, usage: lost, possiblyBilled: true }, {}])
    expect(warnings.join()).toMatch(/1 of 2 tries failed after they had left and may be billed/)
  })

  it('is told with the fault where no try succeeds', async () => {
    await using server = await replayServer([cut])
    const fault = await faultOf(
      (await modelOf('anthropic', server.url, { maxRetries: 2 })).generate(question, {}),
    )
    const one = await price(`anthropic:${said.model}`, { input: 1200, output: 1 })
    expect(fault.cost?.usd).toBeCloseTo(3 * (one?.usd ?? 0), 12)
    expect(fault).toMatchObject({ code: 'cut', tries: 3, possiblyBilled: true, usage: { input: 1200 } })
    expect(fault.attempts?.map(({ usage }) => usage?.input)).toEqual([1200, 1200, 1200])
  })

  it('is what the provider reports, where it did before it failed', async () => {
    const chunks = openrouter.stream(said)
    const late: Exchange = {
      headers: { 'content-type': openrouter.contentType },
      body: chunks.slice(0, -1),
      ending: 'cut',
    }
    await using server = await replayServer([late, good(openrouter, said)])
    const { cost } = await (await modelOf('openrouter', server.url)).generate(question, {})
    expect(cost).toMatchObject({ usd: 0.5, source: 'reported' })
  })

  it('is nothing where the provider refused, or nobody was reached', async () => {
    await using server = await replayServer([faults.overloaded({ format: messages, said })])
    const refused = await faultOf((await modelOf('anthropic', server.url)).generate(question, {}))
    expect(refused).toMatchObject({ possiblyBilled: false, tries: 4 })
    expect(refused.cost).toBeUndefined()
    const unreached = await faultOf((await modelOf('anthropic', 'http://127.0.0.1:9')).generate(question, {}))
    expect(unreached).toMatchObject({ code: 'connect', possiblyBilled: false })
  })
})

describe('a connection that is not secure', () => {
  it('to a server that speaks plainly is tls, and nothing left', async () => {
    await using server = await mockServer()
    const fault = await faultOf(
      (await modelOf('openai', server.url.replace('http:', 'https:'))).generate(question, {}),
    )
    expect(fault).toMatchObject({ code: 'tls', retryable: false, tries: 1, possiblyBilled: false })
    expect(server.count).toBe(0)
  })

  it('to a server whose certificate nobody vouches for is tls', async () => {
    let asked = 0
    const server = createServer({ key: certificateKey, cert: certificate }, () => {
      asked++
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
      for (const name of ['openai', 'anthropic', 'ollama']) {
        const fault = await faultOf((await modelOf(name, url)).generate(question, {}))
        expect(fault).toMatchObject({ code: 'tls', tries: 1, possiblyBilled: false })
        expect(fault.message).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT\). Check the endpoint, the clock/)
      }
      expect(asked).toBe(0)
    } finally {
      server.close()
    }
  })
})

describe('a model that is not there', () => {
  const served = (models: Exchange) =>
    listen(({ method }) => (method === 'GET' ? models : faults.not_found({ format: messages, said })))
  const names = ['gpt-4o', 'claude-haiku-4.5', 'vendor/claude-haiku-4-5', 'a\nb', 'whisper-1']
  const listed = { body: JSON.stringify({ data: names.map((id) => ({ id })) }) }

  it('is told with the nearest names of the list, asked for once', async () => {
    await using server = await served(listed)
    const model = await modelOf('openai-compatible', server.url)
    for (let times = 0; times < 3; times++) {
      expect((await faultOf(model.generate(question, {}))).message).toMatch(
        /Check the model's name and the endpoint\. Did you mean "vendor\/claude-haiku-4-5" or "claude-haiku-4\.5"\?$/,
      )
    }
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1)
  })

  it.each<[string, Exchange]>([
    ['is no list', { body: '<html>' }],
    ['is refused', { status: 401, body: '{}' }],
    ['breaks off', { body: '{"data":[', ending: 'cut' }],
    ['has nothing near', { body: '{"data":[{"id":"zzzzzzzzzzzzzzzzzzzzzzzzzzz"},7,null,{"id":9}]}' }],
  ])('is told all the same where the list %s', async (_, models) => {
    await using server = await served(models)
    const fault = await faultOf((await modelOf('openai-compatible', server.url)).generate(question, {}))
    expect(fault).toMatchObject({ code: 'not_found', tries: 1 })
    expect(fault.message).toMatch(/Check the model's name and the endpoint\.$/)
  })
})

describe('the watch over a try', () => {
  const patience = { headersMs: 300, firstTokenMs: 1000, idleMs: 100 }

  /** A try whose time and connection are in the test's hands. */
  function watching() {
    let now = 0
    let tokens = 0
    let alarm: { at: number; ring: () => void } | undefined
    const seen: { code: string; ms: number; at: number }[] = []
    let rings = 0
    const clock = {
      now: () => now,
      random: () => 0,
      after(ms: number, ring: () => void) {
        alarm = { at: now + ms, ring }
        return () => {
          alarm = undefined
        }
      },
    }
    const watch = new Watch(
      patience,
      clock,
      () => tokens,
      (silence) => seen.push({ ...silence, at: now }),
    )
    const handler = {
      onHeaders: (..._: unknown[]) => true,
      onData: (..._: unknown[]) => true,
      onRequestSent: () => {},
    }
    watch.over({ dispatch: () => true } as never).dispatch({} as never, handler)
    return {
      seen,
      rings: () => rings,
      watch,
      handler,
      headers: () => void handler.onHeaders(200),
      byte: () => void handler.onData(),
      token() {
        tokens++
        handler.onData()
      },
      pass(ms: number) {
        const until = now + ms
        while (alarm && alarm.at <= until) {
          const { at, ring } = alarm
          now = at
          alarm = undefined
          rings++
          ring()
        }
        now = until
      },
    }
  }

  it('tells a reply that does not begin', () => {
    const { pass, seen } = watching()
    pass(299)
    expect(seen).toEqual([])
    pass(1)
    expect(seen).toEqual([{ code: 'timeout_headers', ms: 300, at: 300 }])
  })

  it('tells one that has no token, whatever else comes', () => {
    const { pass, seen, headers, byte } = watching()
    headers()
    for (let at = 0; at < 990; at += 10) {
      byte()
      pass(10)
    }
    expect(seen).toEqual([])
    pass(10)
    expect(seen).toEqual([{ code: 'timeout_first_token', ms: 1000, at: 1000 }])
  })

  it('tells one that falls silent, and is held off by a sign of life', () => {
    const { pass, seen, headers, token, byte } = watching()
    headers()
    token()
    pass(90)
    byte()
    pass(90)
    token()
    pass(99)
    expect(seen).toEqual([])
    pass(1)
    expect(seen).toEqual([{ code: 'timeout_between_tokens', ms: 100, at: 280 }])
  })

  it('is not held off for ever: signs of life are no tokens', () => {
    const { pass, seen, headers, token, byte } = watching()
    headers()
    token()
    for (let at = 0; at < 2000 && seen.length === 0; at += 50) {
      byte()
      pass(50)
    }
    expect(seen).toMatchObject([{ code: 'timeout_between_tokens', ms: 1000 }])
    // It looks at the clock every 100 ms, and takes the first token for no older than that.
    expect(seen[0]?.at).toBeLessThanOrEqual(1200)
  })

  it('sets its one timer anew a few times, however many tokens come', () => {
    const { pass, rings, headers, token } = watching()
    headers()
    for (let count = 0; count < 10_000; count++) {
      token()
      pass(0.1)
    }
    expect(rings()).toBeLessThanOrEqual(11)
  })

  it('knows when the request has left', () => {
    const { watch, handler } = watching()
    expect(watch.left).toBe(false)
    handler.onRequestSent()
    expect(watch.left).toBe(true)
  })
})
