import type { Task } from '@bench/datasets'
import type { Model } from '@bench/providers'
import { afterAll, beforeAll, describe } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '../../../../scripts/postgres.mjs'
import { loadSolver, openBlobStore, openRunLog, type RunEvent } from '../../src/index.js'
import { type FollowOptions, follow, openQueue, type RunParts } from '../../src/queue/index.js'
import type { Line, RunPlan } from '../../src/record/index.js'
import { echoed } from '../world.js'

/** Tests with a Postgres of their own; skipped, and said so, where there is none. In CI there is one. */
export function withPostgres(name: string, tests: (postgres: () => TestPostgres) => void): void {
  const here = postgresPrograms() !== undefined || process.env.CI !== undefined
  if (!here) console.log(`${name}: skipped, no Postgres is here (.ci/setup installs Debian's)`)
  describe.skipIf(!here)(name, () => {
    let postgres: TestPostgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres?.[Symbol.asyncDispose]())
    tests(() => postgres)
  })
}

/** What a worker of the tests has for a run. */
export const partsOf = async (tasks: readonly Task[], ...models: readonly Model[]): Promise<RunParts> => ({
  models,
  async *tasks() {
    yield* tasks
  },
  solver: await loadSolver('single'),
  scorer: async (ref) => echoed.create(ref),
})

/** Follows a run into a folder to its end, and gives back its events. */
export async function followIn(
  dir: string,
  url: string,
  plan: RunPlan,
  more: Partial<FollowOptions> = {},
): Promise<RunEvent[]> {
  await using queue = await openQueue(url)
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  const events: RunEvent[] = []
  for await (const event of follow(queue, plan, { log, blobs, graceMs: 1_000, ...more })) events.push(event)
  return events
}

export async function linesIn(dir: string): Promise<Line[]> {
  await using log = await openRunLog(dir)
  const lines: Line[] = []
  for await (const line of log.lines()) lines.push(line)
  return lines
}
