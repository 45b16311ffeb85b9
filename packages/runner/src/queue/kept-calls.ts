import { withoutSecretsIn } from '@bench/providers'
import type { KeptCall, KeptCalls } from '../solve/spec.js'
import type { Database } from './database.js'

/** Replies of attempts whose solver asks several times, in Postgres: whoever takes an attempt up next has them. */
export function queueKeptCalls(database: Database, run: string): KeptCalls {
  return {
    async get(key, nth) {
      const [row] = await database.query<{ body: string }>(
        'select body from bench.call where run = $1 and key = $2 and nth = $3',
        [run, key, nth],
      )
      return row === undefined ? undefined : (JSON.parse(row.body) as KeptCall)
    },
    async put(key, nth, call) {
      await database.query(
        `insert into bench.call (run, key, nth, body) values ($1, $2, $3, $4)
         on conflict (run, key, nth) do update set body = excluded.body`,
        [run, key, nth, JSON.stringify(withoutSecretsIn(call))],
      )
    },
    async forget(key) {
      await database.query('delete from bench.call where run = $1 and key = $2', [run, key])
    },
  }
}
