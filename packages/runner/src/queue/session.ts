import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type PgBoss from 'pg-boss'
import type { Database } from './database.js'
import { isLost } from './faults.js'
import { reap } from './reap.js'
import { lockSpace } from './schema.js'

/** That a worker lives, as others can tell: Postgres lets go of its lock when its process or machine is gone. */
export interface Session extends AsyncDisposable {
  /** Its number; another one where it was taken for dead meanwhile. */
  readonly worker: number
  /** Whether its lock is held just now: without it nothing may be begun. */
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

const beatMs = 1_000

/** What workers tell each other by. */
export const channel = 'bench'

/** Begins to live, and to look after those who do not any more. @throws RunnerError `queue` */
export async function openSession(
  database: Database,
  boss: PgBoss,
  options: SessionOptions,
): Promise<Session> {
  const hearers = new Set<(word: string) => void>()
  const closed = new AbortController()
  let worker = 0
  let client: Client | undefined

  async function join(): Promise<void> {
    const joined = await database.connect()
    try {
      const [kept] = (
        await joined.query<{ id: number }>(
          'update bench.worker set seen = now() where id = $1 returning id',
          [worker],
        )
      ).rows
      const id = kept?.id ?? (await newWorker(joined))
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
      if (replaced) options.onReplaced()
    } catch (error) {
      await joined.end().catch(() => undefined)
      throw error
    }
  }

  async function live(): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        if (client === undefined) await join()
        await client?.query('update bench.worker set seen = now() where id = $1', [worker])
        await reap(database, boss, options.graceMs)
      } catch (error) {
        if (!isLost(error) && !closed.signal.aborted) client = undefined
      }
      await sleep(client === undefined ? beatMs / 5 : beatMs, undefined, { signal: closed.signal }).catch(
        () => undefined,
      )
    }
  }

  await join()
  const living = live()
  return {
    get worker() {
      return worker
    },
    get alive() {
      return client !== undefined
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

async function newWorker(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'insert into bench.worker (host, pid) values ($1, $2) returning id',
    [hostname(), process.pid],
  )
  return rows[0]!.id
}
