import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type PgBoss from 'pg-boss'
import type { Database } from './database.js'
import { reap } from './reap.js'
import { lockSpace } from './schema.js'

/** That a worker lives, as others can tell: Postgres lets go of its lock when its process is gone, and it gives signs of life. */
export interface Session extends AsyncDisposable {
  /** Its number; another one where it was taken for dead meanwhile. */
  readonly worker: number
  /** Whether its lock is held and it was seen of late: else its work may be others' by now, and nothing may be begun. */
  readonly alive: boolean
  /** Calls back for each word of others. @returns what ends it */
  onWord(hear: (word: string) => void): () => void
}

export interface SessionOptions {
  /** How long a worker may be without its lock before others take over what it had, in milliseconds. */
  readonly graceMs: number
  /** Others took it for dead, and have what it had. */
  onReplaced(): void
}

/** The longest time between two signs of life. */
const beatMs = 1_000

/** What workers tell each other by. */
export const channel = 'bench'

/** Begins to live, and to look after those who do not any more. @throws RunnerError `queue` */
export async function openSession(
  database: Database,
  boss: PgBoss,
  { graceMs, onReplaced }: SessionOptions,
): Promise<Session> {
  const hearers = new Set<(word: string) => void>()
  const closed = new AbortController()
  const everyMs = Math.min(beatMs, graceMs / 4)
  let worker = 0
  let client: Client | undefined
  let seenAt = Number.NEGATIVE_INFINITY

  async function join(): Promise<void> {
    const joined = await database.connect()
    try {
      const kept = await seen(joined, worker)
      const id = kept ? worker : await newWorker(joined)
      // A connection that was lost here may be there still, with the lock.
      if (kept) await joined.query(endHolder, [lockSpace, id])
      await joined.query('select pg_advisory_lock($1, $2)', [lockSpace, id])
      await joined.query(`listen ${channel}`)
      joined.on('notification', ({ payload = '' }) => {
        for (const hear of hearers) hear(payload)
      })
      joined.on('end', () => {
        if (client === joined) client = undefined
      })
      const replaced = worker !== 0 && id !== worker
      worker = id
      client = joined
      seenAt = performance.now()
      if (replaced) onReplaced()
    } catch (error) {
      await joined.end().catch(() => undefined)
      throw error
    }
  }

  async function beat(): Promise<void> {
    if (client === undefined) return join()
    const current = client
    if (await seen(current, worker, graceMs)) seenAt = performance.now()
    // Taken for dead while it held its lock: it was silent for too long.
    else await leave(current)
  }

  async function leave(current: Client | undefined): Promise<void> {
    if (client === current) client = undefined
    await current?.end().catch(() => undefined)
  }

  async function live(): Promise<void> {
    while (!closed.signal.aborted) {
      const current = client
      await beat().catch(() => leave(current))
      await sleep(client === undefined ? everyMs / 5 : everyMs, undefined, closed).catch(() => undefined)
    }
  }

  /** Beside the signs of life, which it must not hold up while Postgres is away. */
  async function watch(): Promise<void> {
    while (!closed.signal.aborted) {
      if (client !== undefined) await reap(database, boss, graceMs, () => worker).catch(() => undefined)
      await sleep(everyMs, undefined, closed).catch(() => undefined)
    }
  }

  await join()
  const living = Promise.all([live(), watch()])
  return {
    get worker() {
      return worker
    },
    get alive() {
      return client !== undefined && performance.now() - seenAt < graceMs
    },
    onWord(hear) {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    async [Symbol.asyncDispose]() {
      closed.abort()
      await living
      const last = client
      client = undefined
      await last?.query('delete from bench.worker where id = $1', [worker]).catch(() => undefined)
      await last?.end().catch(() => undefined)
    },
  }
}

/** Gives a sign of life. @returns false where nobody knows of that worker any more */
async function seen(client: Client, worker: number, withinMs?: number): Promise<boolean> {
  const text = 'update bench.worker set seen = now() where id = $1 returning id'
  // Its types leave the time limit out.
  const query = { text, values: [worker], ...(withinMs && { query_timeout: withinMs }) }
  return (await client.query(query)).rows.length > 0
}

const endHolder = `select pg_terminate_backend(pid) from pg_locks
  where locktype = 'advisory' and classid = $1 and objid = $2::bigint and objsubid = 2 and granted
    and database = (select oid from pg_database where datname = current_database())`

async function newWorker(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'insert into bench.worker (host, pid) values ($1, $2) returning id',
    [hostname(), process.pid],
  )
  return rows[0]!.id
}
