import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { type Task, taskHash } from '@bench/datasets'
import { type Model, withoutSecretsIn } from '@bench/providers'
import { openJudge } from '@bench/scorers'
import { attemptOnce } from './attempt.js'
import type { AttemptContext, Work } from './attempt-context.js'
import { RunnerError } from './errors.js'
import { eventQueue } from './event-queue.js'
import { scorerSource } from './judge.js'
import { modelWatch } from './model-watch.js'
import { attemptsOf, type TaskRef } from './plan.js'
import { purse } from './purse.js'
import type { RunPlan } from './record/plan-file.js'
import { type Progress, readProgress } from './resume.js'
import { sinkFan } from './sink-fan.js'
import type { EndReason, RunDeps, RunEvent } from './spec.js'

/**
 * Makes what of a plan is not yet in the log, with `plan.concurrency` attempts under way. The first event is
 * `start`, the last `end`. Watching is optional: a slow reader holds nothing up and loses old events; one that
 * leaves ends the run. Ending by `deps.signal` aborts what is under way, which leaves no line and is made again on
 * resume.
 *
 * @throws RunnerError `storage` where nothing more can be recorded; `changed_dataset` where a planned task is not as
 * it was; `bad_plan` where a model of the plan is missing or a cap is set on one without a price; what a scorer that
 * cannot be made throws. What was recorded stays, and a run that is resumed goes on from there.
 */
export async function* run(plan: RunPlan, deps: RunDeps): AsyncGenerator<RunEvent> {
  const models = modelsOf(plan, deps)
  const progress = await readProgress(deps.log.lines())
  const queue = eventQueue()
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const interrupt = (): void => stop.abort(deps.signal?.reason)
  if (deps.signal?.aborted) interrupt()
  else deps.signal?.addEventListener('abort', interrupt, { once: true })
  const working = work(plan, deps, { models, progress, stop, tell: queue.push }).then(
    (reason) => {
      queue.push({ type: 'end', reason })
      queue.close()
    },
    (error: Error) => queue.close(error),
  )
  try {
    yield* queue.read()
  } finally {
    stop.abort(new Error('nobody follows the run any more'))
    deps.signal?.removeEventListener('abort', interrupt)
    await working
  }
}

interface Job {
  readonly models: ReadonlyMap<string, Model>
  readonly progress: ReadonlyMap<string, Progress>
  readonly stop: AbortController
  tell(event: RunEvent): void
}

async function work(plan: RunPlan, deps: RunDeps, { models, progress, stop, tell }: Job): Promise<EndReason> {
  const { signal } = stop
  const sinks = sinkFan(deps.sinks ?? [])
  const watch = modelWatch(plan.concurrency, tell)
  // Warm boxes for the whole run; none is opened before there is code to judge.
  await using judge = deps.sandbox === undefined ? undefined : openJudge(deps.sandbox)
  const context: AttemptContext = {
    plan,
    deps,
    signal,
    purse: purse(deps.budget),
    scorers: scorerSource(deps.scorer, plan.scorers),
    boxes: { ...(deps.sandbox && { sandbox: deps.sandbox }), ...(judge && { judge }) },
    host: hostname(),
    async record(made) {
      // Whatever a server, a model or a scorer was brought to say: no key goes into the log, a sink or an event.
      const line = withoutSecretsIn(made)
      await deps.log.append(line)
      sinks(line)
      tell(line.kind === 'attempt' ? { type: 'attempt', line } : { type: 'score', line })
    },
  }
  tell({ type: 'start', total: totalOf(plan), done: doneOf(plan, progress) })
  let capped = false
  let unasked = false
  let fault: unknown
  const pending = workOf(plan, deps, models, progress)

  async function worker(): Promise<void> {
    while (!signal.aborted && !capped && fault === undefined) {
      const next = await pending.next()
      if (next.done) return
      if (watch.stopped(next.value.model.id)) continue
      const end = await attemptOnce(next.value, context)
      if (end.kind === 'budget') capped = true
      if (end.kind === 'unasked') unasked = true
      // A control has no server to be gone: a reply it lacks is missing for that one task.
      if (next.value.model.control !== true) watch.saw(next.value.model.id, end)
    }
  }

  const workers = Array.from({ length: plan.concurrency }, () =>
    worker().catch((error: unknown) => {
      if (signal.aborted && fault === undefined && !(error instanceof RunnerError)) return
      fault ??= error
      // Nothing more can be kept, so nothing more may be bought; other faults let finished replies land.
      if (error instanceof RunnerError && error.code === 'storage') stop.abort(error)
    }),
  )
  await Promise.all(workers)
  await pending.return(undefined)
  if (fault !== undefined) throw fault
  if (signal.aborted) return 'interrupted'
  if (capped || unasked) return 'budget'
  return watch.any() ? 'stopped' : 'complete'
}

/** What is left to do, in plan order of each task, tasks as the dataset has them. Holds one task at a time. */
export async function* workOf(
  plan: RunPlan,
  deps: RunDeps,
  models: ReadonlyMap<string, Model>,
  progress: ReadonlyMap<string, Progress>,
): AsyncGenerator<Work, void> {
  const missing = new Map<string, TaskRef>(plan.tasks.map((task) => [task.id, task]))
  for await (const task of missing.size > 0 ? deps.tasks() : []) {
    const ref = missing.get(task.id)
    if (ref === undefined) continue
    if (taskHash(task) !== ref.hash) throw changed(plan, task)
    missing.delete(task.id)
    for (const attempt of attemptsOf(plan, ref)) {
      const known = progress.get(attempt.key)
      if (known?.done) continue
      const model = models.get(attempt.modelId)!
      yield { attempt, task, model, ...(known !== undefined && { progress: known }) }
    }
    if (missing.size === 0) return
  }
  for (const { id } of missing.values())
    throw new RunnerError(
      'changed_dataset',
      `task ${id} is no longer in ${plan.dataset.source}: start a new run`,
    )
}

function changed(plan: RunPlan, { id }: Task): RunnerError {
  return new RunnerError(
    'changed_dataset',
    `task ${id} of ${plan.dataset.source} is not as it was planned: start a new run, or bring the file back`,
  )
}

export function modelsOf(plan: RunPlan, deps: RunDeps): Map<string, Model> {
  const models = new Map(deps.models.map((model) => [model.id, model]))
  for (const { id } of plan.models) {
    const model = models.get(id)
    if (model === undefined)
      throw new RunnerError('bad_plan', `the plan asks ${id}, which was not given: name it again`)
    const priced = model.price !== undefined || model.local || model.control || plan.allowUnpriced
    if (deps.budget !== undefined && !priced)
      throw new RunnerError(
        'bad_plan',
        `no price of ${id} is known, so no cap can hold: give its price, or set no cap`,
      )
  }
  return models
}

const totalOf = (plan: RunPlan): number => plan.tasks.length * plan.models.length * plan.repeats

function doneOf(plan: RunPlan, progress: ReadonlyMap<string, Progress>): number {
  if (progress.size === 0) return 0
  let done = 0
  for (const task of plan.tasks)
    for (const { key } of attemptsOf(plan, task)) if (progress.get(key)?.done) done++
  return done
}
