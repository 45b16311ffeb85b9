import {
  type Interner,
  interner,
  isSavedUnpriced,
  type KeptAttempt,
  type KeptScore,
  keepAttempt,
  keepScore,
} from './kept.js'
import type { AttemptLine, Line, ScoreLine } from './lines.js'
import { outcomes } from './outcome.js'
import { type Codec, type Packing, packing } from './packed.js'
import type { ReportRow } from './row.js'
import { packedRows, type Rows } from './rows.js'
import { compareAttempts, compareScores, lineHash } from './union.js'

/** What a model's tries came to, every try counted: a call that was repeated costs what it costs. */
export interface Spend {
  /** US dollars, for replies from the response cache what they cost when asked for; absent where no cost is known. */
  readonly costUsd?: number
  /** The part of `costUsd` that was saved by the response cache; absent where nothing was. */
  readonly savedUsd?: number
  /** Attempts with a reply from the response cache; absent where there is none. */
  readonly cached?: number
  /** Replies whose cost is unknown, so left out of `costUsd`. */
  readonly unpriced: number
  /** Of calls whose cost the provider reported and the price list knows too: US dollars as reported, and as listed. */
  readonly reported?: { readonly usd: number; readonly listedUsd: number }
  readonly inputTokens?: number
  readonly outputTokens?: number
}

/** A whole log, folded. */
export interface Fold {
  /** One per key that has an attempt line, in no particular order: `planRows` has them in the plan's. */
  readonly rows: Rows
  /** By model id. */
  readonly spend: ReadonlyMap<string, Spend>
}

export interface FoldOptions {
  /** How many attempts that did not pass keep their headline score's detail; 200 by default. */
  readonly details?: number
  /** Packs what is folded; `deflate` of `@bench/runner` makes a row some 50 bytes. Without one it takes some 400. */
  readonly codec?: Codec
  /** Rows that are packed together; 64 by default. */
  readonly packet?: number
}

/**
 * Folds a run's log into one row per attempt, by the order of `union.ts`: the result does not depend on the order
 * of the lines or on repeats of them (but for which details are kept). A reply that has no headline score yet is
 * `unjudged`: it is nobody's wrong answer and leaves the denominator. Scores over two attempts are
 * no part of a row.
 */
export async function foldLines(
  lines: AsyncIterable<Line> | Iterable<Line>,
  options: FoldOptions = {},
): Promise<Fold> {
  const state: State = {
    entries: packing(options.codec, options.packet),
    ledgers: new Map(),
    intern: interner(),
    details: options.details ?? 200,
  }
  for await (const line of lines) {
    if (line.kind === 'score' && line.keys.length > 1) continue
    const key = line.kind === 'attempt' ? line.key : line.keys[0]!
    const entry = state.entries.open(key, () => ({}))
    if (line.kind === 'attempt') addAttempt(state, entry, line)
    else addScore(state, entry, line)
    if (isSettled(entry)) state.entries.putAway(key)
  }
  const rows = packedRows(
    state.entries.seal(state.ledgers.size),
    ({ attempt, scores }) => attempt && rowOf(attempt, scores ?? []),
  )
  return { rows, spend: new Map([...state.ledgers].map(([model, ledger]) => [model, spendOf(ledger)])) }
}

interface State {
  readonly entries: Packing<Entry>
  readonly ledgers: Map<string, Ledger>
  readonly intern: Interner
  /** How many more details may be kept. */
  details: number
}

interface Entry {
  attempt?: KeptAttempt
  /** Where a key has several attempt lines, the hashes of those counted: one that occurs twice is paid once. */
  counted?: number[]
  scores?: KeptScore[]
}

interface Ledger {
  /** Ten-billionths of a dollar: whole numbers add up the same in any order. */
  tenBillionths: number
  saved: number
  cached: number
  priced: number
  unpriced: number
  reported: number
  listed: number
  input?: number
  output?: number
}

/** Whether no more is to be expected of it: a reply's headline verdict is the last of an attempt's lines, as a rule. */
const isSettled = ({ attempt, scores = [] }: Entry): boolean =>
  attempt !== undefined &&
  (attempt.what !== 'replied' ||
    scores.some(({ headline, reply }) => headline && reply === attempt.row.reply))

