import type PgBoss from 'pg-boss'
import type { Database, Sql } from './database.js'
import { migrate } from './schema.js'

/** Where pg-boss keeps what is its own: apart from ours, and from another application's pg-boss. */
export const bossSchema = 'bench_jobs'

/**
 * pg-boss as we use it: its own connections and timers are ours. It is loaded here, not before.
 *
 * @throws RunnerError `queue`
 */
export async function openBoss(database: Database): Promise<PgBoss> {
  const { default: Boss } = await import('pg-boss')
  let sql: Sql = database
  const boss = new Boss({
    db: executor({ query: (text, values) => sql.query(text, values) }),
    schema: bossSchema,
    schedule: false,
    supervise: true,
    maintenanceIntervalSeconds: 60,
    deleteAfterDays: 1,
  })
  // Of its maintenance alone: what we ask of it tells us by itself.
  boss.on('error', () => undefined)
  await migrate(database, async (own) => {
    sql = own
    await boss.start()
    sql = database
  })
  return boss
}

/** Has pg-boss do its work inside a transaction of ours. */
export function executor(sql: Sql): PgBoss.Db {
  return {
    executeSql: async (text, values) => ({ rows: [...(await sql.query<object>(text, values))] }),
  }
}
