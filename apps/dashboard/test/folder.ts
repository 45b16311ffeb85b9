import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRun, openBlobStore, openRunLog } from '@bench/runner'
import type { AttemptOutcome, RunPlan } from '@bench/runner/record'

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** An empty results folder that goes away again. */
export async function emptyFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'bench-dashboard-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

export interface Recorded {
  readonly run: string
  readonly created: string
  readonly dataset?: string
  /** Model id → outcome per task; fewer than the longest list leave the run partial. */
  readonly models: Readonly<Record<string, readonly AttemptOutcome[]>>
  readonly reply?: string
  readonly isolates?: boolean
}

/** Records a run as the runner does: plan, log and replies, by its own functions. */
export async function record(folder: string, { run, created, dataset, models, reply, isolates }: Recorded) {
  const ids = Object.keys(models)
  const tasks = Math.max(0, ...Object.values(models).map((list) => list.length))
  const plan: RunPlan = {
    v: 1,
    run,
    created,
    harness: '1.0.0',
    dataset: {
      name: dataset ?? 'python-tasks',
      version: '1.2.0',
      hash: 'a'.repeat(64),
      source: 'built-in',
      size: tasks,
    },
    tasks: Array.from({ length: tasks }, (_, i) => ({ id: `task-${i}`, hash: 'b'.repeat(64), chars: 100 })),
    models: ids.map((id) => ({ id })),
    repeats: 1,
    solver: 'single',
    call: {},
    sandbox: { driver: 'process', version: '1', isolates: isolates ?? true, runtimes: {}, notes: [] },
    concurrency: 2,
  }
  const { dir } = await createRun(folder, plan)
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  for (const model of ids) {
    for (const [i, outcome] of (models[model] ?? []).entries()) {
      const key = `${model} ${i}`
      const hash = await blobs.put(reply ?? `reply to ${i}`)
      const at = { started: created, ended: created, host: 'here' }
      await log.append({
        ...{ v: 1, kind: 'attempt', key, try: 1, task: `task-${i}`, model, repeat: 0, solver: 'single' },
        ...{ ...at, what: 'replied', reply: hash, difficulty: i % 2 ? 'hard' : 'easy', duration_ms: 1200 },
        cost: { usd: 0.002, source: 'test' },
        usage: { input: 100, output: 50 },
      })
      await log.append({
        ...{
          v: 1,
          kind: 'score',
          keys: [key],
          reply: hash,
          scorer: 'tests',
          scorer_version: '1',
          headline: true,
        },
        ...{ rater: 'auto', outcome, value: outcome === 'pass' ? 1 : 0, at: created, host: 'here' },
        detail: { expected: 'one', got: 'two' },
      })
    }
  }
  return dir
}
