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
  /** A job that has ended. */
  readonly ended?: string
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
        await database.transaction((sql) => write(sql, boss, worker(), batch))
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

async function write(sql: Sql, boss: PgBoss, worker: number, batch: readonly Commit[]): Promise<void> {
  const replies = batch.flatMap(({ run, replies = [] }) => replies.map((reply) => ({ run, ...reply })))
  if (replies.length > 0)
    await sql.query(
      `insert into bench.reply (run, hash, body) select * from unnest($1::text[], $2::text[], $3::bytea[])
       on conflict do nothing`,
      columns(replies, 'run', 'hash', 'body'),
    )
  const lines = batch.flatMap(({ run, lines = [] }) =>
    lines.map((line) => ({ run, key: keyOf(line), body: JSON.stringify(line), line })),
  )
  if (lines.length > 0)
    await sql.query(
      'insert into bench.line (run, key, body) select * from unnest($1::text[], $2::text[], $3::text[])',
      columns(lines, 'run', 'key', 'body'),
    )
  await tellRuns(sql, lines)
  const ended = batch.flatMap(({ ended }) => ended ?? [])
  if (ended.length === 0) return
  const mine = await sql.query<{ job: string; queue: string }>(
    'delete from bench.taken where job = any($1::uuid[]) and worker = $2 returning job, queue',
    [ended, worker],
  )
  await endJobs(boss, sql, 'complete', mine)
}

/** What a call that was cut off may have cost is told with the line about the next; errors are counted against the run's bound. */
async function tellRuns(
  sql: Sql,
  told: readonly { readonly run: string; readonly key: string; readonly line: Line }[],
): Promise<void> {
  const made = told.filter(({ line }) => line.kind === 'attempt')
  if (made.length > 0)
    await sql.query(
      `delete from bench.cut_off using unnest($1::text[], $2::text[]) as told(run, key)
       where cut_off.run = told.run and cut_off.key = told.key`,
      columns(made, 'run', 'key'),
    )
  const failed = new Map<string, number>()
  for (const { run, line } of told) if (isError(line)) failed.set(run, (failed.get(run) ?? 0) + 1)
  for (const [run, count] of failed)
    await sql.query('update bench.run set errors = errors + $2 where run = $1', [run, count])
}

/** The attempt a line is about; of two that were compared, the first. */
const keyOf = (line: Line): string => (line.kind === 'attempt' ? line.key : (line.keys[0] ?? ''))

const columns = <Row extends object>(rows: readonly Row[], ...names: readonly (keyof Row)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]))
