import type { ScorerRef } from '@bench/datasets'
import { z } from 'zod'
import { ScorerError } from './errors.js'
import { mean } from './metrics.js'
import { readOptions } from './options.js'
import type { Metric, Scorable, Score, Scorer, ScorerDeps, ScorerFactory, Tallies } from './spec.js'

export interface ScorerDefinition<Options = Record<string, never>> {
  readonly name: string
  /** One line for `bench scorers`. */
  readonly description?: string
  /** Change it whenever a verdict could change. `1` where absent. */
  readonly version?: string
  /** `mean` where absent. */
  readonly metrics?: readonly Metric[]
  /** Whether it runs code, and so needs a sandbox. */
  readonly runsCode?: boolean
  /** What a dataset may set, as a strict zod object. Without it the scorer takes no options. */
  readonly options?: z.ZodType<Options>
  /**
   * A whole score, or for short a value of 0–1, of which 1 is a pass, or a boolean. A throw is taken as a fault of the
   * harness (`infra`), never as the model's.
   */
  score(attempt: Scorable, deps: ScorerDeps, options: Options): Judgement | Promise<Judgement>
  /** The tallies of a reply that is not there, for a scorer that gives tallies: none got, of as many. */
  unanswered?(options: Options): Tallies
}

export type Judgement = Score | number | boolean

const noOptions = z.strictObject({})

/**
 * Makes a scorer: the one thing that a plugin exports. What all scorers share is seen to here: a refusal by the provider
 * is `refused` and an empty reply `no_answer`, both with value 0 and without a call of `score`; a reply cut off by its
 * token limit that does not pass is `truncated`.
 */
export function defineScorer<Options = Record<string, never>>(
  definition: ScorerDefinition<Options>,
): ScorerFactory {
  const { name, description = '', version = '1', metrics = [mean()], runsCode } = definition
  const shape = definition.options ?? (noOptions as unknown as z.ZodType<Options>)
  return {
    name,
    description,
    create(ref: ScorerRef): Scorer {
      const options = readOptions(name, shape, ref)
      return {
        name,
        version,
        metrics,
        ...(runsCode === undefined ? {} : { runsCode }),
        score: async (attempt, deps) =>
          unanswered(attempt, () => definition.unanswered?.(options)) ??
          settle(attempt, asScore(name, await definition.score(attempt, deps, options))),
      }
    },
  }
}

function asScore(name: string, judgement: Judgement): Score {
  const score = typeof judgement === 'object' && judgement !== null ? judgement : short(Number(judgement))
  const { value } = score
  if (value !== null && !(Number.isFinite(value) && value >= 0 && value <= 1))
    throw new ScorerError('bad_plugin', `scorer ${name} gave ${value}; a value is 0–1 or null`)
  return score
}

const short = (value: number): Score => ({ outcome: value === 1 ? 'pass' : 'wrong_answer', value })

function unanswered({ completion, answer }: Scorable, tallies: () => Tallies | undefined): Score | undefined {
  const refused = completion.finish === 'refusal'
  const answered = answer.text.trim() !== '' || answer.code !== undefined || answer.files !== undefined
  if (!refused && answered) return undefined
  const outcome = refused ? 'refused' : completion.finish === 'length' ? 'truncated' : 'no_answer'
  const missed = tallies()
  return { outcome, value: 0, ...(missed === undefined ? {} : { tallies: missed }) }
}

/** Whatever else was wrong with it is kept as the detail's `verdict`. */
function settle({ completion }: Scorable, score: Score): Score {
  if (completion.finish !== 'length' || score.outcome === 'pass') return score
  return { ...score, outcome: 'truncated', detail: { ...score.detail, verdict: score.outcome } }
}
