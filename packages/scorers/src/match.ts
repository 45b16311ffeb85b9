import type { Json, Task } from '@bench/datasets'
import type { z } from 'zod'
import { defineScorer } from './define.js'
import { ScorerError } from './errors.js'
import type { ScorerFactory } from './spec.js'

/** What a matching scorer found: whether the reply passes and why not. */
interface Match {
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

/** A scorer that reads the reply's text. */
export function matchScorer<Options = Record<string, never>>(
  definition: MatchDefinition<Options>,
): ScorerFactory {
  const { match, ...rest } = definition
  return defineScorer<Options>({
    ...rest,
    score({ answer: { text }, task }, _deps, options) {
      const { passed, value = passed ? 1 : 0, detail } = match(text.trim(), task, options, text)
      return { outcome: passed ? 'pass' : 'wrong_answer', value, ...(detail ? { detail } : {}) }
    },
  })
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
