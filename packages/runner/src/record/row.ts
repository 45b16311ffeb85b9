import { type AttemptOutcome, type ExportedStatus, outcomes } from './outcome.js'
import type { RunPlan } from './plan-file.js'

/** One attempt as tables and exports see it: the union's choice among its lines, flattened. */
export interface ReportRow {
  readonly key: string
  readonly task: string
  readonly model: string
  readonly repeat: number
  readonly category?: string
  readonly difficulty?: string
  readonly outcome: AttemptOutcome
  readonly status: ExportedStatus
  /** Headline score, 0–1; null where there is none. */
  readonly value: number | null
  /** Other scorers' values by name. */
  readonly scores?: Readonly<Record<string, number | null>>
  /** The answer could have had a hand in its own verdict. In the denominator only where the plan allows such. */
  readonly selfJudged?: true
  /** Figures of the headline scorer beside its value: how many of how many. */
  readonly tallies?: Readonly<Record<string, readonly [got: number, of: number]>>
  /** UTC ISO of the chosen try's end. */
  readonly ended: string
  readonly durationMs?: number
  /** What the limiter held it back, no part of the duration; absent where that was nothing. */
  readonly queuedMs?: number
  /** What its headline scorer took. */
  readonly judgedMs?: number
  readonly ttftMs?: number
  readonly tokensPerSecond?: number
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** What its replies cost, those from the response cache as much as when they were asked for. */
  readonly costUsd?: number
  /** How many of its replies came from the response cache. */
  readonly cached?: number
  readonly promptChars?: number
  readonly replyChars?: number
  readonly reply?: string
  /** How its solver came to the answer: see the attempt line. Absent for a single call. */
  readonly course?: {
    readonly iterations: number
    readonly endedBy?: string
    readonly iterationsToSuccess?: number
    readonly selfCorrected?: boolean
    readonly toolCalls?: number
    readonly toolsUsed?: readonly string[]
    readonly efficiency?: number
  }
  /** What was said and done on the way, in `responses/`; absent where its solver told nothing of it. See `readTranscript`. */
  readonly transcript?: string
  readonly error?: string
  /** The headline score's detail; kept only for attempts that did not pass, and only for the first of them. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly warnings?: readonly string[]
}

/** Whether an attempt counts in the score. */
export const isCounted = (row: ReportRow, plan: Pick<RunPlan, 'allowSelfJudged'>): boolean =>
  outcomes[row.outcome].denominator && (row.selfJudged === undefined || plan.allowSelfJudged === true)

/** One model over its attempts. Every score comes with the n it was computed from. */
export interface ModelSummary {
  readonly model: string
  readonly planned: number
  readonly counts: Readonly<Partial<Record<AttemptOutcome, number>>>
  /** Attempts that are left out of the denominator because they are self-judged; absent where there is none. */
  readonly selfJudged?: number
  /** Attempts in the denominator. */
  readonly n: number
  /** Tasks in the denominator: the clusters of the interval. */
  readonly tasks: number
  readonly passed: number
  /** Mean headline value over the denominator, 0–1; null where n is 0. */
  readonly score: number | null
  /** 95 % interval of `score`; null where n is 0. */
  readonly interval: { readonly low: number; readonly high: number } | null
  /** pass@k, unbiased, for each k up to the repeats; keys are k. */
  readonly passAt: Readonly<Record<number, number>>
  /** pass^k, unbiased: the chance that all of k attempts at a task pass; keys are k. */
  readonly passAll: Readonly<Record<number, number>>
  /** What the score could have been had everything left out of the denominator failed, or passed. */
  readonly range: { readonly worst: number; readonly best: number } | null
  /** By difficulty: mean headline value and n. */
  readonly byDifficulty: Readonly<Record<string, { readonly n: number; readonly score: number }>>
  readonly byCategory: Readonly<Record<string, { readonly n: number; readonly score: number }>>
  /** The rows' tallies, each summed over the denominator; absent where no row has any. */
  readonly tallies?: Readonly<Record<string, readonly [got: number, of: number]>>
  /**
   * What the replies cost, over every try recorded, chosen or not; absent where no cost is known. Those from the
   * response cache count as much as when they were asked for, so that models compare alike whichever was cached.
   */
  readonly costUsd?: number
  /** The part of `costUsd` that this run did not pay, for the replies were in the response cache. */
  readonly savedUsd?: number
  /** Attempts with a reply from the response cache, over every try recorded; absent where there is none. */
  readonly cached?: number
  /** Replies whose cost is unknown, so left out of `costUsd`. */
  readonly unpriced: number
  /** Of calls whose cost the provider reported and the price list knows too: US dollars as reported, and as listed. */
  readonly reported?: { readonly usd: number; readonly listedUsd: number }
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly avgDurationMs?: number
  readonly p50Ms?: number
  readonly p95Ms?: number
  readonly p99Ms?: number
  readonly tokensPerSecond?: number
  /** What its attempts spent their time on, in milliseconds, all of them together. */
  readonly time?: { readonly replies: number; readonly limiter: number; readonly judging: number }
}
