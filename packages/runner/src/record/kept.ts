import type { AttemptLine, ScoreLine } from './lines.js'
import { outcomes } from './outcome.js'
import type { ReportRow } from './row.js'
import type { AttemptRank, ScoreRank } from './union.js'

/**
 * What a fold holds of a line: what a row shows and what the union's order needs, nothing more.
 */

/** Grown field by field: an object merged from parts takes several times the memory. */
type Growing<T> = { -readonly [Field in keyof T]: T[Field] }

export interface KeptAttempt extends AttemptRank {
  /** The row it becomes once its scores are known; until then a reply is `unjudged`. */
  readonly row: Growing<ReportRow>
}

export interface KeptScore extends ScoreRank {
  readonly scorer: string
  readonly rater: string
  readonly reply: string
  readonly headline: boolean
  readonly value: number | null
  /** Why it is `infra`. */
  readonly error?: string
  detail?: Readonly<Record<string, unknown>>
  readonly tallies?: ReportRow['tallies']
  readonly selfJudged?: true
  readonly durationMs?: number
}

/** Gives back one and the same string for equal strings: few names, many lines. */
export type Interner = (text: string) => string

export function interner(): Interner {
  const held = new Map<string, string>()
  return (text) => {
    const known = held.get(text)
    if (known !== undefined) return known
    // Past this it is not a name but a text that differs each time, as an error message may.
    if (held.size < 4096) held.set(text, text)
    return text
  }
}

export function keepAttempt(line: AttemptLine, hash: number, intern: Interner): KeptAttempt {
  const outcome = line.what === 'replied' ? 'unjudged' : line.what
  const row: Growing<ReportRow> = {
    key: line.key,
    task: line.task,
    model: intern(line.model),
    repeat: line.repeat,
    outcome,
    status: outcomes[outcome].status,
    value: null,
    ended: line.ended,
  }
  if (line.category !== undefined) row.category = intern(line.category)
  if (line.difficulty !== undefined) row.difficulty = intern(line.difficulty)
  // A batch takes as long as it takes, whichever the model.
  if (line.duration_ms !== undefined && line.batch === undefined) row.durationMs = line.duration_ms
  if (line.queued_ms !== undefined) row.queuedMs = line.queued_ms
  if (line.ttft_ms !== undefined) row.ttftMs = line.ttft_ms
  if (line.tokens_per_second !== undefined) row.tokensPerSecond = line.tokens_per_second
  if (line.usage?.input !== undefined) row.inputTokens = line.usage.input
  if (line.usage?.output !== undefined) row.outputTokens = line.usage.output
  if (line.cost !== undefined && !isSavedUnpriced(line)) {
    row.costUsd = line.cost.usd + (line.cached_usd ?? 0)
  }
  if (line.cached !== undefined) row.cached = line.cached
  if (line.prompt_chars !== undefined) row.promptChars = line.prompt_chars
  if (line.reply_chars !== undefined) row.replyChars = line.reply_chars
  if (line.reply !== undefined) row.reply = line.reply
  if (line.iterations !== undefined) row.course = courseOf(line, line.iterations, intern)
  if (line.transcript !== undefined) row.transcript = line.transcript
  if (line.error !== undefined) row.error = intern(line.error.message)
  if (line.warnings !== undefined) row.warnings = line.warnings.map(intern)
  return { what: line.what, try: line.try, hash, row }
}

function courseOf(line: AttemptLine, iterations: number, intern: Interner): NonNullable<ReportRow['course']> {
  return {
    iterations,
    ...(line.ended_by !== undefined && { endedBy: intern(line.ended_by) }),
    ...(line.iterations_to_success !== undefined && { iterationsToSuccess: line.iterations_to_success }),
    ...(line.self_corrected !== undefined && { selfCorrected: line.self_corrected }),
    ...(line.tool_calls_count !== undefined && { toolCalls: line.tool_calls_count }),
    ...(line.tools_used !== undefined && { toolsUsed: line.tools_used.map(intern) }),
    ...(line.efficiency_score !== undefined && { efficiency: line.efficiency_score }),
  }
}

/** Whether a reply came from the cache whose cost was unknown when it was asked for. */
export const isSavedUnpriced = (line: AttemptLine): boolean =>
  line.cached !== undefined && line.cached_usd === undefined

/** @param reply the attempt's reply where it is known already: equal text is held once. */
export function keepScore(
  line: ScoreLine,
  hash: number,
  reply: string | undefined,
  intern: Interner,
): KeptScore {
  const error = line.outcome === 'infra' ? line.detail?.error : undefined
  return {
    outcome: line.outcome,
    at: line.at,
    hash,
    scorer: intern(line.scorer),
    rater: intern(line.rater),
    reply: line.reply === reply ? reply : line.reply,
    headline: line.headline,
    value: line.value,
    ...(typeof error === 'string' && { error: intern(error) }),
    ...(line.headline && line.detail?.self_judged === true && { selfJudged: true as const }),
    ...(line.headline && line.tallies !== undefined && { tallies: line.tallies }),
    ...(line.headline && line.duration_ms !== undefined && { durationMs: line.duration_ms }),
  }
}
