import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { taskHash } from '@bench/datasets'
import { withoutSecretsIn } from '@bench/providers'
import { openJudge } from '@bench/scorers'
import { completionOf } from './attempt-line.js'
import { RunnerError, refuseUnlessWhole } from './errors.js'
import { eventQueue } from './event-queue.js'
import { judgeReply, recordUnjudged, scorerSource } from './judge.js'
import { deflate } from './local/deflate.js'
import { attemptsOf, type TaskRef } from './plan.js'
import { numberTable } from './record/hash-table.js'
import type { AttemptLine, Line, ScoreLine } from './record/lines.js'
import { packing } from './record/packed.js'
import type { RunPlan } from './record/plan-file.js'
import { better } from './record/union.js'
import { type RunResult, resultOf } from './run.js'
import { keptReplyOf } from './solve/kept-answer.js'
import type { EndReason, RunDeps, RunEvent } from './spec.js'

/** What judging again needs: a run's own, but no model. */
export interface RescoreDeps
  extends Pick<RunDeps, 'tasks' | 'scorer' | 'log' | 'blobs' | 'sandbox' | 'sandboxLabel' | 'signal'> {
  /** Scorers by name or module path that judge instead of the tasks' own, the first being the headline; none for these. */
  readonly scorers?: readonly string[]
  /** Replies that are judged at once; 4 where absent. */
  readonly atOnce?: number
}

/**
 * Judges every reply of a run again, asking no model: by other scorers, or by the same as they are now. New verdicts stand beside the
 * old ones in the log, and count, being later. Holds one line of the log for each reply, packed.
 *
 * @throws RunnerError `changed_dataset` where a task is not as it was; `bad_plan` where `atOnce` is none; `storage`; what a scorer that cannot be made throws. An abort
 * ends it as `interrupted`; what was judged stays
 */
export async function* rescore(plan: RunPlan, deps: RescoreDeps): AsyncGenerator<RunEvent, RunResult> {
  const { atOnce = 4 } = deps
  refuseUnlessWhole('atOnce', atOnce)
  const replies = await repliesOf(deps.log.lines(), plan.models.length)
  const queue = eventQueue()
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const interrupt = () => stop.abort(deps.signal?.reason)
  if (deps.signal?.aborted) interrupt()
  else deps.signal?.addEventListener('abort', interrupt, { once: true })
  queue.push({ type: 'start', total: replies.size, done: 0 })
  let reason: EndReason = 'complete'
  const working = judgeEach(plan, { ...deps, atOnce }, replies, stop.signal, queue.push).then(
    () => {
      if (stop.signal.aborted) reason = 'interrupted'
      queue.push({ type: 'end', reason })
      queue.close()
    },
    (error: Error) => queue.close(error),
  )
  try {
    yield* queue.read()
  } finally {
    stop.abort(new Error('nobody follows the judging any more'))
    deps.signal?.removeEventListener('abort', interrupt)
    await working
  }
  return resultOf(plan, deps.log, reason)
}

/** Lines of replies by key. */
interface Replies {
  readonly size: number
  get(key: string): AttemptLine | undefined
}

/** The line that speaks for each key, where that is a reply. */
async function repliesOf(lines: AsyncIterable<Line>, models: number): Promise<Replies> {
  const best = packing<{ line?: AttemptLine }>(deflate)
  for await (const line of lines) {
    if (line.kind !== 'attempt' || line.reply === undefined) continue
    const held = best.open(line.key, () => ({}))
    held.line = held.line === undefined ? line : better(held.line, line)
    best.putAway(line.key)
  }
  const packed = best.seal(models)
  const places = numberTable()
  for (const [place, { line }] of packed.entries()) places.set(line!.key, place)
  return {
    size: places.size,
    get(key) {
      const place = places.get(key)
      const line = place === undefined ? undefined : packed.at(place).line
      return line?.key === key ? line : undefined
    },
  }
}

async function judgeEach(
  plan: RunPlan,
  deps: RescoreDeps & { readonly atOnce: number },
  replies: Replies,
  signal: AbortSignal,
  tell: (event: RunEvent) => void,
): Promise<void> {
  await using judge = deps.sandbox === undefined ? undefined : openJudge(deps.sandbox)
  const scorers = scorerSource(deps.scorer, deps.scorers)
  const bench = {
    boxes: { ...(deps.sandbox && { sandbox: deps.sandbox }), ...(judge && { judge }) },
    signal,
    host: hostname(),
    driver: deps.sandboxLabel,
    async record(made: ScoreLine) {
      const line = withoutSecretsIn(made)
      await deps.log.append(line)
      tell({ type: 'score', line })
    },
  }
  const pending = judged(plan, deps, replies)
  const worker = async () => {
    for (let next = await pending.next(); !next.done && !signal.aborted; next = await pending.next()) {
      const { task, line } = next.value
      const kept = await keptReplyOf(line, deps.blobs)
      const one = { key: line.key, hash: line.reply! }
      const judges = await scorers(task)
      if (kept === undefined)
        await recordUnjudged({ ...one, why: 'its reply is not in responses/ any more' }, judges, bench)
      else {
        const { text, answer } = kept
        const reply = { task, completion: completionOf(line, text), ...(answer && { answer }) }
        await judgeReply({ ...one, ...reply }, judges, bench)
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: deps.atOnce }, worker))
  await pending.return(undefined)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined && !signal.aborted) throw failed.reason
}

/** What there is to judge, tasks as the dataset has them. */
async function* judged(plan: RunPlan, deps: RescoreDeps, replies: Replies) {
  const planned = new Map<string, TaskRef>(plan.tasks.map((task) => [task.id, task]))
  for await (const task of deps.tasks()) {
    const ref = planned.get(task.id)
    if (ref === undefined) continue
    if (taskHash(task) !== ref.hash)
      throw new RunnerError(
        'changed_dataset',
        `task ${task.id} of ${plan.dataset.source} is not as it was asked: bring the file back`,
      )
    for (const { key } of attemptsOf(plan, ref)) {
      const line = replies.get(key)
      if (line !== undefined) yield { task, line }
    }
  }
}
