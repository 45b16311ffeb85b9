import type { Task } from '@bench/datasets'
import type { Model } from '@bench/providers'
import { loadSolver } from '../../src/index.js'
import type { RunParts } from '../../src/queue/index.js'
import { echoed } from '../world.js'

/** What a worker of the tests has for a run. */
export const partsOf = async (tasks: readonly Task[], ...models: readonly Model[]): Promise<RunParts> => ({
  models,
  async *tasks() {
    yield* tasks
  },
  solver: await loadSolver('single'),
  scorer: async (ref) => echoed.create(ref),
})
