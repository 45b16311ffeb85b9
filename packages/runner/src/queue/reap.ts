import type PgBoss from 'pg-boss'
import type { Database, Sql } from './database.js'
import { endJobs } from './jobs.js'
import { lockSpace } from './schema.js'

/** Silent for so many times as long, a worker is dead though its lock is held: it is stopped, or the network between has gone. */
const patience = 6

/**
 * Gives back what workers had that are no more: their jobs, the money they had set aside, their share of the lanes. A worker
 * is dead when its lock has been free for a while; after Postgres was away itself, each has that while to come back. What is
 * found of one that nobody knows any more was written when it was dead already.
 *
 * @param own who looks: it is not dead, however long it was away
 * @returns how many were dead
 */
export function reap(
  database: Database,
  boss: PgBoss,
  graceMs: number,
  own: () => number = () => 0,
): Promise<number> {
  return database.transaction(async (sql) => {
    const dead = await sql.query<{ id: number }>(
      `with dead as (
         select id from bench.worker w
         where id <> $3 and greatest(seen, pg_postmaster_start_time()) < now() - $1 * interval '1 ms'
           and (greatest(seen, pg_postmaster_start_time()) < now() - ${patience} * $1 * interval '1 ms' or not exists (
             select 1 from pg_locks
             where locktype = 'advisory' and classid = $2 and objid = w.id::bigint and objsubid = 2 and granted
               and database = (select oid from pg_database where datname = current_database())
           ))
         for update skip locked
       ), had as (
         select worker from bench.taken union select worker from bench.hold union select worker from bench.share
       )
       select id from dead
       union select worker from had where not exists (select 1 from bench.worker where id = had.worker)`,
      [graceMs, lockSpace, own()],
    )
    if (dead.length === 0) return 0
    const ids = dead.map(({ id }) => id)
    await giveBack(sql, boss, 'worker = any($1)', [ids])
    for (const table of ['hold', 'share', 'refusal'])
      await sql.query(`delete from bench.${table} where worker = any($1)`, [ids])
    await sql.query('delete from bench.worker where id = any($1)', [ids])
    return ids.length
  })
}

/**
 * Puts jobs back on their queues. Paid calls of theirs may have been under way: whoever asks again says so, unless the log has what
 * came of them.
 */
export async function giveBack(
  sql: Sql,
  boss: PgBoss,
  which: string,
  values: readonly unknown[],
): Promise<void> {
  const taken = await sql.query<{ job: string; queue: string }>(
    `with back as (delete from bench.taken where ${which} returning *), cut as (
       insert into bench.cut_off (run, key) select run, key from back where paid on conflict do nothing
     )
     select job, queue from back`,
    values,
  )
  await endJobs(boss, sql, 'fail', taken)
}
