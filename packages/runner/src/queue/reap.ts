import type PgBoss from 'pg-boss'
import type { Database, Sql } from './database.js'
import { endJobs } from './jobs.js'
import { lockSpace } from './schema.js'

/**
 * Gives back what workers had that are no more: their jobs, the money they had set aside, their share of the lanes. A worker
 * is dead when its lock has been free for a while; after Postgres was away itself, each has that while to come back.
 *
 * @returns how many were dead
 */
export function reap(database: Database, boss: PgBoss, graceMs: number): Promise<number> {
  return database.transaction(async (sql) => {
    const dead = await sql.query<{ id: number }>(
      `select id from bench.worker w
       where greatest(seen, pg_postmaster_start_time()) < now() - $1 * interval '1 ms'
         and not exists (
           select 1 from pg_locks
           where locktype = 'advisory' and classid = $2 and objid = w.id::bigint and objsubid = 2 and granted
             and database = (select oid from pg_database where datname = current_database())
         )
       for update skip locked`,
      [graceMs, lockSpace],
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
