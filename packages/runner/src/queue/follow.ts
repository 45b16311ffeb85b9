import { setTimeout as sleep } from 'node:timers/promises'
import { textsOf } from '../line-texts.js'
import { attempts } from '../plan.js'
import type { Line } from '../record/lines.js'
import type { RunPlan } from '../record/plan-file.js'
import { lineHash } from '../record/union.js'
import { readProgress } from '../resume.js'
import type { BlobStore, EndReason, RecordSink, RunEvent, RunLog } from '../spec.js'
import { readReplies } from './blob-store.js'
import { leftIn, queueOf } from './jobs.js'
import { openQueuedRun } from './open-run.js'
import { endRun, type Opened, type Queue, removeQueues } from './queue.js'
import { reap } from './reap.js'
import { type Cursor, fromStart, hasLinesAfter, readLines } from './run-log.js'

export interface FollowOptions {
  /** The run's folder here: what is made anywhere is written to it, once. */
  readonly log: RunLog
  readonly blobs: BlobStore
  readonly sinks?: readonly RecordSink[]
  /** US dollars over all parts of the run; as planned where absent. */
  readonly maxCost?: number
  /** Ends the following, and not the run: workers go on. */
  readonly signal?: AbortSignal
  /** What a person should know, a line each. */
  say?(text: string): void
  /** As in `WorkOptions`. */
  readonly graceMs?: number
}

const pollMs = 200
/** Texts that are brought over in one go. */
const together = 200

/**
 * Has the workers of a queue make what of a plan is not done yet, and brings over what they make: as `run` would, but elsewhere. A run
 * that is worked on already is only followed. Ends, as `run` does, with `end`; `interrupted` says that somebody stopped
 * the run, or that this following was.
 *
 * @throws RunnerError `queue`, `storage`, `bad_plan`
 */
export async function* follow(queue: Queue, plan: RunPlan, options: FollowOptions): AsyncGenerator<RunEvent> {
  const opened = queue as Opened
  const { log } = options
  const written = new Set<number>()
  for await (const line of log.lines()) written.add(lineHash(line))
  const inQueue = new Set<number>()
  let cursor = fromStart
  const next = async (): Promise<{ fresh: Line[]; more: boolean }> => {
    const read = await readLines(opened.database, plan.run, cursor)
    const fresh = read.lines.filter((line) => {
      const hash = lineHash(line)
      inQueue.add(hash)
      if (written.has(hash)) return false
      written.add(hash)
      return true
    })
    await write(opened, plan.run, fresh, options)
    cursor = read.cursor
    return { fresh, more: read.lines.length > 0 }
  }
  try {
    while ((await next()).more);
    await openQueuedRun(opened, { plan, log, blobs: options.blobs, known: inQueue, maxCost: options.maxCost })
    inQueue.clear()
    yield await startOf(plan, log)
    const watch = watchRun(opened, plan, options)
    for (;;) {
      const { fresh, more } = await next()
      for (const line of fresh)
        yield line.kind === 'attempt' ? { type: 'attempt', line } : { type: 'score', line }
      options.signal?.throwIfAborted()
      if (more) continue
      const state = await watch(cursor)
      yield* state.events
      if (state.ended !== undefined) {
        yield { type: 'end', reason: state.ended }
        return
      }
      await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {})
    }
  } catch (error) {
    if (!options.signal?.aborted) throw error
    yield { type: 'end', reason: 'interrupted' }
  }
}

/** A reply is there before the line that names it. */
async function write(
  { database }: Opened,
  run: string,
  lines: readonly Line[],
  { log, blobs, sinks = [] }: FollowOptions,
): Promise<void> {
  const from = { get: async (hash: string) => (await readReplies(database, run, [hash])).get(hash) }
  const named = await Promise.all(lines.map((line) => (line.kind === 'attempt' ? textsOf(line, from) : [])))
  const hashes = [...new Set(named.flat())]
  for (let at = 0; at < hashes.length; at += together) {
    const texts = await readReplies(database, run, hashes.slice(at, at + together))
    await Promise.all([...texts.values()].map((text) => blobs.put(text)))
  }
  await Promise.all(lines.map((line) => log.append(line)))
  for (const line of lines) for (const sink of sinks) await sink.write(line)
}

