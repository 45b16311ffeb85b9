import { costOf, price, type Usage } from '@bench/providers'
import { describe, expect, it } from 'vitest'

const day = new Date('2026-01-15T00:00:00Z')
const M = 1_000_000

/** Worked out by hand from the vendors' price pages of that day: dollars per million, cache reads and writes apart. */
const goldens: readonly (readonly [string, string, Usage, number])[] = [
  // 1 M in at $5, 1 M out at $25
  ['anthropic', 'claude-opus-4-5-20251101', { input: M, output: M }, 30],
  // 1,000 × $3 + 1,000 × $15
  ['anthropic', 'claude-sonnet-4-5', { input: 1000, output: 1000 }, 0.018],
  // of 100,000 in: 50,000 read at $0.30, 10,000 written at $3.75, 40,000 at $3; 2,000 out at $15
  [
    'anthropic',
    'claude-sonnet-4-5',
    { input: 100_000, cacheRead: 50_000, cacheWrite: 10_000, output: 2000 },
    0.2025,
  ],
  // $1 and $5
  ['anthropic', 'claude-haiku-4-5', { input: 17, output: 10 }, 0.000067],
  // $0.15 and $0.60
  ['openai', 'gpt-4o-mini', { input: 87, output: 26 }, 0.00002865],
  // all of it cached at $0.075
  ['openai', 'gpt-4o-mini-2024-07-18', { input: M, cacheRead: M, output: 0 }, 0.075],
  // $2.50 and $10
  ['openai', 'gpt-4o', { input: 2000, output: 500 }, 0.01],
  // $1.25 and $10; reasoning is part of output
  ['openai', 'gpt-5.1', { input: 8000, output: 1000, reasoning: 900 }, 0.02],
  // $0.05 and $0.40
  ['openai', 'gpt-5-nano', { input: M, output: M }, 0.45],
  // $0.59 and $0.79, found by the endpoint
  ['https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile', { input: M, output: M }, 1.38],
  // $3 and $15 up to 200,000 tokens, by way of a reseller
  ['openrouter', 'anthropic/claude-sonnet-4.5', { input: 10_000, output: 1000 }, 0.045],
  // nothing in, nothing out is a price, not an unknown
  ['openai', 'gpt-4o', { input: 0, output: 0 }, 0],
]

describe('costOf', () => {
  it.each(goldens)('%s %s %o costs $%d', async (provider, model, usage, usd) => {
    const cost = await costOf(provider, model, usage, day)
    expect(cost?.usd).toBeCloseTo(usd, 12)
    expect(cost?.source).toBe('genai-prices@0.1.8')
  })

  it.each([
    ['an unknown model', 'openai', 'gpt-99-imaginary', { input: 1, output: 1 }],
    ['an unknown provider', 'nobody', 'gpt-4o', { input: 1, output: 1 }],
    ['an endpoint that nobody lists', 'http://127.0.0.1:8000/v1', 'gpt-4o', { input: 1, output: 1 }],
    ['an unknown count of input', 'openai', 'gpt-4o', { output: 1 }],
    ['an unknown count of output', 'openai', 'gpt-4o', { input: 1 }],
    ['counts that contradict each other', 'openai', 'gpt-4o', { input: 1, cacheRead: 2, output: 1 }],
  ])('%s is unknown, not zero', async (_what, provider, model, usage) => {
    expect(await costOf(provider, model, usage, day)).toBeUndefined()
  })
})

describe('price', () => {
  it('is per million, at the lowest tier', async () => {
    expect(await price('anthropic', 'claude-opus-4-5-20251101', day)).toEqual({
      inputPerMillion: 5,
      outputPerMillion: 25,
      source: 'genai-prices@0.1.8',
    })
    expect(await price('anthropic', 'claude-sonnet-4-5', day)).toMatchObject({
      inputPerMillion: 3,
      outputPerMillion: 15,
    })
  })
  it('is absent for what nobody lists', async () => {
    expect(await price('openai', 'gpt-99-imaginary', day)).toBeUndefined()
  })
})
