import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resetOf, toldBy } from '../../src/limits/headers.js'

const now = Date.parse('2026-03-01T12:00:00Z')
const told = (headers: Record<string, string>) => toldBy((name) => headers[name], now)

describe('what headers say of limits', () => {
  it.each([
    ['6m0s', 360_000, 'refill'],
    ['20ms', 20, 'refill'],
    ['1h2m3.5s', 3_723_500, 'refill'],
    ['7.66s', 7660, 'refill'],
    ['500µs', 0.5, 'refill'],
    ['2026-03-01T12:00:30Z', 30_000, 'refill'],
    ['2026-03-01T11:59:00Z', 0, 'refill'],
    ['12', 12_000, 'window'],
    ['0.5', 500, 'window'],
    [String(now / 1000 + 40), 40_000, 'window'],
    [String(now + 40_000), 40_000, 'window'],
  ] as const)('%s is %d ms', (written, ms, renewal) => {
    expect(resetOf(written, () => now)).toEqual({ ms, renewal })
  })

  it.each(['', 'soon', '-3', '6m 0s', '1e5', 'NaN', '2026', '5x'])('%j is nothing, or no time', (written) => {
    const found = resetOf(written, () => now)
    expect(found === undefined || found.ms >= 0).toBe(true)
  })

  it('reads each dialect', () => {
    expect(
      told({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:02Z',
        'anthropic-ratelimit-output-tokens-limit': '8000',
        'anthropic-ratelimit-output-tokens-remaining': '7000',
        'anthropic-ratelimit-output-tokens-reset': '2026-03-01T12:00:08Z',
        // This machine's clock is a second behind the server's.
        date: 'Sun, 01 Mar 2026 12:00:01 GMT',
      }),
    ).toEqual([
      { dimension: 'requests', limit: 50, remaining: 49, resetMs: 1000, renewal: 'refill' },
      { dimension: 'output', limit: 8000, remaining: 7000, resetMs: 7000, renewal: 'refill' },
    ])
    expect(
      told({
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
      }),
    ).toEqual([
      { dimension: 'tokens', limit: 150_000, remaining: 149_984, resetMs: 360_000, renewal: 'refill' },
    ])
    expect(
      told({
        'x-ratelimit-limit': '20',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(now + 5000),
      }),
    ).toEqual([{ dimension: 'requests', limit: 20, remaining: 0, resetMs: 5000, renewal: 'window' }])
  })

  it('leaves out what it cannot read, whatever a server sends', () => {
    expect(told({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': '-1' })).toEqual([])
    expect(told({ 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-tokens': '0' })).toEqual([])
    expect(told({ 'x-ratelimit-remaining-requests': '7' })).toEqual([
      { dimension: 'requests', limit: undefined, remaining: 7, resetMs: undefined, renewal: 'window' },
    ])
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (limit, remaining, reset) => {
        for (const one of told({
          'x-ratelimit-limit-tokens': limit,
          'x-ratelimit-remaining-tokens': remaining,
          'x-ratelimit-reset-tokens': reset,
        })) {
          expect(one.remaining).toBeGreaterThanOrEqual(0)
          expect(one.resetMs ?? 0).toBeGreaterThanOrEqual(0)
          expect(one.limit ?? one.remaining).toBeGreaterThanOrEqual(one.remaining)
        }
      }),
    )
  })
})
