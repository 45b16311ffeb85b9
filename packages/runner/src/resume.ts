import type { AttemptLine, Line, ScoreLine } from './record/lines.js'
import { type AttemptRank, compareAttempts, lineHash } from './record/union.js'

/** What a log already has of a key. */
export interface Progress {
  /** The highest try so far. */
  readonly tries: number
  /** Nothing is left to do. */
  readonly done: boolean
  /** A reply that was paid for and has no verdict yet. */
  readonly unscored?: AttemptLine
}

/** Why a task could not be asked, in a line about it: asking again would end alike. */
export const templateError = 'template'

/**
 * Reads a log for what is left to do. An attempt is done once the line that speaks for it is a reply with a headline
 * verdict: other scores are written before that one, so none is missing. Holds no line of what is done.
 */
export async function readProgress(
  lines: AsyncIterable<Line> | Iterable<Line>,
): Promise<ReadonlyMap<string, Progress>> {
  const seen = new Map<string, Seen>()
  for await (const line of lines) {
    if (line.kind === 'attempt') addAttempt(seen, line)
    else if (line.headline && line.outcome !== 'infra' && line.keys.length === 1) addVerdict(seen, line)
  }
  return seen
}

interface Seen {
  tries: number
  done: boolean
  unscored?: AttemptLine
  best?: AttemptRank
  /** The reply of `best`. */
  reply?: string
  /** Replies that have a verdict. */
  judged?: string[]
}

function entryOf(seen: Map<string, Seen>, key: string): Seen {
  let entry = seen.get(key)
  if (entry === undefined) {
    entry = { tries: 0, done: false }
    seen.set(key, entry)
  }
  return entry
}

function addAttempt(seen: Map<string, Seen>, line: AttemptLine): void {
  const entry = entryOf(seen, line.key)
  entry.tries = Math.max(entry.tries, line.try)
  const rank: AttemptRank = { what: line.what, try: line.try, hash: lineHash(line) }
  if (entry.best !== undefined && compareAttempts(rank, entry.best) >= 0) return
  entry.best = rank
  delete entry.unscored
  delete entry.reply
  entry.done = line.what === 'infra' && line.error?.code === templateError
  if (line.what !== 'replied' || line.reply === undefined) return
  entry.reply = line.reply
  entry.done = entry.judged?.includes(line.reply) ?? false
  if (!entry.done) entry.unscored = line
}

function addVerdict(seen: Map<string, Seen>, line: ScoreLine): void {
  const entry = entryOf(seen, line.keys[0]!)
  entry.judged ??= []
  if (!entry.judged.includes(line.reply)) entry.judged.push(line.reply)
  if (entry.reply !== line.reply) return
  entry.done = true
  delete entry.unscored
}
