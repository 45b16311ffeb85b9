import { generator } from './seeded.js'

/** Above these the normal limit of the test is close enough: differences on a grid, and any others. */
const exactUpTo = 200
const sampledUpTo = 60
const flips = 5_000

/**
 * Two-sided randomisation test of paired differences: under no difference each one's sign is a fair coin. Where all
 * differences are −1, 0 or 1 this is McNemar's exact test. Exact by counting where the differences lie on a grid of
 * 1/24 or coarser, as shares of few repeats do; by seeded coins where they do not; by the normal limit for many.
 */
export function signFlip(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).filter((size) => size > 1e-12)
  if (sizes.length === 0) return 1
  const observed = Math.abs(sum(differences))
  if (sizes.length <= exactUpTo) {
    const grid = gridOf(sizes)
    if (grid !== undefined)
      return counted(
        sizes.map((size) => Math.round(size * grid)),
        Math.round(observed * grid),
      )
    if (sizes.length <= sampledUpTo) return sampled(sizes, observed)
  }
  return 2 * (1 - normal(observed / Math.sqrt(sum(sizes.map((size) => size * size)))))
}

/** The smallest whole number that makes all sizes whole. */
function gridOf(sizes: readonly number[]): number | undefined {
  const whole = (value: number) => Math.abs(value - Math.round(value)) < 1e-9
  for (let grid = 1; grid <= 24; grid++) if (sizes.every((size) => whole(size * grid))) return grid
  return undefined
}

/** P(|sum| ≥ observed) over all signs of whole sizes: the distribution of the sum, one size after another. */
function counted(sizes: readonly number[], observed: number): number {
  const most = sum(sizes)
  let chances = new Float64Array(2 * most + 1)
  chances[most] = 1
  for (const size of sizes) {
    const next = new Float64Array(chances.length)
    for (let at = 0; at < chances.length; at++) {
      const half = (chances[at] as number) / 2
      if (half === 0) continue
      next[at - size] = (next[at - size] as number) + half
      next[at + size] = (next[at + size] as number) + half
    }
    chances = next
  }
  const p = chances.reduce(
    (total, chance, at) => (Math.abs(at - most) >= observed ? total + chance : total),
    0,
  )
  return Math.min(1, p)
}

function sampled(sizes: readonly number[], observed: number): number {
  const random = generator(sizes.length)
  let extreme = 0
  for (let flip = 0; flip < flips; flip++) {
    let total = 0
    for (const size of sizes) total += random() < 0.5 ? size : -size
    if (Math.abs(total) >= observed - 1e-9) extreme++
  }
  return (extreme + 1) / (flips + 1)
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
