import type PgBoss from 'pg-boss'
import { RunnerError } from '../errors.js'
import { planFile, type RunPlan } from '../record/plan-file.js'
import type { EndReason } from '../spec.js'
import { readAddress } from './address.js'
import { bossSchema, openBoss } from './boss.js'
import { type Database, openDatabase } from './database.js'
import { queuesOf } from './jobs.js'

/** Runs in Postgres, for any number of machines to work on. */
export interface Queue extends AsyncDisposable {
  /** For people: its password is not in it. */
  readonly label: string
  /** Every run in it, the newest first. */
  runs(): Promise<QueuedRun[]>
  /** @throws RunnerError `no_such_run` naming those there are; `bad_plan` */
  plan(run: string): Promise<RunPlan>
  /** Has workers take up no more of a run: what they are at is finished. @throws RunnerError `no_such_run` */
  stop(run: string): Promise<void>
  /** Forgets a run, its lines and replies. @throws RunnerError `no_such_run`; `queue` while it is worked on */
  remove(run: string): Promise<void>
}

export interface QueuedRun {
  readonly run: string
  /** UTC ISO 8601. */
  readonly created: string
  readonly plan: RunPlan
  /** Jobs that wait, and jobs that workers have. */
  readonly waiting: number
  readonly active: number
  /** Why it ended; absent while work is left or nobody has looked. */
  readonly ended?: EndReason
}

export interface QueueOptions {
  readonly signal?: AbortSignal
  /** Told when Postgres goes away, which everybody waits out, and when it is back. */
  onAway?(away: boolean): void
  /** An answer that is longer in coming has it looked whether Postgres is there at all, in milliseconds; 10,000 by default. */
  readonly patienceMs?: number
}

/** What those share who work with a queue. */
export interface Opened extends Queue {
  readonly database: Database
  readonly boss: PgBoss
}

/**
 * Opens a queue, making its schema where there is none. Postgres' driver and pg-boss are loaded here, not before.
 *
 * @throws RunnerError `queue_auth` for a refused user or password; `queue` for all else that is wrong with it
 */
export async function openQueue(url: string, options: QueueOptions = {}): Promise<Opened> {
  const database = await openDatabase(readAddress(url), options)
  let boss: PgBoss
  try {
    boss = await openBoss(database)
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
  const known = async (run: string): Promise<string> => {
    const [row] = await database.query<{ plan: string }>('select plan from bench.run where run = $1', [run])
    if (row !== undefined) return row.plan
    const others = await database.query<{ run: string }>(
      'select run from bench.run order by created desc limit 3',
    )
    const there =
      others.length === 0 ? 'none is there' : `there is ${others.map((other) => other.run).join(', ')}`
    throw new RunnerError(
      'no_such_run',
      `no run "${run}" in the queue at ${database.address.label}: ${there}`,
    )
  }
  return {
    database,
    boss,
    label: database.address.label,
    async runs() {
      const rows = await database.query<{
        run: string
        created: string
        plan: string
        ended: EndReason | null
      }>(
        `select run, to_char(created at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created, plan, ended
         from bench.run order by created desc`,
      )
      return Promise.all(
        rows.map(async ({ run, created, plan: text, ended }) => {
          const plan = readPlan(text, run)
          const counts = await countJobs(boss, plan)
          return { run, created, plan, ...counts, ...(ended !== null && { ended }) }
        }),
      )
    },
    plan: async (run) => readPlan(await known(run), run),
    async stop(run) {
      await known(run)
      await endRun(database, run, 'interrupted')
    },
    async remove(run) {
      const plan = readPlan(await known(run), run)
      const [busy] = await database.query('select 1 from bench.taken where run = $1 limit 1', [run])
      if (busy !== undefined)
        throw new RunnerError('queue', `${run} is being worked on: stop it first, and wait for its workers`)
      await endRun(database, run, 'interrupted')
      await removeQueues(database, plan)
      for (const table of ['line', 'reply', 'cut_off', 'call', 'hold', 'stopped', 'refusal', 'run'])
        await database.query(`delete from bench.${table} where run = $1`, [run])
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: false }).catch(() => undefined)
      await database[Symbol.asyncDispose]()
    },
  }
}

/** @throws RunnerError `bad_plan` */
export function readPlan(text: string, run: string): RunPlan {
  const checked = planFile.safeParse(JSON.parse(text))
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  throw new RunnerError(
    'bad_plan',
    `${run} in the queue is no plan this version reads: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    checked.error,
  )
}

/** Ends a run for everybody; the first reason stays. @returns whether it was this call that ended it */
export async function endRun(database: Database, run: string, reason: EndReason): Promise<boolean> {
  const rows = await database.query(
    'update bench.run set ended = $2 where run = $1 and ended is null returning 1',
    [run, reason],
  )
  return rows.length > 0
}

async function countJobs(
  boss: PgBoss,
  plan: RunPlan,
): Promise<{ readonly waiting: number; readonly active: number }> {
  let waiting = 0
  let active = 0
  for (const queue of queuesOf(plan)) {
    const idle = await boss.getQueueSize(queue, { before: 'active' })
    active += (await boss.getQueueSize(queue, { before: 'completed' })) - idle
    waiting += idle
  }
  return { waiting, active: Math.max(0, active) }
}

/** Removes the queues of a run that is over; one that was opened again meanwhile keeps them. */
export function removeQueues(database: Database, plan: RunPlan): Promise<void> {
  return database.transaction(async (sql) => {
    const [row] = await sql.query<{ ended: EndReason | null }>(
      'select ended from bench.run where run = $1 for update',
      [plan.run],
    )
    if (row === undefined || row.ended === null) return
    const queues = queuesOf(plan)
    // pg-boss lets go of a queue when nothing is in it any more, what is over included.
    await sql.query(`delete from ${bossSchema}.job where name = any($1)`, [queues])
    await sql.query(
      `select ${bossSchema}.delete_queue(name) from (select name from ${bossSchema}.queue where name = any($1)) as there`,
      [queues],
    )
  })
}
