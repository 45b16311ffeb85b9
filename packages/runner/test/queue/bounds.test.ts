import type { Model } from '@bench/providers'
import { defineScorer } from '@bench/scorers'
import { expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { type FollowOptions, openQueue, work } from '../../src/queue/index.js'
import type { Opened } from '../../src/queue/queue.js'
import { foldLines, summarise } from '../../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, type Reply, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { withPostgres } from './queue-world.js'

const tasks = echoTasks(60)

/** Worst cases of 0.1 dollars: a prompt of 5 characters or so and a reply of at most 100,000 tokens at a dollar a million. */
const call = { maxTokens: 100_000 }

withPostgres('bounds over all workers', (postgres) => {
  /** Three workers of one process each with connections of its own, until the follower ends. */
  async function made(
    reply: (prompt: string) => Reply,
    more: object,
    model: (url: string) => Model,
    sessions: readonly Partial<FollowOptions>[] = [{}],
  ) {
    await using out = await tempFolder()
    await using server = await modelServer(reply)
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 8, call, ...more }))
    const stopping = new AbortController()
    const workers = Array.from({ length: 3 }, async () => {
      await using queue = await openQueue(url)
      await work(queue, {
        open: () => partsOf(tasks, model(server.url)),
        concurrency: 4,
        stopping: stopping.signal,
      })
    })
    const reasons = []
    for (const session of sessions) {
      const events = await followIn(dir, url, plan, session)
      reasons.push(events.at(-1))
    }
    stopping.abort()
    await Promise.all(workers)
    return { reasons, server, plan, lines: await linesIn(dir) }
  }

  test('the cap is never passed, and what fits under it is asked', async () => {
    // 17 calls of 3 cents fit under 60 cents as long as what is under way, 10 cents each, fits too.
    const { reasons, server, lines } = await made(
      (text) => ({ text }),
      { maxCost: 0.6 },
      (url) => httpModel(url, { usd: 0.03 }),
    )
    expect(reasons).toEqual([{ type: 'end', reason: 'budget' }])
    const { spend } = await foldLines(lines)
    const spent = spend.get('test:model')?.costUsd ?? 0
    expect(spent).toBeCloseTo(server.total * 0.03)
    expect(spent).toBeLessThanOrEqual(0.6)
    expect(server.total).toBe(17)
  })

  test('what the cap left out is asked when there is more, and was never under way', async () => {
    const { reasons, server, lines } = await made(
      (text) => ({ text }),
      { maxCost: 0.6 },
      (url) => httpModel(url, { usd: 0.03 }),
      [{}, { maxCost: 100 }],
    )
    expect(reasons.map((reason) => reason?.type === 'end' && reason.reason)).toEqual(['budget', 'complete'])
    expect(server.total).toBe(60)
    expect(lines.filter((line) => line.kind === 'attempt' && line.possibly_billed)).toEqual([])
  })

  test('a worker that knows no price takes no part where there is a cap', async () => {
    const said: string[] = []
    const stop = new AbortController()
    const { reasons, server } = await made(
      (text) => ({ text }),
      { maxCost: 0.6 },
      (url) => ({ ...httpModel(url), price: undefined }) as unknown as Model,
      [
        {
          signal: stop.signal,
          say(text) {
            said.push(text)
            if (text.includes('no worker can take part')) stop.abort()
          },
        },
      ],
    )
    expect(reasons).toEqual([{ type: 'end', reason: 'interrupted' }])
    expect(said.join('\n')).toContain('takes no part in test:model: no price of it is known here')
    expect(server.total).toBe(0)
  })

  test('so many errors end the run for all, and a new following begins anew', async () => {
    const { reasons, lines } = await made(
      () => ({ status: 500 }),
      { bounds: { maxErrors: 5 } },
      (url) => httpModel(url),
      [{}, {}],
    )
    expect(reasons).toEqual([
      { type: 'end', reason: 'errors' },
      { type: 'end', reason: 'errors' },
    ])
    // Each session may have as many more as were under way.
    expect(lines.length).toBeGreaterThanOrEqual(10)
    expect(lines.length).toBeLessThanOrEqual(2 * (5 + 12))
  })

  test('a refused key stops its model for all', async () => {
    const { reasons, server } = await made(
      () => ({ status: 401 }),
      {},
      (url) => httpModel(url),
    )
    expect(reasons).toEqual([{ type: 'end', reason: 'stopped' }])
    expect(server.total).toBeLessThanOrEqual(12)
  })

  test('a time that is over ends the run', async () => {
    const { reasons } = await made(
      (text) => ({ text }),
      { bounds: { maxTimeMs: 1 } },
      (url) => httpModel(url),
    )
    expect(reasons).toEqual([{ type: 'end', reason: 'time' }])
  })

  test('judging that does not end is cut when the time is over: replies are kept, and judged in a later part', async () => {
    await using out = await tempFolder()
    await using server = await modelServer()
    const url = await postgres().createDatabase()
    const few = tasks.slice(0, 12)
    const bounds = { maxTimeMs: 1_000 }
    const { dir, plan } = await createRun(out.path, planOf(few, { concurrency: 4, bounds }))
    let stuck = true
    const scorer = defineScorer({
      name: 'echoed',
      runsCode: true,
      async score({ task, answer }, { signal }) {
        if (stuck) await untilAborted(signal!)
        return answer.text === task.prompt
      },
    })
    const stopping = new AbortController()
    const workers = [1, 2].map(async () => {
      await using queue = await openQueue(url)
      await work(queue, {
        async open() {
          const parts = await partsOf(few, httpModel(server.url))
          return { ...parts, scorer: async (ref) => scorer.create(ref) }
        },
        judges: 1,
        stopping: stopping.signal,
      })
    })
    const endOf = async () => (await followIn(dir, url, plan)).at(-1)
    expect(await endOf()).toEqual({ type: 'end', reason: 'time' })
    const lines = await linesIn(dir)
    expect(lines.filter(({ kind }) => kind === 'score')).toEqual([])
    expect(lines.length).toBe(server.total)
    stuck = false
    // As many parts as this machine takes.
    let end = await endOf()
    while (end?.type === 'end' && end.reason === 'time') end = await endOf()
    expect(end).toEqual({ type: 'end', reason: 'complete' })
    stopping.abort()
    await Promise.all(workers)
    const all = await linesIn(dir)
    expect(summarise(plan, await foldLines(all))[0]).toMatchObject({ n: 12, passed: 12 })
    expect(server.total).toBe(few.length)
    expect(all.filter((line) => line.kind === 'attempt' && line.possibly_billed)).toEqual([])
  })

  test('a time that is over when all was made or under way cuts nothing short', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    await using queue = await openQueue(url)
    const late = 'select 1 from bench.run where deadline < now()'
    await using server = await modelServer(async (text) => {
      while ((await (queue as Opened).database.query(late)).length === 0);
      return { text }
    })
    const few = tasks.slice(0, 4)
    const bounds = { maxTimeMs: 1_000 }
    const { dir, plan } = await createRun(out.path, planOf(few, { concurrency: 4, bounds }))
    const stopping = new AbortController()
    const worker = work(queue, { open: () => partsOf(few, httpModel(server.url)), stopping: stopping.signal })
    let end = (await followIn(dir, url, plan)).at(-1)
    while (end?.type === 'end' && end.reason === 'time' && server.total < few.length)
      end = (await followIn(dir, url, plan)).at(-1)
    expect(end).toEqual({ type: 'end', reason: 'complete' })
    stopping.abort()
    await worker
  })
})

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
