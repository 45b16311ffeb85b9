import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Dataset, DatasetError } from '@bench/datasets'
import { listRuns, openRun, type RunFolder } from '@bench/runner'
import { closest } from 'fastest-levenshtein'
import { Exit, exit } from '../exit.js'
import { openNamed } from './hub.js'
import type { MappingOptions } from './mapping.js'
import type { BenchOptions } from './options.js'

/**
 * A run's folder by its path or by its id under the output folder; the newest run where neither is given.
 * @throws Exit `usage` naming the nearest run
 */
export async function findRun(named: string | undefined, output: string): Promise<RunFolder> {
  if (named !== undefined && existsSync(join(named, 'plan.json'))) {
    return openRun(named)
  }
  if (named !== undefined && existsSync(join(output, named, 'plan.json'))) {
    return openRun(join(output, named))
  }
  const known = await listRuns(output)
  const [newest] = known
  if (newest === undefined) {
    throw new Exit(
      exit.usage,
      `no run in ${output}. Make one with: bench bench${output === './bench-results' ? '' : ` --output ${output}`}`,
    )
  }
  // What cannot be read says so.
  const there = known.find(({ id }) => id === named)
  if (there !== undefined) {
    return openRun(there.dir)
  }
  if (named !== undefined) {
    const near = closest(
      named,
      known.map((run) => run.id),
    )
    throw new Exit(exit.usage, `no run "${named}" in ${output}; did you mean "${near}"?`)
  }
  return openRun(newest.dir)
}

/**
 * A run's dataset: as its plan names it, from where one is, or where a person says that it is now.
 * @throws Exit `usage` saying so where it is not there
 */
export async function openPlanned(
  { dataset: { source } }: Pick<RunFolder['plan'], 'dataset'>,
  options: MappingOptions & { readonly dataset?: string },
  signal: AbortSignal,
): Promise<Dataset> {
  try {
    return await openNamed(options.dataset ?? source, options, signal)
  } catch (error) {
    if (!(error instanceof DatasetError && error.code === 'not_found')) throw error
    const remedy =
      'the run names its dataset from the folder that it was begun in: go there, or say where it is by --dataset'
    throw new Exit(exit.usage, `${error.message}; ${remedy}`)
  }
}

/** What was asked of the run before, with what may change between sessions taken from now. */
export async function planResumed(
  named: string,
  now: BenchOptions,
): Promise<{ folder: RunFolder; options: BenchOptions }> {
  const folder = await findRun(named, now.output)
  const { plan } = folder
  const { dataset, limit, sample, seed, temperature, maxTokens, timeout, scorer, ...rest } = now
  return {
    folder,
    options: {
      ...rest,
      dataset: dataset ?? plan.dataset.source,
      providers: plan.models.map((model) => model.from ?? model.id),
      repeats: plan.repeats,
      // A cap that was agreed on holds until another is named.
      ...(now.maxCost !== undefined || plan.maxCost === undefined ? {} : { maxCost: plan.maxCost }),
      // Words for how it ended need the time that held.
      ...(now.maxTime !== undefined || plan.bounds?.maxTimeMs === undefined
        ? {}
        : { maxTime: plan.bounds.maxTimeMs / 1000 }),
      // Code that was judged in one sandbox is judged in the same, unless another is named.
      ...(now.sandbox !== undefined || plan.sandbox === undefined ? {} : { sandbox: plan.sandbox.driver }),
      ...(plan.allowUnpriced === true ? { allowUnpriced: true } : {}),
      // Batches that are under way are waited for, not asked a second time.
      ...(plan.batch === true ? { batch: true } : {}),
      ...(plan.scorers === undefined ? {} : { scorer: plan.scorers }),
    },
  }
}
