import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listRuns, openBlobStore, openRun, RunnerError, readRunLog } from '@bench/runner'
import {
  type Fold,
  foldLines,
  type ModelSummary,
  planRows,
  type RunPlan,
  summarise,
} from '@bench/runner/record'
import type { RunEntry, Runs } from './runs.js'

/** Runs of a results folder (`bench-results`), read from their logs each time they have changed. */
export function localRuns(folder: string): Runs {
  const known = new Map<string, { readonly state: string; readonly models: readonly ModelSummary[] }>()

  async function summaries(dir: string, plan: RunPlan): Promise<readonly ModelSummary[]> {
    const state = await stateOf(dir)
    const before = known.get(dir)
    if (before?.state === state) return before.models
    const models = summarise(plan, await foldOf(dir))
    known.set(dir, { state, models })
    return models
  }

  return {
    async list(limit) {
      const listings = await listRuns(folder)
      const entries: RunEntry[] = []
      for (const listing of listings.slice(0, limit)) {
        const { id, dir } = listing
        if ('error' in listing) entries.push({ id, error: listing.error.message })
        else
          entries.push(
            await orError(id, async () => ({
              id,
              plan: listing.plan,
              models: await summaries(dir, listing.plan),
            })),
          )
      }
      return { entries, total: listings.length }
    },

    async open(id) {
      if (!isFolderName(id)) return undefined
      const dir = join(folder, id)
      const plan = await planOf(dir)
      if (plan === undefined) return undefined
      const fold = await foldOf(dir)
      const blobs = await openBlobStore(dir)
      return {
        report: {
          plan,
          models: summarise(plan, fold),
          rows: [...planRows(plan, fold.rows)],
          reply: (hash) => blobs.get(hash),
        },
        [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
      }
    },
  }
}

/** One folder of ours: nothing that leads out of the results folder. */
const isFolderName = (id: string): boolean => /^[\w][\w.-]*$/.test(id)

async function planOf(dir: string): Promise<RunPlan | undefined> {
  try {
    return (await openRun(dir)).plan
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'no_such_run') return undefined
    throw error
  }
}

/** A run that was planned and has no log yet has no line. */
async function foldOf(dir: string): Promise<Fold> {
  return (await stateOf(dir)) === 'none' ? foldLines([]) : foldLines(readRunLog(dir))
}

/** Changes whenever the log does. */
async function stateOf(dir: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(join(dir, 'results.jsonl'))
    return `${size} ${mtimeMs}`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none'
    throw error
  }
}

/** A run that cannot be read does not hide the others. */
async function orError(id: string, entry: () => Promise<RunEntry>): Promise<RunEntry> {
  try {
    return await entry()
  } catch (error) {
    if (error instanceof RunnerError) return { id, error: error.message }
    throw error
  }
}
