import { outcomes, type ReportRow } from '@bench/runner/record'

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

/**
 * Two-sided randomisation test of paired differences: under no difference each one's sign is a fair coin. Where all
 * differences are −1, 0 or 1 this is McNemar's exact test. Exact (binomial) where all that are not zero have one
 * size, 10,000 seeded flips where they have not, and the normal limit of the same test above 200 of them.
 */
export function signFlip(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).filter((size) => size > 1e-12)
  const n = sizes.length
  if (n === 0) return 1
  const observed = Math.abs(sum(differences))
  if (n > 200) return 2 * (1 - normal(observed / Math.sqrt(sum(sizes.map((size) => size * size)))))
  const size = sizes[0] as number
  if (sizes.every((other) => Math.abs(other - size) < 1e-9)) return binomialTail(n, observed / size)
  const random = generator(n)
  const flips = 10_000
  let extreme = 0
  for (let flip = 0; flip < flips; flip++) {
    let total = 0
    for (const value of sizes) total += random() < 0.5 ? value : -value
    if (Math.abs(total) >= observed - 1e-9) extreme++
  }
  return (extreme + 1) / (flips + 1)
}

/** P(|heads − tails| ≥ excess) of n fair coins. */
function binomialTail(n: number, excess: number): number {
  let term = 0.5 ** n
  let p = 0
  for (let heads = 0; heads <= n; heads++) {
    if (Math.abs(2 * heads - n) >= excess - 1e-9) p += term
    term *= (n - heads) / (heads + 1)
  }
  return Math.min(1, p)
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

/** Standard normal distribution function, Abramowitz and Stegun 7.1.26; error below 1.5e-7. */
function normal(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 0.5 * (2 - poly * Math.exp(-x * x))
}

/** mulberry32: the same numbers everywhere, so that a report made twice is the same report. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
