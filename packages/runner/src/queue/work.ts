import { type Limiter, type Model, withoutSecrets } from '@bench/providers'
import type { RunPlan } from '../record/plan-file.js'
import { leftIn, queuesOf } from './jobs.js'
import { openGates, queueLimiter } from './limiter.js'
import { type Member, openMember, type RunParts } from './member.js'
import { type Opened, type Queue, readPlan } from './queue.js'
import { openSession } from './session.js'
import { openWriter } from './writer.js'

export interface WorkOptions {
  /** Attempts whose model is asked at once, for each provider of a run; as the run was planned where absent. */
  readonly concurrency?: number
  /** Replies whose code is run at once; twice the cores where absent. */
  readonly judges?: number
  /**
   * Finds what this machine has for a run: its dataset, models, scorers, a sandbox. What it throws is why this worker takes no
   * part in the run, told to whoever follows it.
   *
   * @param limiter to be given to every model: it is the same for all workers
   */
  open(
    plan: RunPlan,
    limiter: Limiter,
  ): Promise<RunParts & { readonly lacking?: ReadonlyMap<string, string> }>
  /** Ends when no run has anything left. */
  readonly drain?: boolean
  /** Nothing more is taken up; what is under way is finished. */
  readonly stopping?: AbortSignal
  /** What is under way is cut off, and left to others. */
  readonly signal?: AbortSignal
  /** What a person should know, a line each. */
  say?(text: string): void
  /** How long a worker may be unreachable before others take over what it had, in milliseconds; 5,000 by default. */
  readonly graceMs?: number
}

const pollMs = 300

interface OpenRun {
  readonly run: string
  readonly plan: string
  /** It may not spend more than so much. */
  readonly capped: boolean
  /** Milliseconds that its time leaves; null where it has none. */
  readonly leftMs: number | null
  /** All its jobs are there. */
  readonly enqueued: boolean
  /** Of this run and no earlier part of it. */
  readonly session: string
}

/**
 * Works on the runs of a queue, the oldest first, together with all others who do. Ends by its signals, or, with `drain`, when nothing
 * is left.
 *
 * @throws RunnerError `queue`
 */
export async function work(queue: Queue, options: WorkOptions): Promise<void> {
  const opened = queue as Opened
  const { database, boss } = opened
  const never = new AbortController().signal
  const signal = options.signal ?? never
  const stopping = AbortSignal.any([signal, options.stopping ?? never])
  const say = options.say ?? (() => undefined)
  const members = new Map<string, Member | undefined>()
  const busy = new Map<string, Promise<void>>()
  let cut = new AbortController()
  signal.addEventListener('abort', () => cut.abort(signal.reason), { once: true })
  let wake = (): void => undefined
  stopping.addEventListener('abort', () => wake(), { once: true })

  await using session = await openSession(database, boss, {
    graceMs: options.graceMs ?? 5_000,
    onReplaced() {
      say('Postgres was out of reach for too long: others have taken over what was under way here')
      cut.abort(new Error('taken over by another worker'))
      cut = new AbortController()
      members.clear()
    },
  })
  using gates = openGates(database, session)
  const writer = openWriter(database, boss, () => session.worker)
  const unhear = session.onWord(() => wake())

  async function refuse(run: string, why: string, model = ''): Promise<void> {
    const told = withoutSecrets(why.split('\n')[0] ?? '')
    say(`${run}: ${model === '' ? '' : `${model}: `}${told}`)
    await database.query(
      `insert into bench.refusal (run, worker, model, why) values ($1, $2, $3, $4)
       on conflict (run, worker, model) do update set why = excluded.why`,
      [run, session.worker, model, told],
    )
  }

  async function join({ run, plan: text, capped, leftMs }: OpenRun): Promise<Member | undefined> {
    try {
      const plan = readPlan(text, run)
      const parts = await options.open(plan, queueLimiter(gates, plan.concurrency))
      for (const [model, why] of parts.lacking ?? []) await refuse(run, why, model)
      const unpriced = (model: Model) =>
        capped && !(model.price ?? model.local ?? model.control ?? plan.allowUnpriced)
      for (const { id } of parts.models.filter(unpriced))
        await refuse(run, 'no price of it is known here, so the cap of the run cannot hold', id)
      const models = parts.models.filter((model) => !unpriced(model))
      if (models.length === 0) return undefined
      say(`${run}: taking part`)
      return openMember(
        plan,
        { ...parts, models },
        {
          queue: opened,
          session,
          writer,
          capped,
          leftMs,
          concurrency: options.concurrency,
          judges: options.judges,
          stopping,
          signal: cut.signal,
        },
      )
    } catch (error) {
      signal.throwIfAborted()
      await refuse(run, (error as Error).message)
      return undefined
    }
  }

  /** @returns whether anything is left that this worker may do or has to wait for */
  async function round(): Promise<boolean> {
    const runs = await database.query<OpenRun>(
      `select run, plan, cap is not null as capped, enqueued,
         (extract(epoch from deadline - now()) * 1000)::float8 as "leftMs", run || ' ' || opened as session
       from bench.run where opened > 0 and ended is null order by created`,
    )
    await close(new Set(runs.map((run) => run.session)))
    let left = false
    for (const run of runs) {
      const { session: id, enqueued } = run
      if (!members.has(id)) members.set(id, await join(run))
      const member = members.get(id)
      if (member === undefined) continue
      left ||= busy.has(id) || !enqueued || (options.drain === true && (await isLeft(member.plan)))
      if (!busy.has(id) && session.alive) busy.set(id, attend(run, member))
    }
    return left
  }

  async function isLeft(plan: RunPlan): Promise<boolean> {
    for (const name of queuesOf(plan)) if ((await leftIn(boss, name)) > 0) return true
    return false
  }

  async function attend({ run, session: id }: OpenRun, member: Member): Promise<void> {
    try {
      // Who found some looks for more at once.
      if ((await member.work()) > 0) wake()
    } catch (error) {
      // One that was replaced meanwhile has nothing to say any more.
      if (signal.aborted || members.get(id) !== member) return
      members.set(id, undefined)
      await refuse(run, (error as Error).message)
    } finally {
      busy.delete(id)
      if (members.get(id) !== member) await member[Symbol.asyncDispose]()
    }
  }

  async function close(open: ReadonlySet<string>): Promise<void> {
    for (const [id, member] of members)
      if (!open.has(id) && !busy.has(id)) {
        members.delete(id)
        await member?.[Symbol.asyncDispose]()
      }
  }

  try {
    while (!stopping.aborted) {
      const left = await round()
      if (options.drain && !left && busy.size === 0) break
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (stopping.aborted) wake()
      })
    }
  } finally {
    unhear()
    await Promise.all(busy.values())
    await writer.idle()
    await close(new Set())
    const { worker } = session
    for (const table of ['hold', 'share', 'refusal'])
      await database.query(`delete from bench.${table} where worker = $1`, [worker]).catch(() => undefined)
  }
}
