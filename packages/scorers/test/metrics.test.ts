import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mean, passAt } from '../src/index.js'

const repeats = fc.array(fc.constantFrom(0, 1, 0.5), { minLength: 1, maxLength: 9 })

/** Share of the k-subsets that hold a pass. */
function bruteForce(values: readonly number[], k: number): number {
  let [all, hit] = [0, 0]
  for (let set = 0; set < 1 << values.length; set++) {
    const chosen = values.filter((_, i) => set & (1 << i))
    if (chosen.length !== k) continue
    all++
    if (chosen.includes(1)) hit++
  }
  return hit / all
}

describe('pass@k', () => {
  test('is the share of k-subsets that hold a pass', () => {
    fc.assert(
      fc.property(repeats, fc.integer({ min: 1, max: 9 }), (values, k) => {
        fc.pre(k <= values.length)
        expect(passAt(k).summarise([values])).toBeCloseTo(bruteForce(values, k), 12)
      }),
    )
  })

  test('never falls as k grows', () => {
    fc.assert(
      fc.property(repeats, (values) => {
        const series = values.map((_, i) => passAt(i + 1).summarise([values])!)
        for (let i = 1; i < series.length; i++)
          expect(series[i]!).toBeGreaterThanOrEqual(series[i - 1]! - 1e-12)
      }),
    )
  })

  test('averages over tasks and is null where a task has too few replies', () => {
    expect(
      passAt(1).summarise([
        [1, 0],
        [0, 0],
      ]),
    ).toBe(0.25)
    expect(passAt(2).summarise([[1, 0], [0]])).toBeNull()
    expect(passAt(1).summarise([[], [1]])).toBeNull()
    expect(passAt(1).summarise([])).toBeNull()
  })

  test('stays finite for many replies', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => (i < 37 ? 1 : 0))
    expect(passAt(100).summarise([values])).toBeCloseTo(0.31, 2)
  })

  test('refuses a k that is no whole number of at least 1', () => {
    for (const k of [0, -1, 1.5, Number.NaN]) expect(() => passAt(k)).toThrow(RangeError)
  })
})

test('the mean gives every task the same weight, however often it was repeated', () => {
  expect(mean().summarise([[1, 1, 1, 1], [0]])).toBe(0.5)
  expect(mean().summarise([[], [0.5]])).toBe(0.5)
  expect(mean().summarise([[]])).toBeNull()
})
