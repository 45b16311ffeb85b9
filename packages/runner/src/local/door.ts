import type { Dataset } from '@bench/datasets'
import {
  isModule,
  type Model,
  type ModelSettings,
  parseModelId,
  providerNames,
  resolveModel,
} from '@bench/providers'
import type { Scorer } from '@bench/scorers'
import { openBatches } from '../batch/run-batches.js'
import type { BatchEvent, BatchOptions } from '../batch/spec.js'
import { type PlanRequest, planRun } from '../plan.js'
import { chooseJudges } from '../prepare/judges.js'
import { chooseSandbox } from '../prepare/sandbox.js'
import { chooseTasks, type TaskRequest } from '../prepare/tasks.js'
import { loadSolver } from '../registry.js'
import { type RescoreDeps, rescore } from '../rescore.js'
import { type RunResult, run } from '../run.js'
import { planOptions } from '../solve/define.js'
import type { RunDeps, RunEvent } from '../spec.js'
import { version } from '../version.js'
import { openBlobStore } from './blob-store.js'
import { budgetOf } from './budget.js'
import { errorLog } from './error-log.js'
import { openInFlight } from './in-flight.js'
import { openKeptCalls } from './kept-calls.js'
import { openNamed } from './named-dataset.js'
import { createRun, newRunId, openRun, type RunFolder } from './run-folder.js'
import { openRunLog } from './run-log.js'
import { describeGit, describeHost } from './surroundings.js'

/**
 * The local preset: a run on this machine in a few lines. Everything is in a folder; models are asked with the keys of the
 * environment. Whoever wants other parts wires `run` themselves.
 */

/** What is to be run. What is absent takes the default that `PlanRequest` names, and of `output` `./bench-results`. */
export interface LocalRequest
  extends Omit<
      PlanRequest,
      'run' | 'created' | 'harness' | 'dataset' | 'tasks' | 'models' | 'sample' | 'limit' | 'sandbox'
    >,
    TaskRequest {
  /** A file, `hf:org/name@revision`, a published set that was pulled, or one that is open. */
  readonly dataset: string | Dataset
  /** `provider:model`, a module of one's own, or made already. */
  readonly models: readonly (string | Model)[]
  /** The driver of code; the strongest that works here. */
  readonly sandbox?: string
  readonly output?: string
  /** The run's id, its folder's name; one that sorts by time. */
  readonly run?: string
  /** Gives up the reading of the dataset, which rejects with its reason. */
  readonly signal?: AbortSignal
}

/**
 * Lays a run out in a folder of its own, and spends nothing.
 *
 * @throws DatasetError, ProviderError (no key, no such model), ScorerError, RunnerError `bad_plan`, `no_sandbox`, `storage`
 */
export async function plan(request: LocalRequest): Promise<RunFolder> {
  const {
    dataset: named,
    models: wanted,
    sandbox: driver,
    output = './bench-results',
    signal,
    ...more
  } = request
  const { sample: n, seed = 0, stratify: by, limit, ...rest } = more
  const dataset = await openNamed(named, signal)
  const models = await Promise.all(wanted.map(async (one) => ({ ...(await made(one)), ...namedAs(one) })))
  const judges = await chooseJudges(request.scorers ?? [])
  const tasks = await chooseTasks(dataset, judges, request)
  const box = tasks.runsCode ? await chooseSandbox(tasks, { named: driver }) : undefined
  const solverOptions = planOptions(await loadSolver(request.solver ?? 'single'), request.solverOptions)
  const git = request.git ?? (await describeGit(process.cwd()))
  signal?.throwIfAborted()
  const now = new Date()
  return createRun(
    output,
    planRun({
      host: describeHost(),
      ...rest,
      ...(git && { git }),
      solverOptions,
      run: request.run ?? newRunId(now),
      created: now.toISOString(),
      harness: version(),
      dataset,
      tasks: tasks.refs,
      models,
      ...(n !== undefined && { sample: { n, seed, ...(by && { by }) } }),
      ...(box && { sandbox: box.record }),
    }),
  )
}

/** What a run is gone on with; what its plan says is taken from there. */
export interface ResumeOptions extends Pick<RunDeps, 'gauge' | 'judges' | 'sinks' | 'signal'> {
  /** Where the dataset is now, or one that is open; as the plan names it. */
  readonly dataset?: string | Dataset
  /** Models that are made already; others are made as the plan names them. */
  readonly models?: readonly Model[]
  /** Of the models that are made here. */
  readonly settings?: ModelSettings
  /** US dollars that may be spent in all; the plan's. */
  readonly maxCost?: number
  /** How batches are waited for, where the plan asks in batches. */
  readonly batches?: BatchOptions
}

