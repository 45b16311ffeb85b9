import { setTimeout as sleep } from 'node:timers/promises'
import type { Budget } from '../spec.js'
import type { Database, Sql } from './database.js'

interface Waiting {
  readonly usd: number
  resolve(fits: boolean): void
  reject(error: unknown): void
}

/** While the cap is in the way because of what others have set aside, it is asked again after so long. */
const againMs = 100

/**
 * The money of a run that many workers spend: what is spent and what all of them have set aside never pass its cap together. What
 * a dead worker had set aside is free again. A call that does not fit waits for others' to cost less than was set aside
 * for them, and is refused when nothing is left to wait for.
 */
export function queueBudget(
  database: Database,
  run: string,
  worker: number,
  signal: AbortSignal,
): Budget & { idle(): Promise<void> } {
  let waiting: Waiting[] = []
  let settled: { readonly set: number; readonly paid: number }[] = []
  let spent = 0
  /** Set aside here: no other writes it, so that the same twice is the same. */
  let held = 0
  let pumping: Promise<void> | undefined

  async function pump(): Promise<void> {
    while (waiting.length > 0 || settled.length > 0) {
      const [asked, ended] = [waiting, settled]
      waiting = []
      settled = []
      try {
        const answers = await database.transaction((sql) =>
          exchange(sql, { run, worker, held, asked, ended }),
        )
        spent = answers.spent
        held = answers.held
        for (const [i, one] of asked.entries()) {
          const answer = answers.fits[i]
          if (answer === undefined) waiting.push(one)
          else one.resolve(answer)
        }
        if (waiting.length === asked.length && asked.length > 0)
          await sleep(againMs, undefined, { signal }).catch(() => undefined)
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
      if (signal.aborted) {
        for (const { reject } of waiting) reject(signal.reason)
        waiting = []
      }
    }
    pumping = undefined
  }
  const start = (): void => {
    pumping ??= pump()
  }

  return {
    reserve(usd) {
      // A free call fits under any cap.
      if (usd === 0) return true
      return new Promise((resolve, reject) => {
        waiting.push({ usd, resolve, reject })
        start()
      })
    },
    settle(set, paid) {
      if (set === 0 && paid === 0) return
      settled.push({ set, paid })
      start()
    },
    get spent() {
      return spent
    },
    async idle() {
      await pumping
    },
  }
}

interface Exchange {
  readonly run: string
  readonly worker: number
  /** US dollars that it had set aside before. */
  readonly held: number
  readonly asked: readonly Waiting[]
  readonly ended: readonly { readonly set: number; readonly paid: number }[]
}

/** @returns for each that asked whether it fits; undefined where that depends on calls under way */
async function exchange(
  sql: Sql,
  { run, worker, held, asked, ended }: Exchange,
): Promise<{
  readonly fits: readonly (boolean | undefined)[]
  readonly spent: number
  readonly held: number
}> {
  // Who loses the machine under Postgres loses no money by it: what was spent is in the lines.
  await sql.query('set local synchronous_commit = off')
  const paid = ended.reduce((sum, each) => sum + each.paid, 0)
  const set = ended.reduce((sum, each) => sum + each.set, 0)
  const [money] = await sql.query<{ cap: number | null; spent: number }>(
    'update bench.run set spent = spent + $2 where run = $1 returning cap, spent',
    [run, paid],
  )
  const [elsewhere] = await sql.query<{ usd: number }>(
    'select coalesce(sum(usd), 0) as usd from bench.hold where run = $1 and worker <> $2',
    [run, worker],
  )
  const { cap, spent } = money ?? { cap: null, spent: 0 }
  const others = elsewhere?.usd ?? 0
  let taken = Math.max(0, held - set)
  const fits = asked.map(({ usd }) => {
    if (cap === null || spent + others + taken + usd <= cap) {
      taken += usd
      return true
    }
    return spent + usd > cap || others + taken === 0 ? false : undefined
  })
  await sql.query(
    `insert into bench.hold (run, worker, usd) values ($1, $2, $3)
     on conflict (run, worker) do update set usd = excluded.usd`,
    [run, worker, taken],
  )
  return { fits, spent, held: taken }
}
