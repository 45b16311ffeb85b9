import { setMaxListeners } from 'node:events'
import { availableParallelism, hostname } from 'node:os'
import { type Model, withoutSecretsIn } from '@bench/providers'
import { openJudge } from '@bench/scorers'
import type { AttemptContext } from './attempt-context.js'
import { watchBounds } from './bounds.js'
import { RunnerError } from './errors.js'
import { eventQueue } from './event-queue.js'
import { openMeter } from './gauge.js'
import { scorerSource } from './judge.js'
import { deflate } from './local/deflate.js'
import { modelWatch } from './model-watch.js'
import { openPools } from './pools.js'
import { purse } from './purse.js'
import { foldLines } from './record/fold.js'
import type { RunPlan } from './record/plan-file.js'
import type { ModelSummary } from './record/row.js'
import type { Rows } from './record/rows.js'
import { planRows, summarise } from './record/summary.js'
import { type Progress, readProgress } from './resume.js'
import { sinkFan } from './sink-fan.js'
import { refuseSolver } from './solve/define.js'
import type { EndReason, RunDeps, RunEvent, RunLog } from './spec.js'
import { enough, waves } from './waves.js'
import { workOf } from './work.js'

/**
 * Makes what of a plan is not yet in the log, with `plan.concurrency` attempts of each provider under way, and judges replies beside
 * them. The first event is
 * `start`, the last `end`. Watching is optional: a slow reader holds nothing up and loses old events; one that
 * leaves ends the run. Ending by `deps.signal` aborts what is under way, which leaves no line and is made again on
 * resume.
 *
 * @returns what came of the whole run, worked out only when somebody reads on past the `end`
 * @throws RunnerError `storage` where nothing more can be recorded; `changed_dataset` where a planned task is not as
 * it was; `bad_plan` where a model of the plan is missing or a cap is set on one without a price; what a scorer that
 * cannot be made throws. What was recorded stays, and a run that is resumed goes on from there.
 */
export async function* run(plan: RunPlan, deps: RunDeps): AsyncGenerator<RunEvent, RunResult> {
  const models = modelsOf(plan, deps)
  refuseSolver(plan, deps.solver)
  const progress = await readProgress(deps.log.lines())
  const queue = eventQueue()
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const interrupt = (): void => stop.abort(deps.signal?.reason)
  if (deps.signal?.aborted) interrupt()
  else deps.signal?.addEventListener('abort', interrupt, { once: true })
  let reason: EndReason = 'interrupted'
  const working = work(plan, deps, { models, progress, stop, tell: queue.push }).then(
    (end) => {
      reason = end.reason
      queue.push(end)
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
  return resultOf(plan, deps.log, reason)
}

/** What came of a whole run: a fold of its log. */
export interface RunResult {
  readonly reason: EndReason
  /** In plan order. */
  readonly models: readonly ModelSummary[]
  /** One for each attempt of the plan, in its order. */
  readonly rows: Rows
}

export async function resultOf(
  plan: RunPlan,
  log: Pick<RunLog, 'lines'>,
  reason: EndReason,
): Promise<RunResult> {
  const fold = await foldLines(log.lines(), { codec: deflate })
  return { reason, models: summarise(plan, fold), rows: planRows(plan, fold.rows) }
}

type End = Extract<RunEvent, { type: 'end' }>

interface Job {
  readonly models: ReadonlyMap<string, Model>
  readonly progress: ReadonlyMap<string, Progress>
  readonly stop: AbortController
  tell(event: RunEvent): void
}

async function work(plan: RunPlan, deps: RunDeps, { models, progress, stop, tell }: Job): Promise<End> {
  const { signal } = stop
  const sinks = sinkFan(deps.sinks ?? [])
  const watch = modelWatch(plan.concurrency, tell)
  using bounds = watchBounds(plan.bounds)
  using meter = openMeter(deps.gauge)
  // Warm boxes for the whole run; none is opened before there is code to judge.
  await using judge = deps.sandbox === undefined ? undefined : openJudge(deps.sandbox)
  const judging = AbortSignal.any([signal, bounds.late])
  setMaxListeners(0, judging)
  const context: AttemptContext = {
    plan,
    deps,
    signal,
    ...(plan.bounds?.maxTimeMs !== undefined && { late: bounds.late }),
    judging,
    purse: purse(deps.budget),
    scorers: scorerSource(deps.scorer, plan.scorers),
    boxes: { ...(deps.sandbox && { sandbox: deps.sandbox }), ...(judge && { judge }) },
    host: hostname(),
    abandon: (error) => stop.abort(error),
    async record(made) {
      // Whatever a server, a model or a scorer was brought to say: no key goes into the log, a sink or an event.
      const line = withoutSecretsIn(made)
      await deps.log.append(line)
      bounds.saw(line)
      sinks(line)
      tell(line.kind === 'attempt' ? { type: 'attempt', line } : { type: 'score', line })
    },
  }
  const done = doneOf(progress)
  let left = totalOf(plan) - done
  tell({ type: 'start', total: totalOf(plan), done })
  let capped = false
  let short = false
  const satisfied = new Set<string>()
  const pools = openPools({
    context,
    asking: plan.concurrency,
    judging: deps.judges ?? 2 * availableParallelism(),
    meter,
    late: bounds.late,
    isOver: () => capped || bounds.reached() !== undefined,
    admits: ({ model }) => !watch.stopped(model.id) && !satisfied.has(model.id),
    ended({ model }, end) {
      if (end.kind === 'budget') capped = true
      else if (end.kind === 'unasked') short = true
      else left--
      // A control has no server to be gone: a reply it lacks is missing for that one task.
      if (model.control !== true) watch.saw(model.id, end)
    },
  })
  for (const { fresh, wave } of waves(plan)) {
    const wanted = plan.models.filter(({ id }) => !satisfied.has(id) && !watch.stopped(id))
    if (wanted.length === 0) break
    await pools.run(groupsOf(wanted).map((group) => workOf(plan, deps, pick(models, group), progress, fresh)))
    if (wave === undefined || signal.aborted || capped || bounds.reached() !== undefined) break
    for (const one of enough(plan, await foldLines(deps.log.lines(), { details: 0, codec: deflate }), wave)) {
      if (!satisfied.has(one.model)) tell({ type: 'enough', ...one })
      satisfied.add(one.model)
    }
  }
  const reason = (): EndReason => {
    if (signal.aborted) return 'interrupted'
    const bound = bounds.reached()
    // Over when all was made is no bound.
    if (bound === 'errors' || (bound === 'time' && left > 0)) return bound
    if (capped || short) return 'budget'
    return watch.any() ? 'stopped' : 'complete'
  }
  return { type: 'end', reason: reason(), strain: meter.strain() }
}

/** Models by provider: those of one share its limits and advance together; those of another do not wait for them. */
function groupsOf(models: RunPlan['models']): string[][] {
  const groups = new Map<string, string[]>()
  for (const { id } of models) {
    const provider = id.split(':', 1)[0]!
    groups.set(provider, [...(groups.get(provider) ?? []), id])
  }
  return [...groups.values()]
}

const pick = (models: ReadonlyMap<string, Model>, ids: readonly string[]): Map<string, Model> =>
  new Map(ids.map((id) => [id, models.get(id)!]))

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

/** By the log alone, which holds attempts of this plan and no others. */
function doneOf(progress: ReadonlyMap<string, Progress>): number {
  let all = 0
  for (const { done } of progress.values()) if (done) all++
  return all
}
