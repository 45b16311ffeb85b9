import type { AttemptLine, Line } from '../record/lines.js'
import { type Progress, readProgress } from '../resume.js'
import type { EndReason } from '../spec.js'
import { fetchJobs, type JobData } from './jobs.js'
import type { Opened } from './queue.js'
import { parse } from './run-log.js'

/** A job that a worker has taken up, and what the log has of its attempt. */
interface Claimed {
  readonly job: string
  readonly data: JobData
  readonly progress?: Progress
  /** A paid call for it was cut off when its last worker died. */
  readonly cutOff: boolean
}

export interface Claim {
  readonly run: string
  readonly worker: number
  /** Its queues, with the model of each, and whether calls of that one cost money. */
  readonly queues: readonly { readonly name: string; readonly model: string; readonly paid: boolean }[]
  readonly count: number
  /** Errors at which the run ends. */
  readonly maxErrors: number | undefined
}

/** Why nothing was claimed: the run has ended. */
export type Claims = { readonly ended: EndReason } | { readonly jobs: readonly Claimed[] }

/**
 * Takes up jobs of a run: at most so many, of all its queues alike. That a worker has them is written in the same transaction,
 * so that each is with one or with none.
 */
export function claim(
  { database, boss }: Opened,
  { run, worker, queues, count, maxErrors }: Claim,
): Promise<Claims> {
  return database.transaction(async (sql) => {
    const [state] = await sql.query<{
      ended: EndReason | null
      late: boolean
      errors: number
      stopped: string[]
    }>(
      `select ended, coalesce(deadline < now(), false) as late, errors,
         array(select model from bench.stopped where run = $1) as stopped
       from bench.run where run = $1`,
      [run],
    )
    if (state === undefined) return { ended: 'interrupted' }
    const ended =
      state.ended ??
      (state.late ? 'time' : state.errors >= (maxErrors ?? Number.POSITIVE_INFINITY) ? 'errors' : null)
    if (ended !== null) {
      await sql.query('update bench.run set ended = $2 where run = $1 and ended is null', [run, ended])
      return { ended }
    }
    const open = queues.filter(({ model }) => !state.stopped.includes(model))
    const taken: { job: string; queue: string; data: JobData; paid: boolean }[] = []
    for (const [at, { name, paid }] of open.entries()) {
      const share = Math.ceil((count - taken.length) / (open.length - at))
      if (share === 0) break
      for (const { id, data } of await fetchJobs(boss, sql, name, share))
        taken.push({ job: id, queue: name, data, paid })
    }
    if (taken.length === 0) return { jobs: [] }
    await sql.query(
      `insert into bench.taken (job, queue, run, key, worker, paid)
       select job, queue, $5, key, $6, paid from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[]) as t(job, queue, key, paid)`,
      [
        taken.map(({ job }) => job),
        taken.map(({ queue }) => queue),
        taken.map(({ data }) => data.key),
        taken.map(({ paid }) => paid),
        run,
        worker,
      ],
    )
    const keys = taken.map(({ data }) => data.key)
    // What is known of them, and which were cut off: one round trip.
    const found = await sql.query<{ key: string; body: string | null; seq: string }>(
      `select key, body, seq::text from bench.line where run = $1 and key = any($2)
       union all select key, null, '0' from bench.cut_off where run = $1 and key = any($2)`,
      [run, keys],
    )
    const cut = new Set(found.flatMap(({ key, body }) => (body === null ? key : [])))
    const lines = found.flatMap(({ body, seq }): Line[] => (body === null ? [] : [parse(body, run, seq)]))
    const progress = await readProgress(lines)
    return {
      jobs: taken.map(({ job, data }) => {
        const known = progress.get(data.key)
        return {
          job,
          data,
          ...(known !== undefined && { progress: known }),
          cutOff: cut.has(data.key) && unanswered(known?.unscored),
        }
      }),
    }
  })
}

/** A reply that is there was not cut off. */
const unanswered = (line: AttemptLine | undefined): boolean => line === undefined
