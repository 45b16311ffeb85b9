import { RunnerError } from '../errors.js'
import { type Database, rowsOf, type Sql } from './database.js'

/** Locks of ours are told from others' by the first of their two numbers. Of these the second is a worker's. */
export const lockSpace = 0x62656e63

/** And of these what is to be changed by one at a time. */
export const changeSpace = lockSpace + 1
export const changes = { schema: 0, queues: 1 } as const

/**
 * What takes the schema from one version to the next; what is here is never changed, only added to.
 *
 * `line.tx` is what makes reading by cursor safe: numbers of a sequence are drawn before their transactions are over, so
 * that a lower one may appear after a higher one has been read; of transactions, Postgres tells which are all over.
 */
const migrations: readonly string[] = [
  `
  create table bench.run (
    run text primary key,
    plan text not null,
    created timestamptz not null default now(),
    opened int not null default 0,
    enqueued boolean not null default false,
    ended text,
    deadline timestamptz,
    errors int not null default 0,
    cap float8,
    spent float8 not null default 0
  );
  create table bench.line (
    seq bigint generated always as identity primary key,
    tx xid8 not null default pg_current_xact_id(),
    run text not null,
    key text not null,
    body text not null
  );
  create index line_of_run on bench.line (run, tx, seq);
  create index line_of_key on bench.line (run, key);
  create table bench.reply (
    run text not null,
    hash text not null,
    body bytea not null,
    primary key (run, hash)
  );
  create table bench.worker (
    id int generated always as identity primary key,
    host text not null,
    pid int not null,
    seen timestamptz not null default now()
  );
  create table bench.taken (
    job uuid primary key,
    queue text not null,
    run text not null,
    key text not null,
    worker int not null,
    paid boolean not null
  );
  create index taken_by on bench.taken (worker);
  create index taken_of on bench.taken (run);
  create table bench.cut_off (
    run text not null,
    key text not null,
    primary key (run, key)
  );
  create table bench.call (
    run text not null,
    key text not null,
    nth int not null,
    body text not null,
    primary key (run, key, nth)
  );
  create table bench.hold (
    run text not null,
    worker int not null,
    usd float8 not null,
    primary key (run, worker)
  );
  create table bench.lane (
    lane text primary key,
    quiet_until timestamptz not null default '-infinity'
  );
  create table bench.share (
    lane text not null,
    worker int not null,
    held int not null,
    wanted int not null,
    primary key (lane, worker)
  );
  create table bench.stopped (
    run text not null,
    model text not null,
    code text not null,
    message text not null,
    primary key (run, model)
  );
  create table bench.refusal (
    run text not null,
    worker int not null,
    model text not null default '',
    why text not null,
    primary key (run, worker, model)
  );
  `,
]

/**
 * Brings the schema up to date, whoever comes first; others wait.
 *
 * @param more what else is to be made while nobody else makes anything
 * @throws RunnerError `queue` where the schema is of a later version than this one knows
 */
export async function migrate(database: Database, more: (sql: Sql) => Promise<void>): Promise<void> {
  const client = await database.connect()
  const sql: Sql = { query: (text, values) => rowsOf(client, text, values) }
  try {
    await sql.query('select pg_advisory_lock($1, $2)', [changeSpace, changes.schema])
    await sql.query('create schema if not exists bench')
    await sql.query('create table if not exists bench.version (version int not null)')
    const [row] = await sql.query<{ version: number }>('select version from bench.version')
    const version = row?.version ?? 0
    if (version > migrations.length)
      throw new RunnerError(
        'queue',
        `the queue at ${database.address.label} is of a later version of bench (${version}; this one knows ${migrations.length}): update bench here`,
      )
    for (const [step, text] of migrations.entries())
      if (step >= version) await client.query(`begin; ${text}; ${written(step + 1)}; commit`)
    await more(sql)
  } finally {
    // Its locks go with it.
    await client.end()
  }
}

const written = (version: number): string =>
  `delete from bench.version; insert into bench.version values (${version})`
