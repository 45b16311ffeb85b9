import type { Task } from '@bench/datasets'
import type { Model } from '@bench/providers'
import type { ScorerDeps } from '@bench/scorers'
import type { ScorerSource } from './judge.js'
import type { Purse } from './purse.js'
import type { AttemptLine, ScoreLine } from './record/lines.js'
import type { RunPlan } from './record/plan-file.js'
import type { Progress } from './resume.js'
import type { Attempt, RunDeps } from './spec.js'

/** One attempt to be made or finished. */
export interface Work {
  readonly attempt: Attempt
  readonly task: Task
  readonly model: Model
  /** What the log has of it. */
  readonly progress?: Progress
}

/** What all attempts of a run share. */
export interface AttemptContext {
  readonly plan: RunPlan
  readonly deps: RunDeps
  /** Ends calls under way. */
  readonly signal: AbortSignal
  /** From when it aborts, nothing is asked any more: what waits for its turn at a limiter is given up. */
  readonly late?: AbortSignal
  /** Ends judgements under way: with the calls, and when the time is over, for a reply that is kept can be judged another time. */
  readonly judging: AbortSignal
  readonly purse: Purse
  readonly scorers: ScorerSource
  /** What scorers run code in. */
  readonly boxes: Pick<ScorerDeps, 'sandbox' | 'judge'>
  /** This machine's name. */
  readonly host: string
  /** Ends the whole run: nothing more can be kept. */
  abandon(error: Error): void
  /** Resolves once the line is durable and told. */
  record(line: AttemptLine | ScoreLine): Promise<void>
}
