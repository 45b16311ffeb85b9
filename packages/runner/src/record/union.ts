import { canonical, contentHash } from './canonical.js'
import type { AttemptLine, Line, ScoreLine } from './lines.js'

/**
 * Logs are sets of lines: merging, resuming and sharding are set union. Which line speaks for a key is chosen by
 * a total order, so it does not matter in which order lines arrive, nor how often.
 */

const rank: Record<AttemptLine['what'], number> = { replied: 2, timeout: 1, infra: 1, not_run: 0 }

/** Names a line among all: equal exactly where the lines are (but for a chance of 2⁻⁵³). */
export const lineHash = (line: Line): number => contentHash(line)

/**
 * What a line speaks for. An attempt line: its key. A score line: the attempts it judges, the scorer, the rater and
 * the reply judged; two raters' votes stand side by side.
 */
export function unionKey(line: Line): string {
  if (line.kind === 'attempt') return line.key
  return JSON.stringify([line.keys, line.scorer, line.rater, line.reply])
}

/** What the order of attempt lines is made of. */
export type AttemptRank = Pick<AttemptLine, 'what' | 'try'> & { readonly hash: number }

/** Below 0 where `a` speaks for their key: a reply beats `timeout` and `infra`, which beat `not_run`; then the higher try, then the smaller hash. */
export function compareAttempts(a: AttemptRank, b: AttemptRank): number {
  return rank[b.what] - rank[a.what] || b.try - a.try || a.hash - b.hash
}

/** What the order of score lines is made of. */
export type ScoreRank = Pick<ScoreLine, 'outcome' | 'at'> & { readonly hash: number }

/** Below 0 where `a` speaks for their key: a verdict beats `infra`; then the later, then the smaller hash. */
export function compareScores(a: ScoreRank, b: ScoreRank): number {
  const verdicts = Number(a.outcome === 'infra') - Number(b.outcome === 'infra')
  if (verdicts !== 0) return verdicts
  if (a.at !== b.at) return a.at > b.at ? -1 : 1
  return a.hash - b.hash
}

/** The line of the two that speaks for their {@link unionKey}, which they must share. */
export function better<L extends Line>(a: L, b: L): L {
  const [left, right]: [Line, Line] = [a, b]
  const hashes = { a: lineHash(a), b: lineHash(b) }
  if (left.kind === 'attempt' && right.kind === 'attempt')
    return compareAttempts({ ...left, hash: hashes.a }, { ...right, hash: hashes.b }) <= 0 ? a : b
  if (left.kind === 'score' && right.kind === 'score')
    return compareScores({ ...left, hash: hashes.a }, { ...right, hash: hashes.b }) <= 0 ? a : b
  throw new TypeError('lines of two kinds have no common key')
}

/**
 * The union of logs: every distinct line once, in one order that depends on the lines alone. Commutative,
 * associative and idempotent. Holds all lines in memory.
 */
export function merge(...logs: readonly Iterable<Line>[]): Line[] {
  const distinct = new Map<string, Line>()
  for (const log of logs) for (const line of log) distinct.set(canonical(line), line)
  return [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}

/** The line that speaks for each key of a set of lines. */
export function chosen(lines: Iterable<Line>): Map<string, Line> {
  const winners = new Map<string, Line>()
  for (const line of lines) {
    const key = unionKey(line)
    const held = winners.get(key)
    winners.set(key, held === undefined ? line : better(held, line))
  }
  return winners
}
