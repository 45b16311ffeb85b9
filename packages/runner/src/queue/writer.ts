import type PgBoss from 'pg-boss'
import { isError } from '../bounds.js'
import type { Line } from '../record/lines.js'
import type { Database, Sql } from './database.js'
import { endJobs } from './jobs.js'

/** What belongs together: there is all of it or nothing. */
interface Commit {
  readonly run: string
  readonly lines?: readonly Line[]
  readonly replies?: readonly Reply[]
  /** The job it is about: lines of one that the worker has no more are not written, for another makes them. */
  readonly job?: string
  /** With it the job ends. */
  readonly ends?: boolean
}

/** A text as it is kept: by the hash of its UTF-8, in JSON, which holds what Postgres' own texts do not. */
export interface Reply {
  readonly hash: string
  readonly body: Buffer
}

/** Writes what attempts make. Group commit: what comes while a transaction is under way goes into the next, together. */
export interface Writer {
  /** Resolves once it is durable. @throws RunnerError `queue`; the signal's reason */
  commit(commit: Commit): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

interface Waiting extends Commit {
  resolve(): void
  reject(error: unknown): void
}

/** @param worker who writes: what it has not taken, or what was taken from it, it cannot end */
export function openWriter(database: Database, boss: PgBoss, worker: () => number): Writer {
  let queue: Waiting[] = []
  let pumping: Promise<void> | undefined

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue
      queue = []
      try {
        await write(database, boss, worker(), batch)
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    pumping = undefined
  }

  return {
    commit: (commit) =>
      new Promise((resolve, reject) => {
        queue.push({ ...commit, resolve, reject })
        pumping ??= pump()
      }),
    async idle() {
      await pumping
    },
  }
}

async function write(
  database: Database,
  boss: PgBoss,
  worker: number,
  batch: readonly Commit[],
): Promise<void> {
  const ends = batch.some(({ ends }) => ends)
  const failed = new Map<string, number>()
  for (const { run, lines = [] } of batch)
    for (const line of lines) if (isError(line)) failed.set(run, (failed.get(run) ?? 0) + 1)
  // One statement is a transaction of its own, and one trip.
  if (!ends && failed.size === 0) return void (await keep(database, worker, batch))
  await database.transaction(async (sql) => {
    const over = await keep(sql, worker, batch)
    for (const [run, count] of failed)
      await sql.query('update bench.run set errors = errors + $2 where run = $1', [run, count])
    await endJobs(boss, sql, 'complete', over)
  })
}

/**
 * Writes replies and lines, and takes ended jobs off the worker. What a call that was cut off may have cost is told by the line about the
 * next.
 *
 * @returns the jobs that were the worker's to end
 */
function keep(
  sql: Sql,
  worker: number,
  batch: readonly Commit[],
): Promise<readonly { job: string; queue: string }[]> {
  const replies = batch.flatMap(({ run, replies = [] }) => replies.map((reply) => ({ run, ...reply })))
  const lines = batch.flatMap(({ run, lines = [], job = null }) =>
    lines.map((line) => ({ run, key: keyOf(line), body: JSON.stringify(line), job, line })),
  )
  const made = lines.filter(({ line }) => line.kind === 'attempt')
  return sql.query(
    `with mine as materialized (
       select job from bench.taken where job = any($12::uuid[]) and worker = $11
     ), replies as (
       insert into bench.reply (run, hash, body) select * from unnest($1::text[], $2::text[], $3::bytea[])
       on conflict do nothing
     ), lines as (
       insert into bench.line (run, key, body)
       select run, key, body from unnest($4::text[], $5::text[], $6::text[], $7::uuid[]) as made(run, key, body, job)
       where job is null or job in (select job from mine)
     ), told as (
       delete from bench.cut_off using unnest($8::text[], $9::text[]) as made(run, key)
       where cut_off.run = made.run and cut_off.key = made.key
     )
     delete from bench.taken where job = any($10::uuid[]) and worker = $11 returning job, queue`,
    [
      ...columns(replies, 'run', 'hash', 'body'),
      ...columns(lines, 'run', 'key', 'body', 'job'),
      ...columns(made, 'run', 'key'),
      batch.flatMap(({ job, ends }) => (ends && job ? job : [])),
      worker,
      batch.flatMap(({ job }) => job ?? []),
    ],
  )
}

/** The attempt a line is about; of two that were compared, the first. */
const keyOf = (line: Line): string => (line.kind === 'attempt' ? line.key : (line.keys[0] ?? ''))

const columns = <Row extends object>(rows: readonly Row[], ...names: readonly (keyof Row)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]))
