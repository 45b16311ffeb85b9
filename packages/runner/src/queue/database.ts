import { setTimeout } from 'node:timers/promises'
import type { Client, Pool, PoolClient } from 'pg'
import type { Address } from './address.js'
import { isClash, isLost, queueError } from './faults.js'

/** What takes SQL: the database itself, or one transaction in it. */
export interface Sql {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
}

/** A Postgres that may go away for a while: what is asked meanwhile waits until it is back. */
export interface Database extends Sql, AsyncDisposable {
  readonly address: Address
  /**
   * All of it or nothing. Done again where the connection was lost in the middle: what it does must bear repeating.
   *
   * @param act may have all of it undone at its end
   * @throws RunnerError `queue`; the signal's reason
   */
  transaction<T>(act: (sql: Sql, undo: () => void) => Promise<T>): Promise<T>
  /** A connection of one's own, which is not mended when it is lost. */
  connect(): Promise<Client>
}

export interface DatabaseOptions {
  readonly signal?: AbortSignal
  /** Told when Postgres goes away, and when it is back. */
  onAway?(away: boolean): void
  /** An answer that is longer in coming has it looked whether Postgres is there at all, in milliseconds; 10,000 by default. */
  readonly patienceMs?: number
}

const connections = 5
const retryMs = 200
/** Who falls silent in the middle of a transaction, stopped or cut off, holds its locks no longer than this. */
const silenceMs = 5_000

/** Opens a pool of connections; the driver is loaded here, not before. @throws RunnerError `queue`, `queue_auth` */
export async function openDatabase(address: Address, options: DatabaseOptions = {}): Promise<Database> {
  const { patienceMs = 10_000 } = options
  const { default: pg } = await import('pg')
  const settings = {
    connectionString: address.url,
    application_name: 'bench',
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
  }
  const pool: Pool = new pg.Pool({ ...settings, max: connections })
  // A connection that dies while it idles is replaced by the next that is asked for.
  pool.on('error', () => undefined)
  // It may be told of its end in the same breath as it is opened or given back, before whoever has it can listen.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const connect = async (): Promise<Client> => {
    const client = new pg.Client(settings)
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      leave(client)
      throw error
    }
  }
  // Before the first connection, which is to be broken off like the others.
  const watching = watch(pool, connect, patienceMs)
  try {
    await pool.query('select 1')
  } catch (error) {
    watching.end()
    await pool.end()
    throw queueError(error, address)
  }
  let away = false
  const tell = (now: boolean): void => {
    if (away !== now) options.onAway?.(now)
    away = now
  }

  async function lasting<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const done = await watching.during(act())
        tell(false)
        return done
      } catch (error) {
        if (isClash(error)) continue
        if (!isLost(error)) throw queueError(error, address)
        tell(true)
        await setTimeout(retryMs, undefined, options.signal ? { signal: options.signal } : {})
      }
    }
  }

  return {
    address,
    connect,
    query: (text, values) => lasting(() => single(pool, text, values)),
    transaction: (act) => lasting(() => once(pool, act)),
    [Symbol.asyncDispose]() {
      watching.end()
      return pool.end()
    },
  }
}

/**
 * Looks after answers that are long in coming. Where the network between has gone without a word, they would be waited for until
 * it is back, and longer: then all connections are broken off, and whoever waits hears that Postgres is away.
 */
function watch(pool: Pool, connect: () => Promise<Client>, patienceMs: number) {
  const clients = new Set<PoolClient>()
  pool.on('connect', (client) => clients.add(client))
  pool.on('remove', (client) => clients.delete(client))
  // In the order in which they began.
  const waiting = new Map<symbol, number>()
  let looking = false
  async function look(): Promise<void> {
    const [since = Number.POSITIVE_INFINITY] = waiting.values()
    if (looking || performance.now() - since < patienceMs) return
    looking = true
    try {
      leave(await connect())
    } catch (error) {
      // It is there, and says so: too many may be connected.
      if ('severity' in (error as Error)) return
      for (const client of clients) void (client as unknown as Client).end().catch(() => undefined)
    } finally {
      looking = false
    }
  }
  const timer = setInterval(() => void look(), patienceMs / 2)
  timer.unref()
  return {
    async during<T>(answer: Promise<T>): Promise<T> {
      const one = Symbol()
      waiting.set(one, performance.now())
      try {
        return await answer
      } finally {
        waiting.delete(one)
      }
    },
    end: () => clearInterval(timer),
  }
}

/** Says goodbye, and does not wait for the answer: a network that falls silent just then would never bring it. */
function leave(client: Client): void {
  client.end().catch(() => undefined)
}

/** Rows of the last of what may be several statements. */
export async function rowsOf<Row extends object>(
  client: Pick<Client, 'query'>,
  text: string,
  values?: readonly unknown[],
): Promise<readonly Row[]> {
  const result: unknown = await client.query(text, values as unknown[])
  return ((Array.isArray(result) ? result.at(-1) : result) as { rows: Row[] }).rows
}

const single = <Row extends object>(pool: Pool, text: string, values?: readonly unknown[]) =>
  // After a fault it may be in the middle of a transaction that the text began.
  withClient(pool, (client) => rowsOf<Row>(client, text, values))

function once<T>(pool: Pool, act: (sql: Sql, undo: () => void) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    let end = 'commit'
    // Said here and not as the connection is made: poolers between refuse settings that they do not know.
    await client.query(`begin; set local idle_in_transaction_session_timeout = ${silenceMs}`)
    const undo = (): void => {
      end = 'rollback'
    }
    const done = await act({ query: (text, values) => rowsOf(client, text, values) }, undo)
    await client.query(end)
    return done
  })
}

/** A connection is given back as good as it was, or, after a fault, thrown away. */
async function withClient<T>(pool: Pool, act: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  // It may be lost between two statements, when nobody waits for an answer.
  const onError = (): void => {
    broken = true
  }
  client.on('error', onError)
  try {
    return await act(client)
  } catch (error) {
    broken = true
    throw error
  } finally {
    client.release(broken)
    // Only now: whatever it still has to say of its end is said to somebody.
    if (!broken) client.off('error', onError)
  }
}
