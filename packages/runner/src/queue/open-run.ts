import { RunnerError } from '../errors.js'
import { textsOf } from '../line-texts.js'
import { canonical } from '../record/canonical.js'
import { foldLines } from '../record/fold.js'
import type { RunPlan } from '../record/plan-file.js'
import { lineHash } from '../record/union.js'
import { readProgress } from '../resume.js'
import type { BlobStore, EndReason, RunLog } from '../spec.js'
import { replyOf } from './blob-store.js'
import { enqueue, leaveWaiting, makeQueues } from './jobs.js'
import type { Opened } from './queue.js'
import { channel } from './session.js'
import { openWriter } from './writer.js'

/** What is here of a run, as it was brought up to what is in the queue. */
export interface Local {
  readonly plan: RunPlan
  readonly log: Pick<RunLog, 'lines'>
  readonly blobs: Pick<BlobStore, 'get'>
  /** Lines that the queue has, by hash. */
  readonly known: ReadonlySet<number>
  /** US dollars over all its parts; as planned where absent. */
  readonly maxCost: number | undefined
}

/**
 * Puts a run's plan into the queue, and its attempts that are not done, unless they are there and worked on. Whoever comes second finds
 * them there.
 *
 * @throws RunnerError `bad_plan` where another plan of that id is there; `queue`
 */
export async function openQueuedRun(queue: Opened, local: Local): Promise<void> {
  const { plan, log } = local
  const { database, boss } = queue
  const { run } = plan
  const kept = JSON.stringify(plan)
  const going = await database.transaction(async (sql) => {
    await sql.query('insert into bench.run (run, plan) values ($1, $2) on conflict do nothing', [run, kept])
    const [row] = await sql.query<{
      plan: string
      opened: number
      enqueued: boolean
      ended: EndReason | null
    }>('select plan, opened, enqueued, ended from bench.run where run = $1 for update', [run])
    if (row === undefined || canonical(JSON.parse(row.plan)) !== canonical(JSON.parse(kept)))
      throw new RunnerError(
        'bad_plan',
        `another run "${run}" is in the queue at ${queue.label}: start a new one`,
      )
    return row.enqueued && row.ended === null
  })
  if (going) return
  const progress = await readProgress(log.lines())
  await upload(queue, local, (key) => progress.get(key)?.done !== true)
  const { spend } = await foldLines(log.lines(), { details: 0 })
  const spent = [...spend.values()].reduce((sum, each) => sum + (each.costUsd ?? 0) - (each.savedUsd ?? 0), 0)
  const underWay = await database.transaction(async (sql) => {
    for (const table of ['stopped', 'refusal'])
      await sql.query(`delete from bench.${table} where run = $1`, [run])
    await sql.query(
      `update bench.run set opened = opened + 1, enqueued = false, ended = null, errors = 0, cap = $2, spent = $3,
         deadline = now() + $4 * interval '1 ms'
       where run = $1`,
      [run, local.maxCost ?? plan.maxCost ?? null, spent, plan.bounds?.maxTimeMs ?? null],
    )
    return leaveWaiting(sql, plan)
  })
  // Only now: while the run counts as ended, somebody may be removing them.
  await makeQueues(plan, boss, database)
  let told = false
  await enqueue(plan, progress, underWay, queue, () => {
    // Workers begin with the first of them.
    if (!told) void database.query('select pg_notify($1, $2)', [channel, 'work'])
    told = true
  })
  await database.query('update bench.run set enqueued = true where run = $1', [run])
}

/** Brings into the queue what only this folder has of attempts that are not done: replies to be judged, tries to be counted. */
async function upload(
  { database, boss }: Opened,
  { plan, log, blobs, known }: Local,
  isWanted: (key: string) => boolean,
): Promise<void> {
  const writer = openWriter(database, boss, () => 0)
  for await (const line of log.lines()) {
    if (line.kind !== 'attempt' || !isWanted(line.key) || known.has(lineHash(line))) continue
    const texts = await Promise.all((await textsOf(line, blobs)).map((hash) => blobs.get(hash)))
    const replies = texts.flatMap((text) => (text === undefined ? [] : replyOf(text)))
    await writer.commit({ run: plan.run, lines: [line], replies })
  }
}
