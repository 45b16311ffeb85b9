import type { AttemptLine, ScoreLine } from './lines.js'
import type { ReportRow } from './row.js'
import type { AttemptRank, ScoreRank } from './union.js'

/** What a fold holds of a line: what a row shows and what the union's order needs, nothing more. */

export interface KeptAttempt extends AttemptRank {
  readonly row: Omit<ReportRow, 'key' | 'outcome' | 'status' | 'value' | 'scores' | 'detail'>
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
  const row: KeptAttempt['row'] = {
    task: line.task,
    model: intern(line.model),
    repeat: line.repeat,
    ended: line.ended,
    ...(line.category !== undefined && { category: intern(line.category) }),
    ...(line.difficulty !== undefined && { difficulty: intern(line.difficulty) }),
    ...(line.duration_ms !== undefined && { durationMs: line.duration_ms }),
    ...(line.ttft_ms !== undefined && { ttftMs: line.ttft_ms }),
    ...(line.tokens_per_second !== undefined && { tokensPerSecond: line.tokens_per_second }),
    ...(line.usage?.input !== undefined && { inputTokens: line.usage.input }),
    ...(line.usage?.output !== undefined && { outputTokens: line.usage.output }),
    ...(line.cost !== undefined && { costUsd: line.cost.usd }),
    ...(line.prompt_chars !== undefined && { promptChars: line.prompt_chars }),
    ...(line.reply_chars !== undefined && { replyChars: line.reply_chars }),
    ...(line.reply !== undefined && { reply: line.reply }),
    ...(line.error !== undefined && { error: intern(line.error.message) }),
    ...(line.warnings !== undefined && { warnings: line.warnings.map(intern) }),
  }
  return { what: line.what, try: line.try, hash, row }
}

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
  }
}
