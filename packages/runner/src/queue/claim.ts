import type { AttemptLine, Line } from '../record/lines.js'
import { type Progress, readProgress } from '../resume.js'
import type { EndReason } from '../spec.js'
import type { Sql } from './database.js'
import { fetchJobs, type JobData } from './jobs.js'
import { endRun, type Opened } from './queue.js'
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
export type Claims =
  | { readonly ended: EndReason }
  /** `stopped`: models of it that are asked no further. */
  | { readonly jobs: readonly Claimed[]; readonly stopped: readonly string[] }

/**
 * Takes up jobs of a run: at most so many, of all its queues alike. That a worker has them is written in the same transaction,
 * so that each is with one or with none.
 */
export async function claim(
  queue: Opened,
  { run, worker, queues, count, maxErrors }: Claim,
): Promise<Claims> {
  const { database, boss } = queue
  const state = await database.transaction(async (sql, undo) => {
    const taken: Taken[] = []
    for (const [at, { name, model, paid }] of queues.entries()) {
      const share = Math.ceil((count - taken.length) / (queues.length - at))
      if (share === 0) break
      for (const { id, data } of await fetchJobs(boss, sql, name, share))
        taken.push({ job: id, queue: name, model, data, paid })
    }
    const found = await take(sql, { run, worker, taken })
    // Over when nothing was left is no bound.
    const ended = endOf(taken.length > 0 ? found : { ...found, late: false }, maxErrors)
    const stopped = found.stopped.filter((model) => queues.some((one) => one.model === model))
    // It is rare, and then all goes back as though it had not been looked for.
    if (ended !== undefined || stopped.length > 0 || !found.alive) undo()
    return { ended, stopped, taken, found }
  })
  const { ended, stopped, found } = state
  const taken = found.alive ? state.taken : []
  if (ended !== undefined) {
    await endRun(database, run, ended)
    return { ended }
  }
  if (stopped.length > 0) {
    const left = queues.filter(({ model }) => !stopped.includes(model))
    const others =
      left.length === 0 ? { jobs: [] } : await claim(queue, { run, worker, queues: left, count, maxErrors })
    return 'ended' in others ? others : { ...others, stopped }
  }
  const cut = new Set(found.known.flatMap(({ key, body }) => (body === null ? key : [])))
  const lines = found.known.flatMap(({ body, seq }): Line[] => (body === null ? [] : [parse(body, run, seq)]))
  const progress = await readProgress(lines)
  return {
    stopped: [],
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
}

interface Taken {
  readonly job: string
  readonly queue: string
  readonly model: string
  readonly data: JobData
  readonly paid: boolean
}

/** How a run stands, and what is known of what was taken: a line, or, without one, that a call was cut off. */
interface Found {
  readonly ended: EndReason | null
  /** Who claims was not taken for dead meanwhile. */
  readonly alive: boolean
  readonly late: boolean
  readonly errors: number
  readonly stopped: readonly string[]
  readonly known: readonly { readonly key: string; readonly body: string | null; readonly seq: string }[]
}

/** Writes down who has them, and looks up all there is to know, in one trip. */
async function take(
  sql: Sql,
  { run, worker, taken }: { readonly run: string; readonly worker: number; readonly taken: readonly Taken[] },
): Promise<Found> {
  const [found] = await sql.query<Found>(
    `with me as (
       select id from bench.worker where id = $6
     ), taken as (
       insert into bench.taken (job, queue, run, key, worker, paid)
       select job, queue, $5, key, me.id, paid
       from me, unnest($1::uuid[], $2::text[], $3::text[], $4::bool[]) as t(job, queue, key, paid)
     ), known as (
       select key, body, seq::text from bench.line where run = $5 and key = any($3)
       union all select key, null, '0' from bench.cut_off where run = $5 and key = any($3)
     )
     select ended, exists (select 1 from me) as alive, coalesce(deadline < now(), false) as late, errors,
       array(select model from bench.stopped where stopped.run = run.run) as stopped,
       coalesce((select json_agg(known) from known), '[]') as known
     from bench.run where run = $5`,
    [
      taken.map(({ job }) => job),
      taken.map(({ queue }) => queue),
      taken.map(({ data }) => data.key),
      taken.map(({ paid }) => paid),
      run,
      worker,
    ],
  )
  // A run that was removed is one that somebody ended.
  return found ?? { ended: 'interrupted', alive: true, late: false, errors: 0, stopped: [], known: [] }
}

function endOf({ ended, late, errors }: Found, maxErrors = Number.POSITIVE_INFINITY): EndReason | undefined {
  if (ended !== null) return ended
  return late ? 'time' : errors >= maxErrors ? 'errors' : undefined
}

/** A reply that is there was not cut off. */
const unanswered = (line: AttemptLine | undefined): boolean => line === undefined
