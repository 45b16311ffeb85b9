import { createHash } from 'node:crypto'

/**
 * A random choice of `n` tasks that depends on the seed and the ids alone: the same on every machine, whatever the
 * dataset's order, and for one seed a smaller sample is part of a larger one. Tasks are ranked by the SHA-256 of
 * seed and id. Seed 0 is a seed.
 *
 * @returns the chosen in the order given; all of them where there are no more than `n`
 */
export function sampleTasks<T extends { readonly id: string }>(
  refs: readonly T[],
  n: number,
  seed: number,
): T[] {
  const rank = (id: string): string => createHash('sha256').update(`${seed}\n${id}`).digest('hex')
  const ranked = refs.map((ref) => ({ ref, rank: rank(ref.id) })).sort((a, b) => (a.rank < b.rank ? -1 : 1))
  const chosen = new Set(ranked.slice(0, n).map(({ ref }) => ref.id))
  return refs.filter((ref) => chosen.has(ref.id))
}
