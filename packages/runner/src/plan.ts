import { type Dataset, type Task, taskHash } from '@bench/datasets'
import type { CallOptions, Model } from '@bench/providers'
import { RunnerError } from './errors.js'
import { keysOf } from './key.js'
import { planFile, type RunPlan } from './record/plan-file.js'
import type { Attempt } from './spec.js'

/** A task as a plan holds it: its id and hash, never its content. */
export type TaskRef = RunPlan['tasks'][number]

export function taskRef(task: Task): TaskRef {
  return { id: task.id, hash: taskHash(task), chars: (task.system?.length ?? 0) + task.prompt.length }
}

/** What a person asked for. What is absent takes the default named beside it. */
export interface PlanRequest {
  /** Run id: see `newRunId`. */
  readonly run: string
  /** UTC ISO 8601. */
  readonly created: string
  /** Version of the harness. */
  readonly harness: string
  readonly dataset: Pick<Dataset, 'name' | 'version' | 'hash' | 'source' | 'size'>
  /** The chosen tasks in dataset order: see {@link taskRef} and `sampleTasks`. */
  readonly tasks: readonly TaskRef[]
  readonly models: readonly (Pick<Model, 'id' | 'price' | 'local' | 'control'> & {
    /** How a person named it, where it is of a module of their own. */
    readonly from?: string
    /** Settings of this model's calls: they beat `call`, and a task's own beat them. */
    readonly call?: CallOptions
  })[]
  /** 1. */
  readonly repeats?: number
  /** `single`. */
  readonly solver?: string
  /** What the solver is held to: rounds, iterations. Part of every key. */
  readonly solverOptions?: RunPlan['solverOptions']
  /** Settings of every call; a model's own and a task's own beat them. None: providers' own defaults. */
  readonly call?: CallOptions
  readonly sample?: RunPlan['sample']
  /** Half-width of the 95 % interval, in percentage points, at which a model is asked no further. */
  readonly untilCi?: number
  /** What ends the run before all is asked, besides money. */
  readonly bounds?: RunPlan['bounds']
  /** The machine and the repository it is planned on and in. */
  readonly host?: RunPlan['host']
  readonly git?: RunPlan['git']
  /** The first this many of `tasks`; all. */
  readonly limit?: number
  readonly scorers?: readonly string[]
  readonly sandbox?: RunPlan['sandbox']
  /** Whether models that have batches are asked in batches; they are not. */
  readonly batch?: boolean
  /** 5. */
  readonly concurrency?: number
  /** US dollars. */
  readonly maxCost?: number
  /** Whether models without a known price are asked although there is a cap; they are not. */
  readonly allowUnpriced?: boolean
  /** Whether self-judged attempts count in the score; they do not. */
  readonly allowSelfJudged?: boolean
}

/**
 * Lays a run out as pure data, before anything is spent.
 *
 * @throws RunnerError `bad_plan` where the request makes no run: no task, no model, one named twice, a number out
 * of range
 */
export function planRun(request: PlanRequest): RunPlan {
  const tasks = request.tasks.slice(0, request.limit)
  const repeats = request.repeats ?? 1
  const concurrency = request.concurrency ?? 5
  if (tasks.length === 0) throw bad(`${request.dataset.name} has no task to ask: check --limit and --sample`)
  if (request.models.length === 0) throw bad('no model to ask: name one with --providers')
  refuseRepeated('task', tasks)
  refuseRepeated('model', request.models)
  if (!Number.isInteger(repeats) || repeats < 1)
    throw bad(`repeats must be a whole number from 1, not ${repeats}`)
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw bad(`concurrency must be a whole number from 1, not ${concurrency}`)
  refuseName(request.run)
  refuseBounds(request)
  const { name, version, hash, source, size } = request.dataset
  const made: RunPlan = {
    v: 1,
    run: request.run,
    created: request.created,
    harness: request.harness,
    dataset: { name, version, hash, source, size },
    tasks,
    models: request.models.map(({ id, price, local, control, from, call }) => ({
      id,
      ...(price !== undefined && { price }),
      ...((local || control) && { local: true }),
      ...(from !== undefined && { from }),
      ...(call !== undefined && isSet(call) && { call: callOf(call) }),
    })),
    repeats,
    solver: request.solver ?? 'single',
    ...(isSet(request.solverOptions) && { solverOptions: request.solverOptions }),
    call: callOf(request.call ?? {}),
    ...(request.sample !== undefined && { sample: request.sample }),
    ...(request.untilCi !== undefined && { untilCi: request.untilCi }),
    ...(isSet(request.bounds) && { bounds: request.bounds }),
    ...(request.host !== undefined && { host: request.host }),
    ...(request.git !== undefined && { git: request.git }),
    ...(request.scorers !== undefined && { scorers: [...request.scorers] }),
    ...(request.sandbox !== undefined && { sandbox: request.sandbox }),
    ...(request.batch && { batch: true }),
    concurrency,
    ...(request.maxCost !== undefined && { maxCost: request.maxCost }),
    ...(request.allowUnpriced && { allowUnpriced: true }),
    ...(request.allowSelfJudged && { allowSelfJudged: true }),
  }
  refuseUnreadable(made)
  return made
}

