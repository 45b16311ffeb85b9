import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { RunnerError } from './errors.js'
import { textsOf } from './line-texts.js'
import { openBlobStore } from './local/blob-store.js'
import { takeLock } from './local/lock.js'
import { isThere, openRun, type RunFolder, writePlan } from './local/run-folder.js'
import { openRunLog, readRunLog } from './local/run-log.js'
import { makeFolder, storageError, syncFolder } from './local/storage.js'
import { canonical } from './record/canonical.js'
import type { Line } from './record/lines.js'
import type { RunPlan } from './record/plan-file.js'
import { lineHash } from './record/union.js'
import type { BlobStore, RunLog } from './spec.js'

/** Lines on their way to the disk at once: they share one write and one sync. */
const together = 500

/**
 * The union of runs over one dataset, as a run of its own: their tasks and models together, every distinct line of their logs
 * once, and the replies these name. Runs that were made on several machines, or model by model, become one. What is merged stays as it is;
 * merging again, or in another order, gives the same results.
 *
 * The new folder is there whole or not at all, whatever ends this: it is made beside its place and put there at the end. What a merge that
 * was killed left is removed by the next into the same folder.
 *
 * @param dirs folders of runs, one or more
 * @param into the new run's folder, which must not be there; its name becomes the run's id
 * @param options.at when it was made; now
 * @throws RunnerError `bad_plan` where they asked different things; `no_such_run`; `bad_log`; `locked` where it is being made; `storage`. An
 * abort rejects with the signal's reason, and leaves nothing.
 */
export async function mergeRuns(
  dirs: readonly string[],
  into: string,
  { at = new Date(), signal }: { readonly at?: Date; readonly signal?: AbortSignal } = {},
): Promise<RunFolder> {
  signal?.throwIfAborted()
  const runs = await Promise.all(dirs.map(openRun))
  const target = resolve(into)
  const plan = mergedPlan(runs, basename(target), at)
  // No run itself, so in no list of runs, whenever this ends.
  const workshop = join(dirname(target), `.${basename(target)}.merging`)
  await makeFolder(workshop).catch((error: unknown) => {
    throw storageError('create', target, error)
  })
  await using _ = await takeLock(join(workshop, 'lock'))
  try {
    if (existsSync(target)) throw isThere(target)
    const draft = join(workshop, 'run')
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft)
    await copyRuns(runs, draft, signal)
    await writePlan(draft, plan)
    signal?.throwIfAborted()
    await rename(draft, target)
    await syncFolder(dirname(target))
  } catch (error) {
    signal?.throwIfAborted()
    const { code } = error as NodeJS.ErrnoException
    // Somebody else put something there meanwhile.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw isThere(target, error)
    throw storageError('create', target, error)
  } finally {
    await rm(workshop, { recursive: true, force: true }).catch(() => undefined)
  }
  return { dir: target, plan }
}

async function copyRuns(runs: readonly RunFolder[], into: string, signal?: AbortSignal): Promise<void> {
  await using log = await openRunLog(into)
  await using blobs = await openBlobStore(into)
  const written = new Set<number>()
  for (const { dir } of runs) await copyLines(dir, { written, log, blobs, ...(signal && { signal }) })
}

interface Copying {
  /** Hashes of the lines that are there. */
  readonly written: Set<number>
  readonly log: RunLog
  readonly blobs: BlobStore
  readonly signal?: AbortSignal
}

async function copyLines(dir: string, { written, log, blobs, signal }: Copying): Promise<void> {
  await using from = await openBlobStore(dir)
  let pending: Promise<void>[] = []
  try {
    for await (const line of readRunLog(dir)) {
      signal?.throwIfAborted()
      const hash = lineHash(line)
      if (written.has(hash)) continue
      written.add(hash)
      const copied = copyLine(line, from, blobs, log)
      // It is told when all of them are awaited.
      copied.catch(() => {})
      pending.push(copied)
      if (pending.length < together) continue
      await Promise.all(pending)
      pending = []
    }
    await Promise.all(pending)
  } finally {
    // Whatever ends it: none may be under way when what it writes to is closed.
    await Promise.allSettled(pending)
  }
}

/** A reply is there before the line that names it. */
async function copyLine(line: Line, from: BlobStore, to: BlobStore, log: RunLog): Promise<void> {
  for (const hash of line.kind === 'attempt' ? await textsOf(line, from) : []) {
    const text = await from.get(hash)
    if (text !== undefined) await to.put(text)
  }
  await log.append(line)
}

function mergedPlan(runs: readonly RunFolder[], run: string, at: Date): RunPlan {
  const [first, ...others] = runs.map(({ plan }) => plan)
  if (first === undefined) throw new RunnerError('bad_plan', 'no run to merge: name two or more')
  const plans = [first, ...others]
  for (const [at, plan] of plans.entries())
    for (const other of plans.slice(at + 1)) refuseDifference(plan, other)
  // What belongs to one of them alone (its sample, its bounds, whether it asked in batches, where it was made) says nothing of all.
  const {
    sample: _sample,
    maxCost: _maxCost,
    batch: _batch,
    untilCi: _untilCi,
    bounds: _bounds,
    allowSelfJudged: _allowSelfJudged,
    ...made
  } = first
  const { host: _host, git: _git, ...rest } = made
  return {
    ...rest,
    run,
    created: at.toISOString(),
    // By id: in whatever order runs are named, what is summed over tasks is the same to the last digit.
    tasks: unionOf(plans.flatMap(({ tasks }) => tasks)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    models: unionOf(plans.flatMap(({ models }) => models)),
    repeats: Math.max(...plans.map(({ repeats }) => repeats)),
    ...(plans.every(({ allowSelfJudged }) => allowSelfJudged) && { allowSelfJudged: true }),
  }
}

/** Attempts are the same work where dataset, solver and settings are: only then is a union of them one run. */
function refuseDifference(one: RunPlan, other: RunPlan): void {
  const theirs = new Set(other.models.map(({ id }) => id))
  const shared = new Set(one.models.flatMap(({ id }) => (theirs.has(id) ? [id] : [])))
  const facts = (plan: RunPlan) => ({
    dataset: plan.dataset.hash,
    solver: plan.solver,
    'solver options': canonical(plan.solverOptions ?? {}),
    settings: canonical(plan.call),
    scorers: canonical(plan.scorers ?? []),
    'settings of a model': canonical(
      plan.models
        .filter(({ id }) => shared.has(id))
        .map(({ id, call }) => ({ id, call }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  })
  const [left, right] = [facts(one), facts(other)]
  const what = (Object.keys(left) as (keyof typeof left)[]).find((key) => left[key] !== right[key])
  if (what === undefined) return
  throw new RunnerError(
    'bad_plan',
    `${one.run} and ${other.run} differ in their ${what}: only runs that asked the same can be merged`,
  )
}

/** Each once. */
function unionOf<T extends { readonly id: string }>(all: readonly T[]): T[] {
  const byId = new Map<string, T>()
  for (const one of all) if (!byId.has(one.id)) byId.set(one.id, one)
  return [...byId.values()]
}
