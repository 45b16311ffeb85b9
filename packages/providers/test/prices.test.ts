import { costAt, listedPrice, price, type Usage } from '@bench/providers'
import { describe, expect, it } from 'vitest'
import { type Golden, goldens } from './price-goldens.js'

const M = 1_000_000
const day = new Date('2026-01-15T12:00:00Z')

async function cost({ provider, model, usage, at = '2026-01-15T12:00:00Z', batch = false }: Golden) {
  const listed = await listedPrice(provider, model, new Date(at))
  return listed && costAt(listed, usage, { batch })
}

describe('cost goldens', () => {
  it.each(goldens)('$provider $model: $sum', async (golden) => {
    const found = await cost(golden)
    expect(found?.usd).toBeCloseTo(golden.usd, 12)
    expect(found?.source).toMatch(/^genai-prices@0\.1\.8 \(2026-09-23\)$|^https:\/\/.*, 20\d\d-\d\d-\d\d$/)
    expect(golden.page).toMatch(/^https:\/\/\S+$/)
  })

  it('are enough, and each its own', () => {
    console.log(
      `cost goldens: ${goldens.length}, of ${new Set(goldens.map(({ page }) => page)).size} price pages`,
    )
    expect(goldens.length).toBeGreaterThanOrEqual(40)
    expect(new Set(goldens.map((golden) => JSON.stringify(golden))).size).toBe(goldens.length)
  })
})

describe('an unknown price', () => {
  it.each([
    ['of an unknown model', 'openai', 'gpt-99-imaginary', { input: 1, output: 1 }],
    ['of an unknown provider', 'nobody', 'gpt-4o', { input: 1, output: 1 }],
    ['of an endpoint that nobody lists', 'http://127.0.0.1:8000/v1', 'gpt-4o', { input: 1, output: 1 }],
    ['of a model listed without a price', 'cerebras', 'qwen-3-coder-480b', { input: 1, output: 1 }],
    ['of a model that gives no tokens', 'openai', 'text-embedding-3-small', { input: 1, output: 1 }],
    ['of whom a router will choose', 'huggingface', 'openai/gpt-oss-120b', { input: 1, output: 1 }],
    ['of web search besides', 'openrouter', 'openai/gpt-4o:online', { input: 1, output: 1 }],
    ['for an unknown count of input', 'openai', 'gpt-4o', { output: 1 }],
    ['for an unknown count of output', 'openai', 'gpt-4o', { input: 1 }],
    ['for more cached than read', 'openai', 'gpt-4o', { input: 1, cacheRead: 2, output: 1 }],
    ['for more reasoning than output', 'openai', 'gpt-5', { input: 1, output: 1, reasoning: 2 }],
    [
      'for more kept an hour than kept',
      'anthropic',
      'claude-opus-4-5',
      { input: 9, cacheWrite: 1, cacheWrite1h: 2, output: 1 },
    ],
  ] satisfies [string, string, string, Usage][])(
    '%s is unknown, not zero',
    async (_what, provider, model, usage) => {
      expect(await cost({ provider, model, usage, usd: 0, sum: '', page: '' })).toBeUndefined()
    },
  )

  it('stays unknown where a provider names no batch price', async () => {
    const listed = await listedPrice('https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile', day)
    expect(listed && costAt(listed, { input: 1, output: 1 }, { batch: true })).toBeUndefined()
  })
})

describe('a price', () => {
  it('is of a model, a usage and a date', async () => {
    const usage = { input: 1000, output: 4000 }
    expect(await price('openai:o3', usage, new Date('2025-05-01'))).toEqual({
      usd: 0.17,
      source: 'https://platform.openai.com/docs/pricing, 2025-05-01',
    })
    expect(await price('openai:o3', usage, day)).toEqual({
      usd: 0.034,
      source: 'genai-prices@0.1.8 (2026-09-23)',
    })
    expect(await price('openai:o3', usage, day, { batch: true })).toMatchObject({ usd: 0.017 })
    expect(await price('oracle', usage)).toBeUndefined()
  })

  it('has its tiers, cache and batch apart', async () => {
    expect(await listedPrice('anthropic', 'claude-sonnet-4-5', day)).toEqual({
      inputPerMillion: 3,
      outputPerMillion: 15,
      cacheReadPerMillion: 0.3,
      cacheWritePerMillion: 3.75,
      cacheWrite1hPerMillion: 6,
      tiers: [
        {
          overInputTokens: 200_000,
          inputPerMillion: 6,
          outputPerMillion: 22.5,
          cacheReadPerMillion: 0.6,
          cacheWritePerMillion: 7.5,
          cacheWrite1hPerMillion: 12,
        },
      ],
      batchFactor: 0.5,
      source: 'genai-prices@0.1.8 (2026-09-23)',
    })
  })

  it.each([
    ['anthropic', 'claude-opus-4-5', 'claude-opus-4-5-20251101', 'claude-opus-4-5-latest'],
    ['openai', 'gpt-4.1', 'gpt-4.1-2025-04-14', 'gpt-4.1-latest'],
    ['gemini', 'gemini-2.5-pro', 'models/gemini-2.5-pro', 'publishers/google/models/gemini-2.5-pro'],
    [
      'openrouter',
      'anthropic/claude-sonnet-4.5',
      'anthropic/claude-sonnet-4.5:nitro',
      'anthropic/claude-sonnet-4.5:floor',
      'anthropic/claude-sonnet-4.5:beta',
      'anthropic/claude-sonnet-4.5:exacto',
    ],
    ['vertex', 'claude-opus-4-5', 'claude-opus-4-5@20251101'],
  ])('of %s %s goes by its other names too', async (provider, ...names) => {
    const prices = await Promise.all(names.map((name) => listedPrice(provider, name, day)))
    expect(prices[0]).toBeDefined()
    for (const one of prices) expect(one).toEqual(prices[0])
  })

  it('that a person sets has all its parts', () => {
    const set = {
      inputPerMillion: 2,
      outputPerMillion: 10,
      cacheReadPerMillion: 0.5,
      cacheWritePerMillion: 3,
      reasoningPerMillion: 4,
      perRequest: 0.01,
      tiers: [{ overInputTokens: 1000, inputPerMillion: 4, outputPerMillion: 20 }],
      source: 'config',
    }
    const usage = { input: 1000, cacheRead: 400, cacheWrite: 100, output: 300, reasoning: 200 }
    // 500 × $2 + 400 × $0.50 + 100 × $3 + 100 × $10 + 200 × $4, and a cent
    expect(costAt(set, usage)).toEqual({ usd: expect.closeTo(0.0133, 12), source: 'config' })
    // 1,001 × $4 + 1 × $20, and a cent: a tier that says nothing of the cache has it at its input's price
    expect(costAt(set, { input: 1001, cacheRead: 400, output: 1 })?.usd).toBeCloseTo(0.014024, 12)
    expect(costAt({ ...set, batchFactor: 0.5 }, { input: M, output: 0 }, { batch: true })?.usd).toBeCloseTo(
      2.01,
      12,
    )
  })
})
