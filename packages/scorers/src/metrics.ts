import type { Metric } from './spec.js'

/** The mean over tasks of each task's mean over its repeats: 0–1, or null without any value. */
export function mean(): Metric {
  return {
    name: 'mean',
    summarise(values) {
      const tasks = values.filter((repeats) => repeats.length > 0).map(average)
      return tasks.length > 0 ? average(tasks) : null
    },
  }
}

/**
 * pass@k: the chance that at least one of k replies passes, estimated without bias from n ≥ k replies a task,
 * 1 − C(n−c, k) / C(n, k) for c passes, averaged over tasks. A value of 1 is a pass, any other is not.
 * Null where a task has fewer than k replies, and without tasks.
 * Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code", arXiv:2107.03374, §2.1.
 * @param k 1 or more
 */
export function passAt(k: number): Metric {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`pass@k needs a whole k of at least 1, not ${k}`)
  return {
    name: `pass@${k}`,
    summarise(values) {
      if (values.length === 0 || values.some((repeats) => repeats.length < k)) return null
      return average(values.map((repeats) => estimate(repeats.length, passes(repeats), k)))
    },
  }
}

/** The product form of the estimator: no factorial, so nothing overflows. */
function estimate(n: number, c: number, k: number): number {
  if (n - c < k) return 1
  let allFail = 1
  for (let i = n - c + 1; i <= n; i++) allFail *= 1 - k / i
  return 1 - allFail
}

const passes = (repeats: readonly number[]) => repeats.filter((value) => value === 1).length

const average = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length
