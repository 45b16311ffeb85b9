import { type CallOptions, defineModel, type Model } from '@bench/providers'
import { expect, test } from 'vitest'
import {
  budget,
  createRun,
  openInFlight,
  openKeptCalls,
  type RunDeps,
  type RunEvent,
  readRunLog,
} from '../src/index.js'
import type { AttemptLine, RunPlan } from '../src/record/index.js'
import { keptModel } from '../src/solve/kept-model.js'
import { defineSolver } from '../src/solve/plugin-door.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, type Settings, tempFolder } from './world.js'

const linesOf = async (dir: string): Promise<AttemptLine[]> => {
  const lines: AttemptLine[] = []
  for await (const line of readRunLog(dir)) if (line.kind === 'attempt') lines.push(line)
  return lines
}

/** A session of a run, with what a process leaves of it. */
async function session(plan: RunPlan, settings: Settings): Promise<RunEvent[]> {
  await using inFlight = await openInFlight(settings.dir)
  return await runIn(plan, { ...settings, inFlight })
}

/** Holds requests back, as a limiter does, until it is too late for them. */
const holding = (model: Model, began: () => void = () => undefined): Model =>
  defineModel({
    ...model,
    async generate(messages, options: CallOptions) {
      began()
      const { noneAfter, signal } = options
      await new Promise<void>((resolve) => {
        for (const one of [noneAfter, signal]) one?.addEventListener('abort', () => resolve(), { once: true })
      })
      signal?.throwIfAborted()
      noneAfter?.throwIfAborted()
      return model.generate(messages, options)
    },
  })

test('a call that waited for money until the time was over is not sent', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(2)
  const { dir, plan } = await createRun(
    out.path,
    planOf(tasks, { concurrency: 2, bounds: { maxTimeMs: 100 } }),
  )
  const real = httpModel(server.url, { usd: 0.001 })
  const model = defineModel({
    ...real,
    // It has left already when the time is over, and knows nothing of times.
    generate: (messages, { noneAfter }) =>
      new Promise<void>((resolve) =>
        noneAfter?.addEventListener('abort', () => resolve(), { once: true }),
      ).then(() => real.generate(messages, {})),
  })
  // Room for one call at its worst.
  const events = await session(plan, { dir, tasks, model, budget: budget(0.0055) })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'time' })
  expect(server.total).toBe(1)
  expect(await linesOf(dir)).toMatchObject([{ what: 'replied' }])
  await session({ ...plan, bounds: {} }, { dir, tasks, model: real })
  expect((await linesOf(dir))[1]).toMatchObject({ what: 'replied', try: 1 })
  expect((await linesOf(dir))[1]).not.toHaveProperty('possibly_billed')
})

test('a call that was cut off is not forgotten by a session that comes too late to ask again', async () => {
  await using out = await tempFolder()
  await using server = await modelServer(() => ({ hang: true }))
  const tasks = echoTasks(1)
  const { dir, plan } = await createRun(out.path, planOf(tasks))
  const stop = new AbortController()
  const model = defineModel({
    ...httpModel(server.url),
    generate(messages, options) {
      setImmediate(() => stop.abort(new Error('enough')))
      return httpModel(server.url).generate(messages, options)
    },
  })
  await session(plan, { dir, tasks, model, signal: stop.signal })
  const late = await session(
    { ...plan, bounds: { maxTimeMs: 50 } },
    { dir, tasks, model: holding(httpModel(server.url)) },
  )
  expect(late.at(-1)).toEqual({ type: 'end', reason: 'time' })
  expect(await linesOf(dir)).toEqual([])
  await using answering = await modelServer()
  await session(plan, { dir, tasks, model: httpModel(answering.url) })
  expect(await linesOf(dir)).toMatchObject([{ what: 'replied', try: 2, possibly_billed: true }])
})

test('a solver of one’s own that goes on when it is too late, or passes no signal on, brings no answer', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(1)
  const plan = planOf(tasks, { solver: 'twice', bounds: { maxTimeMs: 100 } })
  const { dir } = await createRun(out.path, plan)
  let calls = 0
  const real = httpModel(server.url)
  const model = defineModel({
    ...real,
    generate: (messages, options) =>
      calls++ === 0 ? real.generate(messages, options) : holding(real).generate(messages, options),
  })
  const solver = defineSolver({
    name: 'twice',
    description: 'asks again, and makes do with what it has',
    async solve({ prompt }, asked) {
      const messages = [{ role: 'user', content: prompt }] as const
      const first = await asked.generate(messages, {})
      const second = await asked.generate(messages, {}).catch(() => first)
      return { completions: [first, second] }
    },
  }) as RunDeps['solver']
  const keptCalls = openKeptCalls(dir)
  const late = await session(plan, { dir, tasks, model, solver, keptCalls })
  expect(late.at(-1)).toEqual({ type: 'end', reason: 'time' })
  expect(await linesOf(dir)).toMatchObject([{ what: 'not_run', cost: { usd: 0.01 } }])
  await session({ ...plan, bounds: {} }, { dir, tasks, model: real, solver, keptCalls })
  // The first call was paid for, and is not paid for again.
  expect(server.total).toBe(2)
  const [, line] = await linesOf(dir)
  expect(line).toMatchObject({ what: 'replied', try: 2, cached: 1, cost: { usd: 0.01 } })
})

test('a kept call is found again whatever time a session has', async () => {
  await using dir = await tempFolder()
  const kept = openKeptCalls(dir.path)
  await using server = await modelServer()
  const ask = (options: CallOptions) =>
    keptModel(httpModel(server.url), kept, 'k', 0).generate([{ role: 'user', content: 'a' }], options)
  await ask({ noneAfter: new AbortController().signal })
  await ask({})
  expect(server.total).toBe(1)
})
