import { createHash } from 'node:crypto'

/**
 * A random choice of `n` tasks that depends on the seed and the ids alone: the same on every machine, whatever the
 * dataset's order, and for one seed a smaller sample is part of a larger one. Tasks are ranked by the SHA-256 of
 * seed and id. Seed 0 is a seed.
 *
 * @param groupOf of a stratified sample: what a task belongs to. Each group has the share in the sample that it has in the whole, to the
 * nearest task, by the divisors of Webster and Sainte-Laguë: the i-th task of a group of N, counted from 0, is chosen at (i + ½) / N.
 * @returns the chosen in the order given; all of them where there are no more than `n`
 */
export function sampleTasks<T extends { readonly id: string }>(
  refs: readonly T[],
  n: number,
  seed: number,
  groupOf: (ref: T) => string | undefined = () => undefined,
): T[] {
  const rank = (id: string): string => createHash('sha256').update(`${seed}\n${id}`).digest('hex')
  const ranked = refs.map((ref) => ({ ref, rank: rank(ref.id), place: 0 }))
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1))
  const groups = new Map<string | undefined, (typeof ranked)[number][]>()
  for (const one of ranked) {
    const group = groups.get(groupOf(one.ref))
    if (group === undefined) groups.set(groupOf(one.ref), [one])
    else group.push(one)
  }
  for (const group of groups.values())
    for (const [i, one] of group.entries()) one.place = (i + 0.5) / group.length
  ranked.sort((a, b) => a.place - b.place || (a.rank < b.rank ? -1 : 1))
  const chosen = new Set(ranked.slice(0, n).map(({ ref }) => ref.id))
  return refs.filter((ref) => chosen.has(ref.id))
}
