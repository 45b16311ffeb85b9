import type { Database } from './database.js'

/** What a worker has of a lane. */
export interface Share {
  /** Requests that it may have under way. */
  readonly held: number
  /** Of all that is wanted of this lane, 0–1: what its provider leaves is divided so. */
  readonly part: number
  /** Others want more than they hold. */
  readonly crowded: boolean
  /** What would be everybody's, were it dealt out evenly: 0 where there are more workers than requests. */
  readonly even: number
  /** Milliseconds of quiet that the provider asked some worker for, which are left. */
  readonly quietMs: number
}

export interface Wish {
  readonly lane: string
  readonly worker: number
  /** Requests under way at once in this lane, over all workers. */
  readonly cap: number
  /** Its requests under way now, which it cannot give back. */
  readonly busy: number
  /** How many it could use. */
  readonly wanted: number
  /** Milliseconds of quiet that its provider has just asked for. */
  readonly quietMs?: number
}

/**
 * Gives a worker what it wants of a lane as far as others leave it, and takes back what it needs no more. The sum of all is never
 * more than the cap; of what is free, as much is left alone as others lack to an even share.
 */
export function claimShare(database: Database, wish: Wish): Promise<Share> {
  const { lane, worker, cap, busy, wanted, quietMs = 0 } = wish
  return database.transaction(async (sql) => {
    await sql.query('set local synchronous_commit = off')
    await sql.query('insert into bench.lane (lane) values ($1) on conflict do nothing', [lane])
    const [quiet] = await sql.query<{ ms: number }>(
      `update bench.lane set quiet_until = greatest(quiet_until, now() + $2 * interval '1 ms') where lane = $1
       returning greatest(0, extract(epoch from quiet_until - now()) * 1000)::float8 as ms`,
      [lane, quietMs],
    )
    const rows = await sql.query<{ worker: number; held: number; wanted: number }>(
      'select worker, held, wanted from bench.share where lane = $1',
      [lane],
    )
    const others = rows.filter((row) => row.worker !== worker)
    const dealt = dealOut({ cap, busy, wanted }, others)
    await sql.query(
      `insert into bench.share (lane, worker, held, wanted) values ($1, $2, $3, $4)
       on conflict (lane, worker) do update set held = excluded.held, wanted = excluded.wanted`,
      [lane, worker, dealt.held, wanted],
    )
    return { ...dealt, quietMs: quiet?.ms ?? 0 }
  })
}

/** How much one may hold beside others. */
export function dealOut(
  { cap, busy, wanted }: Pick<Wish, 'cap' | 'busy' | 'wanted'>,
  others: readonly { readonly held: number; readonly wanted: number }[],
): Omit<Share, 'quietMs'> {
  const wanting = others.filter((other) => other.wanted > 0)
  const even = Math.floor(cap / (wanting.length + 1))
  const elsewhere = others.reduce((sum, { held }) => sum + held, 0)
  const owed = wanting.reduce((sum, other) => sum + Math.max(0, Math.min(other.wanted, even) - other.held), 0)
  const held = Math.max(busy, Math.min(wanted, Math.max(0, cap - elsewhere - owed)))
  return {
    held,
    even,
    part: wanted / Math.max(1, wanted + others.reduce((sum, other) => sum + other.wanted, 0)),
    crowded: others.some((other) => other.wanted > other.held),
  }
}
