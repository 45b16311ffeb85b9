import { type Completion, defineModel } from '@bench/providers'
import { defineScorer } from '@bench/scorers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunnerError } from '../src/errors.js'
import {
  budgetOf,
  createRun,
  loadSolver,
  openBlobStore,
  openInFlight,
  openRunLog,
  type RunDeps,
  readRunLog,
  run,
} from '../src/index.js'
import { foldLines, type RunPlan, summarise } from '../src/record/index.js'
import { echoTasks, planOf, tempFolder } from './world.js'

/** What goes wrong in one session, and when: by the number of lines in the log, or of events. */
interface Trouble {
  readonly abortAt?: number | undefined
  readonly failAt?: number | undefined
  readonly leaveAt?: number | undefined
  readonly maxTimeMs?: number | undefined
  readonly maxCost?: number | undefined
  readonly maxErrors?: number | undefined
  /** Judging ends only when it is made to. */
  readonly stuck: boolean
}

const tasks = echoTasks(12)
const models = [{ id: 'p:one' }, { id: 'q:two' }]
const price = { inputPerMillion: 1, outputPerMillion: 1, source: 'config' as const }

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Answers after a turn or two, and fails now and then. */
function modelOf(id: string, asked: (prompt: string) => number) {
  return defineModel({
    id,
    price,
    async generate([message], { signal, noneAfter }): Promise<Completion> {
      await turn()
      signal?.throwIfAborted()
      noneAfter?.throwIfAborted()
      const text = message!.content as string
      const times = asked(text)
      await turn()
      signal?.throwIfAborted()
      if (times === 1 && text.endsWith('7')) throw new Error('the first time it fails')
      return {
        ...{ text, finish: 'stop', usage: { input: 1, output: 1 }, cost: { usd: 0.001, source: 'config' } },
        ...{ timing: { startedAt: '', totalMs: 1 }, tries: 1, warnings: [] },
      }
    },
  })
}

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

async function session(plan: RunPlan, dir: string, trouble: Trouble, calls: Map<string, number>) {
  const stop = new AbortController()
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  await using inFlight = await openInFlight(dir)
  let [appended, told] = [0, 0]
  const scorer = defineScorer({
    name: 'echoed',
    runsCode: true,
    score: async ({ task, answer }, { signal }) => {
      if (trouble.stuck) await untilAborted(signal)
      return answer.text === task.prompt
    },
  }).create({ name: 'echoed' })
  const asked = (id: string) => (prompt: string) => {
    const times = (calls.get(id + prompt) ?? 0) + 1
    calls.set(id + prompt, times)
    return times
  }
  const deps: RunDeps = {
    models: models.map(({ id }) => modelOf(id, asked(id))),
    async *tasks() {
      yield* tasks
    },
    solver: await loadSolver('single'),
    scorer: async () => scorer,
    log: {
      ...log,
      lines: () => log.lines(),
      async append(line) {
        appended++
        if (appended === trouble.abortAt) stop.abort(new Error('enough'))
        if (appended >= (trouble.failAt ?? Infinity)) throw new RunnerError('storage', 'the disk is full')
        await log.append(line)
      },
    },
    ...{ blobs, inFlight, judges: 1, signal: stop.signal },
    ...(trouble.maxCost !== undefined && { budget: await budgetOf(trouble.maxCost, log.lines()) }),
  }
  const { maxTimeMs, maxErrors } = trouble
  const bounds = { ...(maxTimeMs && { maxTimeMs }), ...(maxErrors && { maxErrors }) }
  try {
    for await (const event of run({ ...plan, bounds }, deps)) {
      if (++told === trouble.leaveAt) return 'left'
      if (event.type === 'end') return event.reason
    }
    return 'nothing'
  } catch (error) {
    return error
  }
}

test('whatever comes together, a run ends, loses nothing and asks nothing twice that it has', async () => {
  const at = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined })
  const trouble = fc
    .record({
      ...{ abortAt: at, failAt: at, leaveAt: at },
      maxTimeMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      maxCost: fc.option(fc.constantFrom(0.0042, 0.009, 0.02), { nil: undefined }),
      maxErrors: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
      stuck: fc.boolean(),
    })
    // What is stuck must have an end.
    .map((one) => (one.stuck ? { ...one, maxTimeMs: one.maxTimeMs ?? 30 } : one))
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { minLength: 1, maxLength: 3 }), async (troubles) => {
      await using out = await tempFolder()
      const { dir, plan } = await createRun(out.path, planOf(tasks, { models, concurrency: 3 }))
      const calls = new Map<string, number>()
      for (const one of troubles) {
        const won = new Set<string>()
        for await (const line of readRunLog(dir))
          if (line.kind === 'attempt' && line.what === 'replied')
            won.add(`${line.model}say ${line.task.slice(1)}`)
        const before = new Map(calls)
        const end = await session(plan, dir, one, calls)
        if (end instanceof Error) expect(end).toMatchObject({ code: 'storage' })
        for (const key of won) expect(calls.get(key)).toBe(before.get(key))
      }
      // What failed the first time is made again by one more.
      for (const _ of [1, 2]) expect(await session(plan, dir, { stuck: false }, calls)).toBe('complete')
      for (const summary of summarise(plan, await foldLines(readRunLog(dir))))
        expect(summary).toMatchObject({ n: tasks.length, passed: tasks.length })
    }),
    { numRuns: 60 },
  )
}, 120_000)
