import { type Limiter, type Message, ProviderError, provider } from '@bench/providers'
import {
  chat,
  type Format,
  gemini,
  messages,
  ollama,
  openrouter,
  replayServer,
  responses,
} from '@bench/providers/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { refusals } from './fault-scripts/refusals.js'
import { type Script, whole } from './fault-scripts/script.js'
import { streams } from './fault-scripts/streams.js'
import { WaitingClock } from './fault-scripts/waiting-clock.js'

const question: readonly Message[] = [{ role: 'user', content: 'Hello?' }]
const key = 'sk-Zq7Wx5Vt3Rp1Nk9Lj8Hg6Fd4S2'

/** Each wire with an adapter that speaks it, and a model of that adapter. */
const wires: readonly (readonly [string, Format, string, string, string])[] = [
  ['chat', chat, 'openai', 'gpt-4o', '/v1'],
  ['responses', responses, 'openai', 'o1-pro', '/v1'],
  ['openrouter', openrouter, 'openrouter', 'openai/gpt-4o', '/api/v1'],
  ['messages', messages, 'anthropic', 'claude-haiku-4-5', ''],
  ['ollama', ollama, 'ollama', 'llama3.2', ''],
  ['gemini', gemini, 'gemini', 'gemini-2.5-flash', '/v1beta'],
]

/** Lets everything pass: the waits here are those of retries alone. */
const open: Limiter = {
  acquire: async () => ({ answered: () => {}, release: () => {} }),
}

const counts = new Map<string, number>()
afterAll(() => {
  const each = [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
  const sum = [...counts.values()].reduce((total, count) => total + count, 0)
  console.log(`fault scripts: ${sum} (${each})`)
})

describe.each(wires)('%s', (_, format, name, model, path) => {
  const scripts = [...refusals(format), ...streams(format)]

  it('has enough of them, each with its own name', () => {
    expect(new Set(scripts.map((script) => script.name)).size).toBe(scripts.length)
    expect(scripts.length).toBeGreaterThanOrEqual(150)
  })

  it.each(scripts.map((script) => [script.name, script] as const))('%s', async (_name, script) => {
    await using server = await replayServer(script.exchanges)
    const clock = new WaitingClock(script.silent ?? false)
    const asked = await (await provider(name)).model(model, {
      endpoint: script.endpoint ?? server.url + path,
      apiKey: key,
      maxRetries: 3,
      retryDelayMs: 1000,
      // None a whole number, as the clock wants it.
      timeoutMs: 1e9 + 0.5,
      idleTimeoutMs: 100_000.25,
      headersTimeoutMs: 200_000.5,
      firstTokenTimeoutMs: 400_000.5,
      limiter: open,
      clock,
      ...script.settings,
    })
    const end = await clock.run(asked.generate(question, {})).catch((error: unknown) => error)
    counts.set(format.name, (counts.get(format.name) ?? 0) + 1)
    const sent = server.requests.filter(({ method }) => method === 'POST').length
    expect(outcome(end, script), String(end)).toEqual(wanted(script, name))
    expect({ sent, waits: clock.waits, pending: clock.pending }).toEqual({
      sent: script.tries,
      waits: script.waits,
      pending: 0,
    })
    expect(String(end)).not.toContain(key.slice(0, 12))
  })
})

/** What is to be compared of how it ended. */
function outcome(end: unknown, { tries }: Script): object {
  if (!(end instanceof ProviderError)) {
    const {
      text,
      finish,
      attempts = [],
    } = end as { text?: string; finish?: string; attempts?: readonly object[] }
    return { text, finish, attempts: attempts.length }
  }
  const { code, attempts = [], possiblyBilled } = end
  return { code, attempts: tries === 0 ? 0 : attempts.length, possiblyBilled }
}

function wanted({ code, tries, billed = false }: Script, name: string): object {
  if (code === undefined) return { text: whole.join(''), finish: 'stop', attempts: tries }
  // A model on one's own machine bills nobody.
  return { code, attempts: tries, possiblyBilled: billed && name !== 'ollama' }
}