/**
 * Makes what of a planned run is not yet done: all of a new one, the rest of one that was cut off. Where the plan asks in batches, they
 * are handed in and waited for first; an abort meanwhile rejects with the signal's reason, and leaves them to be waited for by the next.
 *
 * @param dir its folder
 * @returns, when its events have been read to the end, what came of the whole run
 * @throws what `run` throws; RunnerError `no_such_run`, `locked`, `no_sandbox`
 */
export async function* resume(
  dir: string,
  options: ResumeOptions = {},
): AsyncGenerator<RunEvent | BatchEvent, RunResult> {
  const { plan } = await openRun(dir)
  const { dataset, models: given = [], settings, maxCost = plan.maxCost, batches: polling, ...rest } = options
  const world = await worldOf(plan, dataset ?? plan.dataset.source, plan.scorers)
  // Waited for before anything else is: one that cannot be made must not be found out while nobody listens.
  const models = await Promise.all(
    plan.models.map(
      ({ id, from }) =>
        given.find((one) => one.id === id) ?? resolveModel(from ?? id, settingsOf(id, plan, settings)),
    ),
  )
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  await using inFlight = await openInFlight(dir)
  await using batches = plan.batch ? await openBatches(dir, plan.run, polling) : undefined
  const deps = {
    ...rest,
    ...world,
    models,
    solver: await loadSolver(plan.solver),
    ...{ log, blobs, inFlight, keptCalls: openKeptCalls(dir) },
    sinks: [errorLog(dir), ...(options.sinks ?? [])],
    ...(maxCost !== undefined && { budget: await budgetOf(maxCost, log.lines()) }),
  }
  if (batches !== undefined) yield* batches.collect(plan, deps)
  return yield* run(plan, { ...deps, ...(batches && { batches: batches.answers }) })
}

export interface ScoreOptions extends Pick<RescoreDeps, 'atOnce' | 'signal'> {
  /** Where the dataset is now, or one that is open; as the plan names it. */
  readonly dataset?: string | Dataset
}

/**
 * Judges a run's replies again, by the scorers named or by the run's own as they are now. No model is asked.
 *
 * @param dir its folder
 * @param scorers names or module paths, the headline first
 * @throws what `rescore` throws; RunnerError `no_such_run`, `locked`, `no_sandbox`; ScorerError
 */
export async function* score(
  dir: string,
  scorers?: readonly string[],
  { dataset, ...options }: ScoreOptions = {},
): AsyncGenerator<RunEvent, RunResult> {
  const { plan } = await openRun(dir)
  const named = scorers ?? plan.scorers ?? []
  const world = await worldOf(plan, dataset ?? plan.dataset.source, named)
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  return yield* rescore(plan, { ...options, ...world, log, blobs, scorers: named })
}

/** What judges a run's tasks, and the tasks. */
async function worldOf(
  plan: RunFolder['plan'],
  source: string | Dataset,
  scorers: readonly string[] = [],
): Promise<Pick<RunDeps, 'tasks' | 'scorer' | 'sandbox' | 'sandboxLabel'>> {
  const dataset = await openNamed(source)
  const judges = await chooseJudges(scorers)
  const tasks = await chooseTasks(dataset, judges, {}, plan.tasks)
  // Code that was judged in one sandbox is judged in the same.
  const box = tasks.runsCode ? await chooseSandbox(tasks, { named: plan.sandbox?.driver }) : undefined
  return {
    tasks: () => dataset.tasks(),
    scorer: (ref): Promise<Scorer> => judges.scorer(ref),
    ...(box && { sandbox: box.driver, sandboxLabel: box.label }),
  }
}

const made = async (named: string | Model): Promise<Model> =>
  typeof named === 'string' ? resolveModel(named) : named

/** A server of OpenAI's dialect has its batches where a person says so by asking for them. */
const settingsOf = (id: string, { batch }: RunFolder['plan'], settings?: ModelSettings): ModelSettings =>
  batch && parseModelId(id).provider === 'openai-compatible'
    ? { batches: true, ...settings }
    : { ...settings }

/** A file or package of somebody's own is named by its path or name, and knows its model by another. */
function namedAs(named: string | Model): { readonly from?: string } {
  if (typeof named !== 'string') return {}
  const own = isModule(named) || !(providerNames as readonly string[]).includes(parseModelId(named).provider)
  return own ? { from: named } : {}
}
