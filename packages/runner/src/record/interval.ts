/** Statistics over scores in 0–1. Pure; sources beside each formula. */

/** The attempts in the denominator that belong to one task: repeats are one cluster. */
export interface Cluster {
  readonly n: number
  /** Sum of their values. */
  readonly sum: number
  /** Whether each value is 0 or 1. */
  readonly binary: boolean
}

export interface Interval {
  readonly low: number
  readonly high: number
}

const z95 = 1.959963984540054

/**
 * 95 % interval of the mean value over all attempts.
 *
 * One attempt a task, each value 0 or 1: the Wilson score interval (Wilson 1927, J. Am. Stat. Assoc. 22).
 * Otherwise the Wilson interval at the effective sample size, as Dean and Pagano (2015, J. Surv. Stat. Methodol. 3)
 * recommend for clustered proportions: the variance of the mean is estimated from the spread between tasks, so
 * repeats of one task add no certainty about other tasks; n_eff = p(1−p) / variance, times (z/t)² with t of
 * tasks − 1 degrees of freedom (Korn and Graubard 1998, Surv. Methodol. 24). Where the tasks show no spread at all,
 * which proves little, n_eff is the number of tasks. Always inside 0–1 and always holds the mean.
 *
 * @returns null where there is no attempt
 */
export function interval95(clusters: readonly Cluster[]): Interval | null {
  let n = 0
  let sum = 0
  let binary = true
  let single = true
  for (const cluster of clusters) {
    n += cluster.n
    sum += cluster.sum
    binary &&= cluster.binary
    single &&= cluster.n === 1
  }
  if (n === 0) return null
  const mean = sum / n
  if (binary && single) return wilson(mean, n)
  return wilson(mean, effectiveSize(clusters, mean, n, binary))
}

/**
 * The mean and its interval over values that come one by one, kept as sums: each costs the same however many there
 * were. The same as `interval95`, but where a spread between tasks is smaller than rounding.
 */
export interface RunningScore {
  readonly n: number
  /** Null where `n` is 0. */
  readonly mean: number | null
  /** @param task which of the tasks, from 0; of no account where each has one attempt */
  add(value: number, task: number): void
  interval(): Interval | null
}

/** @param tasks how many tasks there are, where any has several attempts */
export function runningScore(tasks?: number): RunningScore {
  const counts = new Uint32Array(tasks ?? 0)
  const values = new Float64Array(tasks ?? 0)
  const sums: ClusterSums = { tasks: 0, n: 0, sum: 0, sumSquared: 0, sumTimesN: 0, nSquared: 0 }
  let binary = true
  return {
    get n() {
      return sums.n
    },
    get mean() {
      return sums.n === 0 ? null : sums.sum / sums.n
    },
    add(value, task) {
      const n = counts[task] ?? 0
      const sum = values[task] ?? 0
      counts[task] = n + 1
      values[task] = sum + value
      sums.tasks += n === 0 ? 1 : 0
      sums.n++
      sums.sum += value
      sums.sumSquared += value * (2 * sum + value)
      sums.sumTimesN += (sum + value) * (n + 1) - sum * n
      sums.nSquared += 2 * n + 1
      binary &&= value === 0 || value === 1
    },
    interval() {
      if (sums.n === 0) return null
      const mean = sums.sum / sums.n
      if (binary && sums.tasks === sums.n) return wilson(mean, sums.n)
      const squares = sums.sumSquared - 2 * mean * sums.sumTimesN + mean * mean * sums.nSquared
      const size = sizeOf({ ...sums, squares }, mean, binary, 1e-12)
      return wilson(mean, size)
    },
  }
}

/** Sums over clusters. */
interface ClusterSums {
  tasks: number
  n: number
  sum: number
  sumSquared: number
  sumTimesN: number
  nSquared: number
}

/** Wilson's interval about proportion `p` of `n` trials, which need not be whole. */
function wilson(p: number, n: number): Interval {
  const zz = z95 * z95
  const centre = (p + zz / (2 * n)) / (1 + zz / n)
  const half = (z95 * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n))) / (1 + zz / n)
  return { low: Math.min(p, Math.max(0, centre - half)), high: Math.max(p, Math.min(1, centre + half)) }
}

function effectiveSize(clusters: readonly Cluster[], mean: number, n: number, binary: boolean): number {
  const tasks = clusters.filter((cluster) => cluster.n > 0).length
  let squares = 0
  for (const cluster of clusters) squares += (cluster.sum - cluster.n * mean) ** 2
  return sizeOf({ tasks, n, squares }, mean, binary, 1e-18)
}

/** @param rounding a spread below which that of one task is rounding, not data: it does not hang on how many there are */
function sizeOf(
  { tasks, n, squares }: { readonly tasks: number; readonly n: number; readonly squares: number },
  mean: number,
  binary: boolean,
  rounding: number,
): number {
  if (tasks === 1) return 1
  if ((tasks * squares) / (n * n) < rounding) return tasks
  const variance = ((tasks / (tasks - 1)) * squares) / (n * n)
  const size = ((mean * (1 - mean)) / variance) * (z95 / student975(tasks - 1)) ** 2
  return binary ? Math.min(size, n) : size
}

/**
 * The 0.975 quantile of Student's t. Exact for 1 and 2 degrees of freedom, else the expansion of Abramowitz and
 * Stegun 26.7.5, off by 0.2 % at most.
 */
export function student975(degrees: number): number {
  if (degrees === 1) return Math.tan(Math.PI * 0.475)
  if (degrees === 2) return 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2))
  const z = z95
  const g1 = (z ** 3 + z) / 4
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3 + g4 / degrees ** 4
}

/**
 * The chance that at least one of k samples passes, unbiased, from c passes in n samples: 1 − C(n−c, k) / C(n, k)
 * (Chen et al. 2021, arXiv:2107.03374, in its numerically stable form).
 *
 * @returns null where n < k
 */
export function passAtK(n: number, c: number, k: number): number | null {
  if (n < k) return null
  if (n - c < k) return 1
  let miss = 1
  for (let i = n - c + 1; i <= n; i++) miss *= 1 - k / i
  return 1 - miss
}

/**
 * pass^k, the chance that all of k samples pass, unbiased, from c passes in n samples: C(c, k) / C(n, k) (Yao et al. 2024,
 * arXiv:2406.12045). What pass@k is to luck, it is to reliability.
 *
 * @returns null where n < k
 */
export function passAllK(n: number, c: number, k: number): number | null {
  if (n < k) return null
  let all = 1
  for (let i = 0; i < k; i++) all *= Math.max(0, c - i) / (n - i)
  return all
}

/**
 * A percentile by nearest rank: the smallest value that at least `p` % of the values do not exceed. Always a value
 * that occurred.
 *
 * @param sorted ascending, not empty
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!
}
