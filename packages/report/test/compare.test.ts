import { compare, ranking, signFlip, verdict } from '@bench/report'
import { sampleReport } from '@bench/report/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('signFlip', () => {
  it("is McNemar's exact test for passes and failures", () => {
    // 2 × P(X ≤ 2), X ~ Binomial(12, 1/2) = 2 × 79 / 4096; tasks without a difference do not count.
    const differences = [...Array(10).fill(1), -1, -1, 0, 0, 0]
    expect(signFlip(differences)).toBeCloseTo((2 * 79) / 4096, 12)
  })

  it('is 1 where nothing differs', () => {
    expect(signFlip([])).toBe(1)
    expect(signFlip([0, 0])).toBe(1)
    expect(signFlip([1, -1])).toBe(1)
  })

  it('counts all sign patterns of differences on a grid', () => {
    const values = fc.array(
      fc.integer({ min: -6, max: 6 }).map((n) => n / 6),
      { minLength: 1, maxLength: 10 },
    )
    fc.assert(
      fc.property(values, (differences) => {
        expect(signFlip(differences)).toBeCloseTo(enumerated(differences), 10)
      }),
      { numRuns: 60 },
    )
  })

  it('comes near to all sign patterns of any other differences', () => {
    const values = fc.array(
      fc.integer({ min: -1000, max: 1000 }).map((n) => n / 1009),
      { minLength: 1, maxLength: 10 },
    )
    fc.assert(
      fc.property(values, (differences) => {
        expect(Math.abs(signFlip(differences) - enumerated(differences))).toBeLessThan(0.04)
      }),
      { numRuns: 40 },
    )
  })

  it('goes over into its normal limit without a step', () => {
    const differences = (n: number) => Array.from({ length: n }, (_, i) => (i % 5 < 3 ? 1 : -1))
    expect(Math.abs(signFlip(differences(200)) - signFlip(differences(201)))).toBeLessThan(0.01)
  })

  it('is a probability, the same for both sides, also for many', () => {
    const values = fc.array(fc.constantFrom(-1, -0.5, 0, 0.25, 1), { maxLength: 400 })
    fc.assert(
      fc.property(values, (differences) => {
        const p = signFlip(differences)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
        expect(signFlip(differences.map((value) => -value))).toBeCloseTo(p, 12)
      }),
      { numRuns: 60 },
    )
  })
})

describe('compare', () => {
  it('averages repeats of a task first, and counts tasks only one has', () => {
    const report = sampleReport({
      repeats: 2,
      models: {
        'a:one': ['pass', 'pass', 'pass', 'wrong_answer', 'infra', 'infra'],
        'b:two': ['pass', 'wrong_answer', 'syntax', 'syntax', 'pass', 'pass'],
      },
    })
    expect(compare(report.rows, 'a:one', 'b:two')).toMatchObject({ tasks: 2, missing: 1, difference: 0.5 })
    expect(compare(report.rows, 'b:two', 'a:one')?.difference).toBe(-0.5)
  })

  it('gives an interval that holds the difference, the same each time', () => {
    const models = {
      'a:one': Array.from({ length: 60 }, (_, i) => (i % 3 ? ('pass' as const) : ('runtime' as const))),
      'b:two': Array.from({ length: 60 }, (_, i) => (i % 2 ? ('pass' as const) : ('runtime' as const))),
    }
    const { rows } = sampleReport({ models })
    const pair = compare(rows, 'a:one', 'b:two')
    expect(pair?.low).toBeLessThan(pair?.difference as number)
    expect(pair?.high).toBeGreaterThan(pair?.difference as number)
    expect(compare(rows, 'a:one', 'b:two')).toEqual(pair)
  })

  it('is undefined where no task is shared', () => {
    const report = sampleReport({ models: { 'a:one': ['pass', 'infra'], 'b:two': ['infra', 'pass'] } })
    expect(compare(report.rows, 'a:one', 'b:two')).toBeUndefined()
    expect(verdict(report).headline).toContain('share no scored task')
  })
})

describe('ranking', () => {
  it('puts models without a score last, unranked', () => {
    const report = sampleReport({ models: { 'a:one': ['infra'], 'b:two': ['wrong_answer'] } })
    expect(ranking(report).map(({ rank, summary }) => [rank, summary.model])).toEqual([
      [1, 'b:two'],
      [null, 'a:one'],
    ])
  })

  it('speaks of models rather than controls where there are any', () => {
    const all = Array(20).fill('pass')
    const none = Array(20).fill('no_answer')
    expect(verdict(sampleReport({ models: { oracle: all, 'a:one': none } })).headline).toBe(
      'a:one scores 0.0 on 20 tasks.',
    )
    expect(verdict(sampleReport({ models: { oracle: all, null: none } })).headline).toBe(
      'oracle beats null by 100.0 points.',
    )
  })
})

/** P by counting every sign pattern: slow and certain. */
function enumerated(differences: readonly number[]): number {
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0))
  const patterns = 2 ** differences.length
  let extreme = 0
  for (let pattern = 0; pattern < patterns; pattern++) {
    const total = differences.reduce((sum, value, i) => sum + ((pattern >> i) & 1 ? value : -value), 0)
    if (Math.abs(total) >= observed - 1e-9) extreme++
  }
  return extreme / patterns
}
