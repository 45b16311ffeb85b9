import { setMaxListeners } from 'node:events'
import { availableParallelism, hostname } from 'node:os'
import { type Model, withoutSecretsIn } from '@bench/providers'
import { openJudge } from '@bench/scorers'
import type { AttemptContext, Work } from '../attempt-context.js'
import { watchBounds } from '../bounds.js'
import { openMeter } from '../gauge.js'
import { scorerSource } from '../judge.js'
import { modelWatch } from '../model-watch.js'
import { openPools } from '../pools.js'
import { purse } from '../purse.js'
import type { ScoreLine } from '../record/lines.js'
import type { RunPlan } from '../record/plan-file.js'
import { refuseSolver } from '../solve/define.js'
import type { EndReason, RunDeps } from '../spec.js'
import { queueBlobStore } from './blob-store.js'
import { queueBudget } from './budget.js'
import { claim } from './claim.js'
import { queueOf } from './jobs.js'
import { queueKeptCalls } from './kept-calls.js'
import { endRun, type Opened } from './queue.js'
import { giveBack } from './reap.js'
import { queueRunLog } from './run-log.js'
import type { Session } from './session.js'
import { workSource } from './source.js'
import { taskWindow } from './task-window.js'
import type { Writer } from './writer.js'

/** What a machine has for a run. Whoever opened it is asked to close it. */
export interface RunParts extends Pick<RunDeps, 'tasks' | 'solver' | 'scorer' | 'sandbox' | 'sandboxLabel'> {
  /** Those of the plan's models that can be asked from here: their jobs are taken, those of others left. */
  readonly models: readonly Model[]
}

/** A run as one worker takes part in it. */
export interface Member extends AsyncDisposable {
  readonly plan: RunPlan
  /** Takes up jobs until there are none, or nobody may, and ends when the last is done. @returns how many it took */
  work(): Promise<number>
}

export interface MemberOptions {
  readonly queue: Opened
  readonly session: Session
  readonly writer: Writer
  /** The run may not spend more than so much. */
  readonly capped: boolean
  /** Milliseconds until its time is over, when nobody is asked and nothing is judged any more; null where it has none. */
  readonly leftMs: number | null
  readonly concurrency: number | undefined
  readonly judges: number | undefined
  /** Nothing more is taken up. */
  readonly stopping: AbortSignal
  /** What is under way is cut off, too. */
  readonly signal: AbortSignal
}

