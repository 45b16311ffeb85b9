import type { Task } from '@bench/datasets'
import { type Model, type ModelSettings, resolveModel } from '@bench/providers'
import type { Scorer } from '@bench/scorers'
import {
  type BatchEvent,
  type BatchOptions,
  loadSolver,
  openBatches,
  openBlobStore,
  openRunLog,
  type RunDeps,
  type RunEvent,
  run,
} from '../src/index.js'
import type { RunPlan } from '../src/record/index.js'
import { echoed } from './world.js'

/** A run in batches: handed in, waited for, judged. */

export const batchModels = { anthropic: 'anthropic:claude-opus-4-5', openai: 'openai:gpt-4o-mini' } as const
export type BatchApi = keyof typeof batchModels

export const batchModel = (api: BatchApi, url: string, settings: ModelSettings = {}): Promise<Model> =>
  resolveModel(
    batchModels[api],
    { endpoint: api === 'openai' ? `${url}/v1` : url, apiKey: 'sk-canary-3a2b1c0d9e8f', ...settings },
    {},
  )

export const quick: BatchOptions = { pollMs: { first: 1, most: 5 }, settleMs: 300 }

export interface BatchSettings extends Partial<Omit<RunDeps, 'tasks' | 'batches'>> {
  readonly dir: string
  readonly tasks: readonly Task[]
  readonly model: Model
  readonly options?: BatchOptions
}

export async function batchIn(
  plan: RunPlan,
  { dir, tasks, model, options = quick, ...more }: BatchSettings,
): Promise<(BatchEvent | RunEvent)[]> {
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  await using batches = await openBatches(dir, plan.run, options)
  const events: (BatchEvent | RunEvent)[] = []
  const deps: RunDeps = {
    models: [model],
    async *tasks() {
      yield* tasks
    },
    solver: await loadSolver('single'),
    scorer: async (ref): Promise<Scorer> => echoed.create(ref),
    log,
    blobs,
    ...more,
  }
  for await (const event of batches.collect(plan, deps)) events.push(event)
  for await (const event of run(plan, { ...deps, batches: batches.answers }))
    events.push(event.type === 'end' ? { type: 'end', reason: event.reason } : event)
  return events
}
