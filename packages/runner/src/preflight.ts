import { createHash } from 'node:crypto'
import { type Task, taskHash } from '@bench/datasets'
import { type Model, provider } from '@bench/providers'
import { type Judge, openJudge, type Score } from '@bench/scorers'
import { solver } from './adapters/single.js'
import { RunnerError } from './errors.js'
import { type NamedScorer, type ScorerSource, score, scorerSource } from './judge.js'
import { recall, remember } from './local/preflight-cache.js'
import { askedOf, solverDeps } from './solve/deps.js'
import type { RunDeps } from './spec.js'

/** What is checked before money is spent on a dataset that runs code. */
export interface PreflightRequest {
  /** The chosen tasks; asked for twice. Those whose headline scorer runs no code are passed over. */
  tasks(): AsyncIterable<Task> | Iterable<Task>
  readonly scorer: RunDeps['scorer']
  readonly sandbox: NonNullable<RunDeps['sandbox']>
  /** Tasks under way; 2. */
  readonly concurrency?: number
  /** Told after each task. */
  onProgress?(done: number, total: number): void
  readonly signal?: AbortSignal
  /** A folder where a success is remembered; without it nothing is. */
  readonly cacheDir?: string
  /** What a success holds for besides tasks and scorers: the driver's name, version and runtimes. */
  readonly driver?: string
}

export interface PreflightResult {
  /** Tasks that run code, each tried with both controls. */
  readonly checked: number
  /** Those of them without a reference: only the empty reply was tried. */
  readonly withoutReference: number
  /** It was known already, for these very tasks, scorers and driver. */
  readonly cached: boolean
}

/**
 * Runs both controls over every task that runs code, on the path that every reply takes: each reference must pass
 * and the empty reply must not. A dataset, sandbox or scorer that fails this cannot tell good from bad.
 *
 * @throws RunnerError `preflight` naming the task, the control and why; an abort rejects with the signal's reason
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  const scorers = scorerSource(request.scorer)
  const found = await survey(request, scorers)
  const result = { checked: found.tasks, withoutReference: found.withoutReference }
  if (found.tasks === 0) return { ...result, cached: false }
  if (await recall(request.cacheDir, found.fingerprint)) return { ...result, cached: true }
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, ...(request.signal === undefined ? [] : [request.signal])])
  await using boxes = openJudge(request.sandbox)
  const controls: Controls = {
    oracle: await control('oracle'),
    empty: await control('null'),
    boxes,
    request,
    signal,
  }
  const tasks = codeTasks(request, scorers)
  let done = 0
  const worker = async (): Promise<void> => {
    for (let next = await tasks.next(); !next.done; next = await tasks.next()) {
      signal.throwIfAborted()
      await check(next.value, controls)
      request.onProgress?.(++done, found.tasks)
    }
  }
  const workers = Array.from({ length: request.concurrency ?? 2 }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error)
      throw error
    }),
  )
  // All of them, so that no box is still open when the first fault is told.
  await Promise.allSettled(workers)
  signal.throwIfAborted()
  await remember(request.cacheDir, found.fingerprint)
  return { ...result, cached: false }
}

interface CodeTask {
  readonly task: Task
  readonly headline: NamedScorer
}

async function* codeTasks(request: PreflightRequest, scorers: ScorerSource): AsyncGenerator<CodeTask, void> {
  for await (const task of request.tasks()) {
    if (task.error !== undefined) continue
    const [headline] = await scorers(task)
    if (headline?.scorer.runsCode) yield { task, headline }
  }
}

async function survey(request: PreflightRequest, scorers: ScorerSource) {
  const hash = createHash('sha256').update(JSON.stringify([request.sandbox.name, request.driver ?? '']))
  const counts = { tasks: 0, withoutReference: 0 }
  for await (const { task, headline } of codeTasks(request, scorers)) {
    counts.tasks++
    if (task.solution === undefined) counts.withoutReference++
    hash.update(JSON.stringify([taskHash(task), headline.scorer.name, headline.scorer.version]))
  }
  return { ...counts, fingerprint: hash.digest('hex') }
}

interface Controls {
  readonly oracle: Model
  readonly empty: Model
  readonly boxes: Judge
  readonly request: PreflightRequest
  readonly signal: AbortSignal
}

async function check({ task, headline }: CodeTask, controls: Controls): Promise<void> {
  if (task.solution !== undefined) {
    const given = await judge(task, headline, controls.oracle, controls)
    if (given.outcome !== 'pass')
      throw failed(
        task,
        `its own reference does not pass (${verdict(given)}): correct the reference or the tests`,
      )
  }
  const given = await judge(task, headline, controls.empty, controls)
  if (given.outcome === 'infra') throw failed(task, `an empty reply could not be judged (${verdict(given)})`)
  if (given.outcome === 'pass') throw failed(task, 'an empty reply passes: its tests prove nothing')
}

async function judge(
  task: Task,
  headline: NamedScorer,
  model: Model,
  { request: { sandbox }, boxes, signal }: Controls,
): Promise<Score> {
  const reference = task.solution === undefined ? {} : { reference: task.solution }
  const asked = { id: task.id, repeat: 0, ...reference }
  const call = { signal, task: asked }
  const { completions } = await solver.solve(
    askedOf(task),
    model,
    solverDeps({ task, call, options: undefined, signal }),
  )
  return score(headline, { task, completion: completions.at(-1)! }, { sandbox, judge: boxes, signal })
}

const control = async (name: string): Promise<Model> => (await provider(name)).model('', {})

function verdict({ outcome, detail }: Score): string {
  const why = detail?.error ?? detail?.message
  return typeof why === 'string' ? `${outcome}: ${why.split('\n')[0]?.slice(0, 200)}` : outcome
}

const failed = (task: Task, why: string): RunnerError =>
  new RunnerError('preflight', `task ${task.id}: ${why}, or pass --no-preflight to go on regardless`)
