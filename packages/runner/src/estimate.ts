import type { Price } from '@bench/providers'
import { callTo } from './plan.js'
import type { RunPlan } from './record/plan-file.js'

/** What a model's share of a run may cost, in US dollars. Absent means unknown, and unknown is never zero. */
export interface Estimate {
  readonly model: string
  readonly attempts: number
  readonly lowUsd?: number
  readonly highUsd?: number
  /** Where the price is from. */
  readonly source?: string
}

/** Output assumed where nothing limits it, for the high end of an estimate and for a budget's reservations. */
export const assumedMaxTokens = 4096

/** Output assumed for a short answer, for the low end. */
const shortReplyTokens = 100

/**
 * The price range of each model, in plan order. Low: prompts at 4 characters a token and replies of 100 tokens.
 * High: 2 characters a token and every reply as long as `maxTokens` (4,096 where the plan sets none); with a solver that asks
 * several times, as often as it may, each time with all that was said before. In batches: at their price. A solver of one's own is
 * taken to ask once.
 */
export function estimate(plan: RunPlan): Estimate[] {
  const attempts = plan.tasks.length * plan.repeats
  const chars = plan.tasks.reduce((sum, task) => sum + task.chars, 0) * plan.repeats
  const calls = mostCalls(plan)
  return plan.models.map(({ id, price, local, call }) => {
    const maxTokens = callTo(plan, { call }).maxTokens ?? assumedMaxTokens
    const free = local ? { inputPerMillion: 0, outputPerMillion: 0, source: 'local' } : undefined
    const known = price ?? free
    const factor = plan.batch && !local ? price?.batchFactor : 1
    if (known === undefined || factor === undefined) return { model: id, attempts }
    // The second call has one reply before it, the third two, and so on.
    const saidBefore = ((calls * (calls - 1)) / 2) * maxTokens
    const shortReply = Math.min(shortReplyTokens, maxTokens)
    return {
      model: id,
      attempts,
      lowUsd: factor * usd(known, chars / 4, attempts * shortReply),
      highUsd: factor * usd(known, (calls * chars) / 2 + attempts * saidBefore, attempts * calls * maxTokens),
      source: known.source,
    }
  })
}

/** Calls of one attempt, at most, as the options of our own solvers say. */
function mostCalls({ solver, solverOptions = {} }: RunPlan): number {
  const { rounds, maxIterations } = solverOptions
  if (solver === 'refine' && typeof rounds === 'number') return 1 + rounds
  if (solver === 'agent' && typeof maxIterations === 'number') return maxIterations
  return 1
}

/** The most one call may reasonably cost, in US dollars: what a budget sets aside for it. */
export function worstCase(price: Price, promptChars: number, maxTokens = assumedMaxTokens): number {
  return usd(price, promptChars / 2, maxTokens)
}

const usd = (price: Price, inputTokens: number, outputTokens: number): number =>
  (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / 1e6