function addAttempt(state: State, entry: Entry, line: AttemptLine): void {
  const hash = lineHash(line)
  if (entry.attempt !== undefined) {
    entry.counted ??= [entry.attempt.hash]
    if (entry.counted.includes(hash)) return
    entry.counted.push(hash)
  }
  count(state, line)
  if (
    entry.attempt === undefined ||
    compareAttempts({ what: line.what, try: line.try, hash }, entry.attempt) < 0
  )
    entry.attempt = keepAttempt(line, hash, state.intern)
}

function addScore(state: State, entry: Entry, line: ScoreLine): void {
  const kept = keepScore(line, lineHash(line), entry.attempt?.row.reply, state.intern)
  entry.scores ??= []
  const rival = entry.scores.findIndex(
    (held) => held.scorer === kept.scorer && held.rater === kept.rater && held.reply === kept.reply,
  )
  const beaten = entry.scores[rival]
  if (beaten !== undefined && compareScores(kept, beaten) >= 0) return
  if (beaten?.detail !== undefined) state.details++
  if (line.headline && line.outcome !== 'pass' && line.detail !== undefined && state.details > 0) {
    kept.detail = line.detail
    state.details--
  }
  if (beaten === undefined) entry.scores.push(kept)
  else entry.scores[rival] = kept
}

function count(state: State, line: AttemptLine): void {
  let ledger = state.ledgers.get(line.model)
  if (ledger === undefined) {
    ledger = { tenBillionths: 0, saved: 0, cached: 0, priced: 0, unpriced: 0, reported: 0, listed: 0 }
    state.ledgers.set(line.model, ledger)
  }
  if (line.cached !== undefined) ledger.cached++
  if (line.cost !== undefined && !isSavedUnpriced(line)) {
    ledger.priced++
    const saved = Math.round((line.cached_usd ?? 0) * 1e10)
    ledger.tenBillionths += Math.round(line.cost.usd * 1e10) + saved
    ledger.saved += saved
  } else if (line.what === 'replied') ledger.unpriced++
  if (line.cost?.listed_usd !== undefined) {
    ledger.reported += Math.round(line.cost.usd * 1e10)
    ledger.listed += Math.round(line.cost.listed_usd * 1e10)
  }
  if (line.usage?.input !== undefined) ledger.input = (ledger.input ?? 0) + line.usage.input
  if (line.usage?.output !== undefined) ledger.output = (ledger.output ?? 0) + line.usage.output
}

function spendOf(ledger: Ledger): Spend {
  return {
    unpriced: ledger.unpriced,
    ...(ledger.priced > 0 && { costUsd: ledger.tenBillionths / 1e10 }),
    ...(ledger.reported + ledger.listed > 0 && {
      reported: { usd: ledger.reported / 1e10, listedUsd: ledger.listed / 1e10 },
    }),
    ...(ledger.saved > 0 && { savedUsd: ledger.saved / 1e10 }),
    ...(ledger.cached > 0 && { cached: ledger.cached }),
    ...(ledger.input !== undefined && { inputTokens: ledger.input }),
    ...(ledger.output !== undefined && { outputTokens: ledger.output }),
  }
}

/** Finishes the row that a kept attempt began, in place. */
function rowOf({ what, row }: KeptAttempt, all: readonly KeptScore[]): ReportRow {
  if (what !== 'replied') return row
  const scores = all.filter((score) => score.reply === row.reply)
  // A scorer that was replaced leaves its lines behind: the headline is the best of those that claim it.
  const headline = scores.filter((score) => score.headline).sort(compareScores)[0]
  if (headline === undefined) {
    row.error = 'not scored yet: resume the run to score it, without a new call'
    return row
  }
  row.outcome = headline.outcome
  row.status = outcomes[headline.outcome].status
  row.value = headline.outcome === 'infra' ? null : headline.value
  if (headline.error !== undefined) row.error = headline.error
  if (headline.detail !== undefined) row.detail = headline.detail
  if (headline.selfJudged) row.selfJudged = true
  if (headline.tallies !== undefined) row.tallies = headline.tallies
  if (headline.durationMs !== undefined) row.judgedMs = headline.durationMs
  const others = scores.filter((score) => score !== headline)
  if (others.length > 0) row.scores = Object.fromEntries(others.map(({ scorer, value }) => [scorer, value]))
  return row
}