async function startOf(plan: RunPlan, log: RunLog): Promise<RunEvent> {
  const progress = await readProgress(log.lines())
  let total = 0
  let done = 0
  for (const { key } of attempts(plan)) {
    total++
    if (progress.get(key)?.done) done++
  }
  return { type: 'start', total, done }
}

interface RunState {
  readonly events: readonly RunEvent[]
  /** Why it has ended, when all that was made is here. */
  readonly ended?: EndReason
}

/** Looks how a run stands, ends it where nothing is left, and says what a person has to know. */
function watchRun({ database, boss, label }: Opened, plan: RunPlan, options: FollowOptions) {
  const { run } = plan
  const { say = () => undefined, graceMs = 5_000 } = options
  const told = new Set<string>()
  const once = (text: string): void => {
    if (!told.has(text)) say(text)
    told.add(text)
  }

  const leftOf = async (model: string): Promise<number> =>
    leftIn(
      boss,
      queueOf(
        run,
        plan.models.findIndex(({ id }) => id === model),
      ),
    )

  return async (cursor: Cursor): Promise<RunState> => {
    await reap(database, boss, graceMs)
    const [row] = await database.query<{
      ended: EndReason | null
      late: boolean
      errors: number
      taken: number
      workers: number
    }>(
      `select ended, coalesce(deadline < now(), false) as late, errors,
         (select count(*)::int from bench.taken where taken.run = run.run) as taken,
         (select count(*)::int from bench.worker) as workers
       from bench.run where run = $1`,
      [run],
    )
    const stopped = await database.query<{ model: string; code: string; message: string }>(
      'select model, code, message from bench.stopped where run = $1',
      [run],
    )
    const events = stopped.flatMap((each): RunEvent[] => {
      const name = `stopped ${each.model}`
      if (told.has(name)) return []
      told.add(name)
      return [{ type: 'stopped', ...each }]
    })
    if (row === undefined) return { events, ended: 'interrupted' }
    let { ended } = row
    if (ended === null) {
      const isStopped = new Set(stopped.map(({ model }) => model))
      let left = 0
      let leftStopped = 0
      for (const { id } of plan.models) {
        if (isStopped.has(id)) leftStopped += await leftOf(id)
        else left += await leftOf(id)
      }
      const maxErrors = plan.bounds?.maxErrors ?? Number.POSITIVE_INFINITY
      const made = left === 0 && row.taken === 0
      if (row.errors >= maxErrors) ended = 'errors'
      // What is under way when the time is over may be the last of it.
      else if (row.late && row.taken === 0 && left + leftStopped > 0) ended = 'time'
      else if (made) ended = leftStopped > 0 ? 'stopped' : 'complete'
      if (ended !== null) await endRun(database, run, ended)
      else if (row.workers === 0)
        once(`no worker is there. Start one, on any machine: bench worker --queue ${label}`)
      else if (row.taken === 0) await tellRefusals(row.workers)
    }
    if (ended === null || row.taken > 0 || (await hasLinesAfter(database, run, cursor))) return { events }
    if (ended === 'complete') await removeQueues(database, plan)
    return { events, ended }
  }

  async function tellRefusals(workers: number): Promise<void> {
    const refused = await database.query<{
      worker: number
      model: string
      why: string
      host: string
      pid: number
    }>(
      `select worker, model, why, host, pid from bench.refusal join bench.worker on worker.id = refusal.worker
       where run = $1 order by worker, model`,
      [run],
    )
    for (const { model, why, host, pid } of refused)
      once(`worker ${pid} on ${host} takes no part${model === '' ? '' : ` in ${model}`}: ${why}`)
    const ofAll = plan.models.every(({ id }) => {
      const without = refused.filter(({ model }) => model === '' || model === id)
      return new Set(without.map(({ worker }) => worker)).size >= workers
    })
    if (ofAll) once('no worker can take part: the run waits for one that can')
  }
}
