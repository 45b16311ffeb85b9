import { type CallOptions, cachedModel, type Model } from '@bench/providers'
import type { AttemptContext, Work } from './attempt-context.js'
import { callTo } from './plan.js'
import { keptModel } from './solve/kept-model.js'

/** The model of an attempt: with what is kept of it, what the cache has for it, and what batches have answered. */
export function asked(work: Work, context: Pick<AttemptContext, 'plan' | 'deps'>): Model {
  const { attempt, progress } = work
  const { plan, deps } = context
  const { cache, batches, keptCalls } = deps
  const model = inBatches(work, deps) ? batches!.model(work.model, attempt.key) : work.model
  const tries = progress?.tries ?? 0
  if (keepsCalls(work, context)) return keptModel(model, keptCalls!, attempt.key, tries)
  if (!cache?.covers(work.model)) return model
  // What a line holds the cost of already comes as cached: no reply is counted twice.
  const payer = `${plan.run}/${attempt.key}${tries === 0 ? '' : `/${tries}`}`
  return cachedModel(model, cache.replies, { repeat: attempt.repeat, payer, only: cache.only ?? false })
}

/** Where a cache is, it keeps replies too; and what is asked once is in the log before anything else is asked. */
export function keepsCalls({ model }: Work, { deps }: Pick<AttemptContext, 'deps'>): boolean {
  const { keptCalls, solver, cache } = deps
  return keptCalls !== undefined && !solver.once && model.control !== true && !cache?.covers(model)
}

const inBatches = ({ model }: Work, { batches }: AttemptContext['deps']): boolean =>
  batches !== undefined && model.batch !== undefined

/** What is in the cache is paid already, and what came in a batch was set aside for when it was handed in. */
export function isFree(work: Work, { deps }: Pick<AttemptContext, 'deps'>): boolean {
  const { model } = work
  const cached = deps.cache?.only === true && deps.cache.covers(model)
  return model.local === true || model.control === true || cached || inBatches(work, deps)
}

/** A task's own settings beat its model's, which beat the plan's. Only a control is told which task it is asked. */
export function callFor(
  { task, model, attempt }: Work,
  { plan, signal, late }: Pick<AttemptContext, 'plan' | 'signal' | 'late'>,
): { call: CallOptions; warnings: readonly string[] } {
  const { model: wanted, ...own } = task.config ?? {}
  const planned = callTo(
    plan,
    plan.models.find(({ id }) => id === attempt.modelId),
  )
  const call = { ...planned, ...own, signal, ...(late && { noneAfter: late }) }
  const reference = task.solution === undefined ? {} : { reference: task.solution }
  const other = wanted !== undefined && wanted !== model.id && !model.id.endsWith(`:${wanted}`)
  return {
    call: model.control ? { ...call, task: { id: task.id, repeat: attempt.repeat, ...reference } } : call,
    warnings: other ? [`model: the task asks for ${wanted}; the run's own models were asked`] : [],
  }
}
