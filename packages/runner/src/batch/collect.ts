import { ProviderError } from '@bench/providers'
import { asked as askedModel, callFor } from '../asked-model.js'
import type { Work } from '../attempt-context.js'
import { promptChars } from '../attempt-line.js'
import { worstCase } from '../estimate.js'
import type { RunPlan } from '../record/plan-file.js'
import { readProgress } from '../resume.js'
import { modelsOf } from '../run.js'
import { refuseSolver } from '../solve/define.js'
import { askedOf, solverDeps } from '../solve/deps.js'
import type { RunDeps } from '../spec.js'
import { workOf } from '../work.js'
import { type AnswerIndex, type Asked, NotAnswered } from './answers.js'
import { batchDrafts } from './drafts.js'
import type { BatchJournal } from './journal.js'

export interface Collecting {
  readonly journal: BatchJournal
  readonly index: AnswerIndex
  /** How often each question was put in this part of the run. */
  readonly asks: Map<string, number>
  readonly maxRetries: number
}

export interface Collected {
  /** How many batches are about to be handed in. */
  readonly batches: number
  /** US dollars set aside for what is not in the log yet: to be given back with `settle(reserved, 0)`. */
  readonly reserved: number
}

/**
 * Puts the next unanswered question of every attempt into batches. Each solver is run up to there and given up, so
 * that memory holds one task at a time; what it was answered before it is answered again. Stops before a cap is passed.
 */
export async function collect(
  plan: RunPlan,
  deps: RunDeps,
  signal: AbortSignal,
  { journal, index, asks, maxRetries }: Collecting,
): Promise<Collected> {
  const waiting = new Set(journal.records.flatMap(({ status, ids }) => (status === 'fetched' ? [] : ids)))
  refuseSolver(plan, deps.solver)
  const drafts = batchDrafts(journal)
  let reserved = 0
  const reserve = async (usd: number): Promise<boolean> => {
    const fits = (await deps.budget?.reserve(usd)) ?? true
    if (fits) reserved += usd
    return fits
  }
  try {
    const progress = await readProgress(deps.log.lines())
    for await (const work of workOf(plan, deps, modelsOf(plan, deps), progress)) {
      const { model, task } = work
      if (model.batch === undefined || task.error !== undefined || work.progress?.unscored) continue
      const next = await nextQuestion(work, { plan, deps, signal, index })
      signal.throwIfAborted()
      if (next.asked === undefined) {
        await reserve(next.usd)
        continue
      }
      const { asked, why } = next
      const times = asks.get(asked.id) ?? 0
      if (!(why instanceof NotAnswered) && !isPutAgain(why, times, maxRetries, work)) continue
      if (!(await reserve(worstOf(work, asked))) || waiting.has(asked.id)) continue
      await drafts.add(model, asked)
      asks.set(asked.id, times + 1)
    }
    return { batches: await drafts.seal(), reserved }
  } catch (error) {
    deps.budget?.settle(reserved, 0)
    throw error
  } finally {
    await drafts.drop()
  }
}

type Next =
  /** The last question that the solver put, and what came instead of a reply. */
  | { readonly asked: Asked; readonly why: unknown }
  /** It has all its answers, and this is what they cost now. */
  | { readonly asked?: undefined; readonly usd: number }

async function nextQuestion(
  work: Work,
  {
    plan,
    deps,
    signal,
    index,
  }: {
    readonly plan: RunPlan
    readonly deps: RunDeps
    readonly signal: AbortSignal
    readonly index: AnswerIndex
  },
): Promise<Next> {
  let last: Asked | undefined
  const model = index.asking(work.model, work.attempt.key, (asked) => {
    last = asked
  })
  const { call } = callFor(work, { plan, signal })
  try {
    const asked = askedModel({ ...work, model }, { plan, deps })
    const hands = solverDeps({ task: work.task, call, options: undefined, signal })
    const { completions } = await deps.solver.solve(askedOf(work.task), asked, hands)
    return { usd: completions.reduce((sum, { cost }) => sum + (cost?.usd ?? 0), 0) }
  } catch (why) {
    return last === undefined ? { usd: 0 } : { asked: last, why }
  }
}

/** Whether a question that got no reply is put again: what passes a few times, what stays when a person resumes. */
function isPutAgain(why: unknown, times: number, maxRetries: number, { progress }: Work): boolean {
  if (!(why instanceof ProviderError)) return false
  const told = times === 0 && (progress?.tries ?? 0) > 0
  return told || (why.retryable && times <= maxRetries)
}

function worstOf({ model, task }: Work, { options }: Asked): number {
  const { price } = model
  if (price === undefined || model.local) return 0
  return worstCase(price, promptChars(task), options.maxTokens) * (price.batchFactor ?? 1)
}
