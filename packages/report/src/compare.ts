import { outcomes, type ReportRow } from '@bench/runner/record'
import { generator } from './seeded.js'
import { signFlip } from './sign-flip.js'

/** Two models on the same tasks. A task is one cluster: its repeats are averaged before anything is compared. */
export interface Comparison {
  readonly a: string
  readonly b: string
  /** Tasks that both have a score for. */
  readonly tasks: number
  /** Tasks that only one of them has a score for; they are not compared. */
  readonly missing: number
  /** Mean of a − b over the shared tasks, −1 to 1. */
  readonly difference: number
  /** 95 % percentile interval of `difference` by paired bootstrap over tasks. */
  readonly low: number
  readonly high: number
  /** Two-sided p of no difference. See {@link signFlip}. */
  readonly p: number
}

/** Mean value per task over the attempts in the denominator. */
export function taskMeans(rows: Iterable<ReportRow>): Map<string, Map<string, number>> {
  const sums = new Map<string, Map<string, { sum: number; n: number }>>()
  for (const row of rows) {
    if (!outcomes[row.outcome].denominator) continue
    const tasks = sums.get(row.model) ?? new Map<string, { sum: number; n: number }>()
    const cell = tasks.get(row.task) ?? { sum: 0, n: 0 }
    sums.set(row.model, tasks.set(row.task, { sum: cell.sum + (row.value ?? 0), n: cell.n + 1 }))
  }
  return new Map(
    [...sums].map(([model, tasks]) => [
      model,
      new Map([...tasks].map(([task, cell]) => [task, cell.sum / cell.n])),
    ]),
  )
}

/** Differences a − b over the tasks both have. */
export function pairedDifferences(
  a: ReadonlyMap<string, number> | undefined,
  b: ReadonlyMap<string, number> | undefined,
): number[] {
  const differences: number[] = []
  for (const [task, value] of a ?? []) {
    const other = b?.get(task)
    if (other !== undefined) differences.push(value - other)
  }
  return differences
}

/** @returns undefined where the two share no scored task. */
export function compare(rows: Iterable<ReportRow>, a: string, b: string): Comparison | undefined {
  const means = taskMeans(rows)
  const [left, right] = [means.get(a), means.get(b)]
  const differences = pairedDifferences(left, right)
  const tasks = differences.length
  if (tasks === 0) return undefined
  const missing = (left?.size ?? 0) + (right?.size ?? 0) - 2 * tasks
  const difference = sum(differences) / tasks
  const [low, high] = bootstrap(differences)
  return { a, b, tasks, missing, difference, low, high, p: signFlip(differences) }
}

/** 95 % percentile interval of the mean; about ten million draws at most. */
function bootstrap(values: readonly number[]): [number, number] {
  const n = values.length
  const resamples = Math.max(200, Math.min(4000, Math.floor(1e7 / n)))
  const random = generator(n)
  const means = new Float64Array(resamples)
  for (let i = 0; i < resamples; i++) {
    let total = 0
    for (let draw = 0; draw < n; draw++) total += values[Math.floor(random() * n)] as number
    means[i] = total / n
  }
  means.sort()
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))] as number
  return [at(0.025), at(0.975)]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
