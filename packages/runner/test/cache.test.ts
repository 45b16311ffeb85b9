import { type Model, replyCache } from '@bench/providers'
import { expect, test } from 'vitest'
import { attempts, readRunLog } from '../src/index.js'
import { type AttemptLine, foldLines, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

const tasks = echoTasks(6)

/** A model that says what it asks, as every model of a wire does. */
const asking = (url: string, more: Parameters<typeof httpModel>[1] = {}): Model =>
  httpModel(url, { ...more, question: (messages) => ({ endpoint: url, body: { messages } }) })

async function attemptLines(dir: string): Promise<AttemptLine[]> {
  const lines: AttemptLine[] = []
  for await (const line of readRunLog(dir)) if (line.kind === 'attempt') lines.push(line)
  return lines
}

const cacheOf = (path: string, only = false) => ({ replies: replyCache(path), covers: () => true, only })

test('another run pays nothing, and what its replies cost is told apart from what it paid', async () => {
  await using kept = await tempFolder()
  await using server = await modelServer()
  const plan = planOf(tasks, { repeats: 2 })
  const once = async () => {
    await using out = await tempFolder()
    await runIn(plan, { dir: out.path, tasks, model: asking(server.url), cache: cacheOf(kept.path) })
    const lines = await attemptLines(out.path)
    return { lines, summary: summarise(plan, await foldLines(readRunLog(out.path)))[0]! }
  }
  const paid = await once()
  expect(server.total).toBe(12)
  expect(paid.summary).toMatchObject({ costUsd: 0.12, passed: 12 })
  expect(paid.summary).not.toHaveProperty('cached')
  const run = { ...plan, run: 'r2' }
  await using out = await tempFolder()
  await runIn(run, { dir: out.path, tasks, model: asking(server.url), cache: cacheOf(kept.path) })
  expect(server.total).toBe(12)
  for (const line of await attemptLines(out.path)) {
    expect(line).toMatchObject({
      requests: 0,
      cached: 1,
      cached_usd: 0.01,
      cost: { usd: 0, source: 'cache' },
    })
    expect(line).not.toHaveProperty('possibly_billed')
  }
  const [summary] = summarise(run, await foldLines(readRunLog(out.path)))
  expect(summary).toMatchObject({ costUsd: 0.12, savedUsd: 0.12, cached: 12, passed: 12, inputTokens: 120 })
})

test('a reply that was paid for before a crash is found again, and counts as paid', async () => {
  await using kept = await tempFolder()
  await using out = await tempFolder()
  await using server = await modelServer()
  const plan = planOf(tasks)
  const cache = cacheOf(kept.path)
  // The crash came between the reply and its line.
  const keys = [...attempts(plan)].map(({ key }) => key)
  await using lost = await tempFolder()
  await runIn(plan, { dir: lost.path, tasks, model: asking(server.url), cache })
  const cutOff = new Set(keys.slice(0, 2))
  const inFlight = { cutOff, begin: () => {}, end: () => {} }
  await runIn(plan, { dir: out.path, tasks, model: asking(server.url), cache, inFlight })
  expect(server.total).toBe(6)
  const [summary] = summarise(plan, await foldLines(readRunLog(out.path)))
  expect(summary).toMatchObject({ costUsd: 0.06, unpriced: 0 })
  expect(summary).not.toHaveProperty('savedUsd')
  const [first] = await attemptLines(out.path)
  expect(first).toMatchObject({ requests: 1, cost: { usd: 0.01, source: 'config' } })
})

test('with only the cache nothing is sent or set aside, and each miss is an attempt of its own that failed', async () => {
  await using kept = await tempFolder()
  await using server = await modelServer()
  const half = planOf(tasks.slice(0, 3), { run: 'half' })
  await using out = await tempFolder()
  await runIn(half, { dir: out.path, tasks, model: asking(server.url), cache: cacheOf(kept.path) })
  const plan = planOf(tasks)
  await using only = await tempFolder()
  const none = { reserve: () => false, settle: () => {}, spent: 0 }
  const cache = cacheOf(kept.path, true)
  const events = await runIn(plan, {
    dir: only.path,
    tasks,
    model: asking(server.url),
    cache,
    budget: { ...none, reserve: (usd) => usd === 0 },
  })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(server.total).toBe(3)
  const [summary] = summarise(plan, await foldLines(readRunLog(only.path)))
  expect(summary).toMatchObject({ passed: 3, counts: { infra: 3 }, cached: 3 })
  const missed = (await attemptLines(only.path)).filter((line) => line.what === 'infra')
  for (const line of missed) expect(line).toMatchObject({ error: { code: 'cache_miss' }, requests: 0 })
})

test('a cached reply of unknown cost leaves the cost unknown', async () => {
  await using kept = await tempFolder()
  await using server = await modelServer()
  for (const run of ['r1', 'r2']) {
    await using out = await tempFolder()
    const base = asking(server.url)
    const unpriced: Model = {
      ...base,
      generate: async (...asked) => {
        const { cost: _, ...completion } = await base.generate(...asked)
        return completion
      },
    }
    const plan = planOf(tasks, { run })
    await runIn(plan, { dir: out.path, tasks, model: unpriced, cache: cacheOf(kept.path) })
    const [summary] = summarise(plan, await foldLines(readRunLog(out.path)))
    expect(summary).toMatchObject({ unpriced: 6, n: 6 })
    expect(summary).not.toHaveProperty('costUsd')
  }
  expect(server.total).toBe(6)
})
