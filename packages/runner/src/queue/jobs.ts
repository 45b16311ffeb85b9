import { createHash } from 'node:crypto'
import type PgBoss from 'pg-boss'
import { attempts } from '../plan.js'
import type { RunPlan } from '../record/plan-file.js'
import type { Progress } from '../resume.js'
import type { Attempt } from '../spec.js'
import { bossSchema, executor } from './boss.js'
import type { Database, Sql } from './database.js'
import { changeSpace, changes } from './schema.js'

/** What a job carries: references only. */
export interface JobData {
  readonly run: string
  readonly key: string
  readonly task: string
  /** `taskHash` of the task as it was planned. */
  readonly hash: string
  readonly model: string
  readonly repeat: number
  /** The log has something of it already. */
  readonly known?: true
}

/** Each model of a run has a queue of its own: who lacks its key leaves it to others. */
export const queueOf = (run: string, model: number): string => `${run}.${model}`

export const queuesOf = (plan: RunPlan): string[] => plan.models.map((_, at) => queueOf(plan.run, at))

/** Jobs put on the queue in one statement. */
const together = 2_000

/** A job is given back without end, and by pg-boss only when it has been out for longer than any attempt may take. */
const settings = {
  retryLimit: 1_000_000,
  retryDelay: 0,
  expireInSeconds: 23 * 3600,
  retentionMinutes: 60 * 24 * 365,
}

/** Makes the queues of a run. */
export async function makeQueues(plan: RunPlan, boss: PgBoss, database: Database): Promise<void> {
  for (const name of queuesOf(plan)) {
    await boss.createQueue(name, { name, ...settings })
    // pg-boss sorts what waits each time it is asked for some: with this, it reads only what it gives out.
    await database.transaction(async (sql) => {
      // Two may come at once, and an index that is there is looked for too early by the second.
      await sql.query('select pg_advisory_xact_lock($1, $2)', [changeSpace, changes.queues])
      for (const table of await tablesOf(sql, [name]))
        await sql.query(
          `create index if not exists ${indexName(table)} on ${table} (created_on, id) where state < 'active'`,
        )
    })
  }
}

const indexName = (table: string): string =>
  `bench_${createHash('sha256').update(table).digest('hex').slice(0, 16)}_next`

/** Where pg-boss keeps queues, each in a table of its own. */
async function tablesOf(sql: Sql, queues: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ table: string }>(
    `select format('%I.%I', '${bossSchema}', partition_name) as table from ${bossSchema}.queue where name = any($1)`,
    [queues],
  )
  return rows.map(({ table }) => table)
}

/** Tells Postgres how much is there: it would take a new table for an empty one, and sort it all for every fetch. */
async function count(plan: RunPlan, sql: Sql): Promise<void> {
  for (const table of await tablesOf(sql, queuesOf(plan))) await sql.query(`analyze ${table}`)
}

/**
 * Takes off the queue what of an earlier part of a run still waits there.
 *
 * @returns keys of what is under way: it stays, and ends or comes back on its own
 */
export async function leaveWaiting(sql: Sql, plan: RunPlan): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ key: string }>(
    `with waiting as (delete from ${bossSchema}.job where name = any($1) and state < 'active')
     select key from bench.taken where run = $2`,
    [queuesOf(plan), plan.run],
  )
  return new Set(rows.map(({ key }) => key))
}

/**
 * Puts on the queue what of a plan is neither done nor under way, in its order. The same twice puts nothing twice.
 *
 * @param onQueued told how many are there so far
 */
export async function enqueue(
  plan: RunPlan,
  progress: ReadonlyMap<string, Progress>,
  underWay: ReadonlySet<string>,
  { boss, database }: { readonly boss: PgBoss; readonly database: Database },
  onQueued: (count: number) => void = () => undefined,
): Promise<void> {
  const hashes = new Map(plan.tasks.map(({ id, hash }) => [id, hash]))
  const models = new Map(plan.models.map(({ id }, at) => [id, queueOf(plan.run, at)]))
  let jobs: PgBoss.JobInsert<JobData>[] = []
  let at = 0
  let queued = 0
  const flush = async (): Promise<void> => {
    if (jobs.length === 0) return
    await boss.insert(jobs)
    if (queued === 0) await count(plan, database)
    queued += jobs.length
    onQueued(queued)
    jobs = []
  }
  for (const attempt of attempts(plan)) {
    const known = progress.get(attempt.key)
    at++
    if (known?.done || underWay.has(attempt.key)) continue
    jobs.push({
      id: jobId(at, attempt, known?.tries ?? 0),
      name: models.get(attempt.modelId)!,
      data: dataOf(plan.run, attempt, hashes.get(attempt.taskId)!, known !== undefined),
    })
    if (jobs.length === together) await flush()
  }
  await flush()
  await count(plan, database)
}

const dataOf = (
  run: string,
  { key, taskId, modelId, repeat }: Attempt,
  hash: string,
  known: boolean,
): JobData => ({
  run,
  key,
  task: taskId,
  hash,
  model: modelId,
  repeat,
  ...(known && { known }),
})

/** Sorts by place in the plan, and is the same for the same try of the same attempt, whoever puts it on the queue. */
function jobId(at: number, { key }: Attempt, tries: number): string {
  const hash = createHash('sha256').update(`${key} ${tries}`).digest('hex')
  const hex = at.toString(16).padStart(8, '0') + hash.slice(0, 24)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Takes jobs out of a queue inside a transaction. */
export async function fetchJobs(
  boss: PgBoss,
  sql: Sql,
  queue: string,
  count: number,
): Promise<PgBoss.Job<JobData>[]> {
  let fault: unknown
  const db: PgBoss.Db = {
    // pg-boss takes a fault here for an empty queue.
    executeSql: (text, values) =>
      executor(sql)
        .executeSql(text, values)
        .catch((error: unknown) => {
          fault = error
          throw error
        }),
  }
  const jobs = await boss.fetch<JobData>(queue, { batchSize: count, priority: false, db })
  if (fault !== undefined) throw fault
  return jobs.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Ends jobs, or gives them back, inside a transaction. */
export async function endJobs(
  boss: PgBoss,
  sql: Sql,
  how: 'complete' | 'fail',
  jobs: readonly { readonly job: string; readonly queue: string }[],
): Promise<void> {
  const byQueue = new Map<string, string[]>()
  for (const { job, queue } of jobs) byQueue.set(queue, [...(byQueue.get(queue) ?? []), job])
  // Its types leave this form out.
  const end = boss[how] as unknown as (
    queue: string,
    ids: readonly string[],
    output: null,
    options: PgBoss.ConnectionOptions,
  ) => Promise<unknown>
  for (const [queue, ids] of byQueue) await end(queue, ids, null, { db: executor(sql) })
}

/** How many jobs of a queue are not over: they wait, or somebody has them. */
export const leftIn = (boss: PgBoss, queue: string): Promise<number> =>
  boss.getQueueSize(queue, { before: 'completed' })