/**
 * The plan's attempts, task by task, so that all models advance together and a run cut short still compares them
 * on the same tasks. Within a task by repeat, then by model.
 */
export function* attempts(plan: RunPlan): Generator<Attempt> {
  for (const task of plan.tasks) yield* attemptsOf(plan, task)
}

/** One planned task's attempts, in order. */
export function* attemptsOf(plan: RunPlan, task: TaskRef): Generator<Attempt> {
  const keys = keysOfPlan(plan)
  for (let repeat = 0; repeat < plan.repeats; repeat++)
    for (const [i, { id: modelId }] of plan.models.entries())
      yield { key: keys[i]!(task.id, task.hash, repeat), taskId: task.id, modelId, repeat }
}

/** Of each of its models. A plan is never changed, so they are made once. */
function keysOfPlan(plan: RunPlan): readonly ReturnType<typeof keysOf>[] {
  const { solver, solverOptions } = plan
  const keys =
    madeKeys.get(plan) ??
    plan.models.map((model) =>
      keysOf({ modelId: model.id, call: callTo(plan, model), solver, solverOptions }),
    )
  madeKeys.set(plan, keys)
  return keys
}

const madeKeys = new WeakMap<RunPlan, readonly ReturnType<typeof keysOf>[]>()

/** The settings of every call to one of a plan's models, before a task's own are laid over them. */
export const callTo = (
  { call }: Pick<RunPlan, 'call'>,
  model: Pick<RunPlan['models'][number], 'call'> | undefined,
): CallOptions => (model?.call === undefined ? call : { ...call, ...model.call }) as CallOptions

function callOf(call: CallOptions): RunPlan['call'] {
  const { temperature, maxTokens, topP, stop, seed, timeoutMs } = call
  return {
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(topP !== undefined && { topP }),
    ...(stop !== undefined && { stop: [...stop] }),
    ...(seed !== undefined && { seed }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

const isSet = <T extends object>(settings: T | undefined): settings is T =>
  settings !== undefined && Object.values(settings).some((value) => value !== undefined)

/** It names a folder among others: none above, and none within another's. */
function refuseName(run: string): void {
  if (!/^[^/\\\0]+$/.test(run) || run === '.' || run === '..')
    throw bad(`a run's id names its folder, so it cannot be "${run}": leave out slashes`)
}

function refuseBounds({ untilCi, bounds, maxCost }: PlanRequest): void {
  if (maxCost !== undefined && !(maxCost >= 0)) throw bad(`max-cost must be 0 or more, not ${maxCost}`)
  if (untilCi !== undefined && !(untilCi > 0 && untilCi <= 50))
    throw bad(`until-ci must be more than 0 and at most 50 percentage points, not ${untilCi}`)
  const { maxTimeMs, maxErrors } = bounds ?? {}
  if (maxTimeMs !== undefined && !(maxTimeMs > 0)) throw bad(`max-time must be more than 0, not ${maxTimeMs}`)
  if (maxErrors !== undefined && !(Number.isInteger(maxErrors) && maxErrors >= 1))
    throw bad(`max-errors must be a whole number from 1, not ${maxErrors}`)
}

/** What JSON has no word for, and what no plan says so, would be found out when the run is opened. Tasks are as `taskRef` made them. */
function refuseUnreadable(made: RunPlan): void {
  const checked = planFile.omit({ tasks: true }).safeParse(made)
  if (checked.success) return
  const [issue] = checked.error.issues
  throw bad(`no plan can hold ${issue?.path.join('.')}: ${issue?.message}`)
}

function refuseRepeated(what: string, named: readonly { readonly id: string }[]): void {
  const seen = new Set<string>()
  for (const { id } of named) {
    if (seen.has(id))
      throw bad(`${what} "${id}" is there twice: name it once, and use --repeats to ask again`)
    seen.add(id)
  }
}

const bad = (message: string): RunnerError => new RunnerError('bad_plan', message)
