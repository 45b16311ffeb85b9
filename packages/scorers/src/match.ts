import type { Json, Task } from '@bench/datasets'
import type { z } from 'zod'
import { defineScorer } from './define.js'
import { ScorerError } from './errors.js'
import type { Scorable, Score, ScorerFactory } from './spec.js'

/** What a matching scorer found: whether the reply passes and why not. */
export interface Match {
  readonly passed: boolean
  /** 0–1; 1 or 0 by `passed` where absent. */
  readonly value?: number
  readonly detail?: { readonly [key: string]: Json }
}

interface MatchDefinition<Options> {
  readonly name: string
  readonly description: string
  readonly version?: string
  readonly options?: z.ZodType<Options>
  /** Judges a reply that is there: `text` is trimmed and never empty. */
  match(text: string, task: Task, options: Options, untrimmed: string): Match
}

/**
 * A scorer that reads the reply's text. What all of them share: an empty reply is `no_answer`, a refusal by the
 * provider `refused`, both with value 0; a reply cut off by its token limit that does not pass is `truncated`.
 */
export function matchScorer<Options = Record<string, never>>(
  definition: MatchDefinition<Options>,
): ScorerFactory {
  const { match, ...rest } = definition
  return defineScorer<Options>({
    ...rest,
    score(attempt, _deps, options) {
      const early = unanswered(attempt, attempt.answer.text)
      if (early) return early
      const { text } = attempt.answer
      const { passed, value = passed ? 1 : 0, detail } = match(text.trim(), attempt.task, options, text)
      return settle(attempt, {
        outcome: passed ? 'pass' : 'wrong_answer',
        value,
        ...(detail ? { detail } : {}),
      })
    },
  })
}

/** The score of a reply that holds nothing to judge; undefined where there is something. */
export function unanswered({ completion }: Scorable, text: string | undefined): Score | undefined {
  if (completion.finish === 'refusal') return { outcome: 'refused', value: 0 }
  if (text !== undefined && text.trim() !== '') return undefined
  return { outcome: completion.finish === 'length' ? 'truncated' : 'no_answer', value: 0 }
}

/** A reply that was cut off and does not pass is `truncated`, whatever else was wrong with it. */
export function settle({ completion }: Scorable, score: Score): Score {
  if (completion.finish !== 'length' || score.outcome === 'pass') return score
  return { ...score, outcome: 'truncated', detail: { ...score.detail, verdict: score.outcome } }
}

/**
 * The right answers that a task names, `expected` first.
 * @throws ScorerError `bad_options` where it names none: the dataset cannot be judged this way.
 */
export function rightAnswers(scorer: string, task: Task): readonly string[] {
  const answers = [...(task.expected === undefined ? [] : [task.expected]), ...(task.references ?? [])]
  if (answers.length > 0) return answers
  throw new ScorerError(
    'bad_options',
    `scorer ${scorer}: task ${task.id} has neither "expected" nor "references"; add one`,
  )
}

/** Text for a score's detail: at most 2,000 characters. */
export function clip(text: string, most = 2000): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`
}
