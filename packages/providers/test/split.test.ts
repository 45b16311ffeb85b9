import { type Completion, type Model, provider } from '@bench/providers'
import {
  chat,
  type Format,
  gemini,
  listen,
  messages,
  ollama,
  openrouter,
  responses,
  type Said,
} from '@bench/providers/testing'
import { expect, it } from 'vitest'

const said: Said = {
  model: 'served',
  reasoning: ['σκέψη ', '🤔'],
  text: ['Καλη', 'μέρα ', '🌍'],
  toolCalls: [{ id: 'call_a', name: 'look_up', arguments: '{"city":"Αθήνα","n":0}' }],
  finish: 'tool_calls',
  usage: { input: 12, output: 7 },
}

const wires: readonly (readonly [string, Format, string, string, string])[] = [
  ['chat', chat, 'openai-compatible', 'm', '/v1'],
  ['responses', responses, 'openai', 'o1-pro', '/v1'],
  ['openrouter', openrouter, 'openrouter', 'm', '/api/v1'],
  ['messages', messages, 'anthropic', 'm', ''],
  ['ollama', ollama, 'ollama', 'm', ''],
  ['gemini', gemini, 'gemini', 'm', '/v1beta'],
]
const atOnce = 16

/** What a reply says, without when it came. */
async function ask(model: Model): Promise<Omit<Completion, 'timing' | 'attempts'>> {
  const { timing, attempts, ...rest } = await model.generate([{ role: 'user', content: 'hello' }], {})
  return rest
}

it.each(wires)('split at every byte, a reply of %s is the same', async (_, format, name, model, path) => {
  const bytes = Buffer.from(format.stream(said).join(''))
  let at = 0
  await using server = await listen(({ method }) => {
    if (method !== 'POST') return { status: 404 }
    const body = [bytes.subarray(0, at), bytes.subarray(at)]
    at++
    return { headers: { 'content-type': format.contentType }, body }
  })
  const settings = { endpoint: server.url + path, apiKey: 'sk-0123456789abcdef', maxRetries: 0 }
  const asked = await (await provider(name)).model(model, { ...settings, limiter: openLimiter })
  const whole = await ask(asked)
  expect(whole).toMatchObject({
    text: 'Καλημέρα 🌍',
    reasoning: 'σκέψη 🤔',
    finish: 'tool_calls',
    toolCalls: [{ name: 'look_up', arguments: said.toolCalls[0]?.arguments }],
    usage: { input: 12, output: 7 },
  })
  const workers = Array.from({ length: atOnce }, async () => {
    while (at <= bytes.length) expect(await ask(asked)).toEqual(whole)
  })
  await Promise.all(workers)
  expect(at).toBeGreaterThan(bytes.length)
  console.log(`${format.name}: ${at} ways to split ${bytes.length} bytes`)
})

const openLimiter = { acquire: async () => ({ answered: () => {}, release: () => {} }) }