export function openMember(plan: RunPlan, parts: RunParts, options: MemberOptions): Member {
  const { queue, session, writer, leftMs, stopping, signal } = options
  const { database, boss } = queue
  const { run } = plan
  // One that is taken for dead gets another number, and its members end.
  const { worker } = session
  refuseSolver(plan, parts.solver)
  const cut = new AbortController()
  setMaxListeners(0, cut.signal)
  const onAbort = (): void => cut.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const models = new Map(parts.models.map((model) => [model.id, model]))
  const window = taskWindow(plan, parts.tasks)
  const money = queueBudget(database, run, worker, cut.signal)
  const log = queueRunLog(database, writer, run)
  const cutOff = new Set<string>()
  /** Keys whose paid calls may have left, with no line about them yet. */
  const begun = new Set<string>()
  const jobs = new Map<string, string>()
  const verdicts = new Map<string, ScoreLine[]>()
  /** Models that are asked no further, by whoever found out. */
  const stopped = new Set<string>()
  let over: EndReason | undefined
  let taken = 0
  const { late, [Symbol.dispose]: forgetTime } = watchBounds(leftMs === null ? {} : { maxTimeMs: leftMs })
  const judging = AbortSignal.any([cut.signal, late])
  setMaxListeners(0, judging)
  const judge = parts.sandbox === undefined ? undefined : openJudge(parts.sandbox)
  const meter = openMeter(undefined)

  const watch = modelWatch(plan.concurrency, (event) => {
    if (event.type !== 'stopped') return
    const { model, code, message } = withoutSecretsIn(event)
    stopped.add(model)
    void database.query(
      'insert into bench.stopped (run, model, code, message) values ($1, $2, $3, $4) on conflict do nothing',
      [run, model, code, message],
    )
  })

  const context: AttemptContext = {
    plan,
    deps: {
      ...parts,
      log,
      blobs: queueBlobStore(database, writer, run),
      keptCalls: queueKeptCalls(database, run),
      inFlight: { cutOff, begin: (key) => void begun.add(key), end: (key) => void begun.delete(key) },
      signal: cut.signal,
    },
    signal: cut.signal,
    ...(leftMs !== null && { late }),
    judging,
    purse: purse(options.capped ? money : undefined),
    scorers: scorerSource(parts.scorer, plan.scorers),
    boxes: { ...(parts.sandbox && { sandbox: parts.sandbox }), ...(judge && { judge }) },
    host: hostname(),
    abandon: (error) => cut.abort(error),
    async record(made) {
      const line = withoutSecretsIn(made)
      if (line.kind === 'attempt') {
        // What was paid for is told by whoever paid; what cost nothing, by whoever has the job.
        const job = isPaid(models.get(line.model)!) ? undefined : jobs.get(line.key)
        return writer.commit({ run, lines: [line], ...(job !== undefined && { job }) })
      }
      // Verdicts are kept with the end of their job: there are all of them or none.
      const key = line.keys[0]!
      verdicts.set(key, [...(verdicts.get(key) ?? []), line])
    },
  }

  async function take(
    queues: Parameters<typeof claim>[1]['queues'],
    count: number,
  ): Promise<readonly Work[]> {
    if (over !== undefined || stopping.aborted || cut.signal.aborted || !session.alive) return []
    const open = queues.filter(({ model }) => !stopped.has(model))
    if (open.length === 0) return []
    const claimed = await claim(queue, {
      run,
      worker,
      queues: open,
      count,
      maxErrors: plan.bounds?.maxErrors,
    })
    if ('ended' in claimed) {
      over = claimed.ended
      return []
    }
    for (const model of claimed.stopped) stopped.add(model)
    for (const { job, data, cutOff: asked } of claimed.jobs) {
      jobs.set(data.key, job)
      if (asked) cutOff.add(data.key)
    }
    taken += claimed.jobs.length
    const tasks = await window.find(claimed.jobs.map(({ data }) => ({ id: data.task, hash: data.hash })))
    return claimed.jobs.map(({ data, progress }) => ({
      attempt: { key: data.key, taskId: data.task, modelId: data.model, repeat: data.repeat },
      task: tasks.get(data.task)!,
      model: models.get(data.model)!,
      ...(progress !== undefined && { progress }),
    }))
  }

  const pools = openPools({
    context,
    asking: options.concurrency ?? plan.concurrency,
    judging: options.judges ?? 2 * availableParallelism(),
    meter,
    late,
    // What is passed over is given back at the end.
    admits: ({ model }) => !stopped.has(model.id),
    isOver: () => over !== undefined || late.aborted || stopping.aborted || !session.alive,
    async ended({ attempt: { key }, model }, end) {
      if (model.control !== true) watch.saw(model.id, end)
      // Left for another part of the run.
      if (end.kind === 'unasked') return
      if (end.kind === 'budget') {
        over = 'budget'
        await endRun(database, run, 'budget')
        return
      }
      const lines = verdicts.get(key) ?? []
      await writer.commit({ run, lines, job: jobs.get(key)!, ends: true })
      forget(key)
    },
  })
  function forget(key: string): void {
    verdicts.delete(key)
    jobs.delete(key)
    cutOff.delete(key)
    begun.delete(key)
  }

  /** What was taken up and not ended is for others, or for later. */
  async function returnRest(): Promise<void> {
    const rest = [...jobs.values()]
    const unsent = [...jobs].flatMap(([key, job]) => (begun.has(key) ? [] : job))
    if (rest.length > 0)
      await database.transaction(async (sql) => {
        await sql.query('update bench.taken set paid = false where job = any($1::uuid[]) and worker = $2', [
          unsent,
          worker,
        ])
        await giveBack(sql, boss, 'job = any($1::uuid[]) and worker = $2', [rest, worker])
      })
    for (const key of [...jobs.keys()]) forget(key)
  }

  return {
    plan,
    async work() {
      taken = 0
      over = undefined
      try {
        await pools.run(groupsOf(plan, models).map((queues) => workSource((count) => take(queues, count))))
      } finally {
        await returnRest()
        await money.idle()
      }
      return taken
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', onAbort)
      forgetTime()
      meter[Symbol.dispose]()
      await window[Symbol.asyncDispose]()
      await judge?.[Symbol.asyncDispose]()
    },
  }
}

const isPaid = ({ local, control }: Model): boolean => local !== true && control !== true

/** The queues of those models that can be asked, by provider: a slow one keeps the others waiting no more than it does in one process. */
function groupsOf(plan: RunPlan, models: ReadonlyMap<string, Model>) {
  const groups = new Map<string, { name: string; model: string; paid: boolean }[]>()
  for (const [at, { id }] of plan.models.entries()) {
    const model = models.get(id)
    if (model === undefined) continue
    const provider = id.split(':', 1)[0]!
    const queues = groups.get(provider) ?? []
    queues.push({ name: queueOf(plan.run, at), model: id, paid: isPaid(model) })
    groups.set(provider, queues)
  }
  return [...groups.values()]
}
