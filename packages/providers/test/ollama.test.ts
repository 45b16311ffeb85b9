import { listModels, type ModelSettings, provider } from '@bench/providers'
import { type Exchange, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const json = (body: object) => `${JSON.stringify(body)}\n`
const done = (more: object = {}): Exchange => ({
  body: json({ model: 'm', message: { content: 'ok' }, done: true, done_reason: 'stop', ...more }),
})
/** What `GET /api/ps` says, told from what is posted by its method. */
const running = (...models: readonly object[]) => ({ method: 'GET', body: json({ models }) })
const posted = (exchange: Exchange) => ({ method: 'POST', ...exchange })

async function asked(prompts: readonly string[], script: readonly Exchange[], settings: ModelSettings = {}) {
  await using server = await replayServer(script)
  const model = await (await provider('ollama')).model('m', {
    endpoint: server.url,
    maxRetries: 0,
    ...settings,
  })
  const replies = []
  for (const content of prompts) {
    replies.push(
      await model.generate([{ role: 'user', content }], { maxTokens: 100 }).catch((error) => error),
    )
  }
  const bodies = server.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
  const looks = server.requests.filter(({ path }) => path === '/api/ps').length
  return { replies, contexts: bodies.map(({ options }) => options.num_ctx), looks }
}

describe('room for the prompt', () => {
  it('is a power of two that holds it, and never shrinks: another number would load the model anew', async () => {
    const prompts = ['short', 'x'.repeat(40_000), 'short', 'é'.repeat(60_000)]
    const { contexts } = await asked(prompts, [done()])
    expect(contexts).toEqual([8192, 32_768, 32_768, 65_536])
  })

  it('is what a person set, whatever the prompt', async () => {
    expect((await asked(['short'], [done()], { contextLength: 2048 })).contexts).toEqual([2048])
  })
})

describe('a prompt that was shortened without a word is no answer', () => {
  const long = 'word '.repeat(4000)
  const small = { contextLength: 4096 }
  it.each([
    ['half of the context is left', 2048],
    ['all of it is full', 4096],
  ])('%s', async (_what, prompt_eval_count) => {
    const { replies } = await asked([long], [done({ prompt_eval_count, eval_count: 5 })], small)
    expect(replies[0]).toMatchObject({ code: 'context_length', retryable: false })
    expect(replies[0].message).toContain(`${prompt_eval_count} tokens of it, of a context of 4096`)
  })

  it('the model runs with less than was asked', async () => {
    const ps = running({ name: 'm:latest', context_length: 2048 })
    const { replies } = await asked([long], [posted(done({ prompt_eval_count: 1024 })), ps])
    expect(replies[0]).toMatchObject({ code: 'context_length' })
  })

  it('a count that a long prompt may well have is believed, and so is that of one read from the cache', async () => {
    const fits = await asked([long], [done({ prompt_eval_count: 4001, eval_count: 5 })], small)
    expect(fits.replies[0]).toMatchObject({ text: 'ok', usage: { input: 4001 }, warnings: [] })
    const cached = await asked(['word '.repeat(300)], [done({ prompt_eval_count: 1 })])
    expect(cached.replies[0]).toMatchObject({ text: 'ok' })
  })

  it('a reply that outgrew the context is told', async () => {
    const { replies } = await asked(['short'], [done({ prompt_eval_count: 4000, eval_count: 500 })], small)
    expect(replies[0].warnings).toEqual([
      "the reply outgrew the context of 4096 tokens: the model lost the prompt's beginning",
    ])
  })
})

describe('the model as it runs', () => {
  const details = { quantization_level: 'Q4_K_M' }
  const model = { name: 'm:latest', digest: '0123456789abcdef', context_length: 8192, details }

  it('is asked for once, and told by digest, quantisation and context', async () => {
    const { replies, looks } = await asked(['a', 'b'], [posted(done()), running({ name: 'other' }, model)])
    for (const { fingerprint } of replies) expect(fingerprint).toBe('0123456789ab Q4_K_M context 8192')
    expect(looks).toBe(1)
  })

  it('is unknown where the server does not tell', async () => {
    for (const ps of [running(), { method: 'GET', status: 404, body: '' }, { method: 'GET', body: 'no' }]) {
      const { replies } = await asked(['a'], [posted(done()), ps])
      expect(replies[0]).toMatchObject({ text: 'ok' })
      expect(replies[0].fingerprint).toBeUndefined()
    }
  })

  it('lists what can chat, with context and tools', async () => {
    const tags = { method: 'GET', body: json({ models: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }) }
    const info = { 'general.architecture': 'qwen3', 'qwen3.context_length': 40_960 }
    await using server = await replayServer([
      tags,
      posted({ body: json({ capabilities: ['completion', 'tools'], model_info: info }) }),
      posted({ body: json({ capabilities: ['embedding'] }) }),
      posted({ status: 500, body: 'no' }),
    ])
    const listed = await listModels('ollama', { endpoint: server.url }, {})
    expect(listed).toHaveLength(2)
    expect(listed.find(({ contextLength }) => contextLength === 40_960)).toMatchObject({
      supports: { temperature: true, seed: true, stop: true, tools: true },
    })
  })
})
