import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolveModel } from '@bench/providers'
import { FakeClock, LimitedProvider, sendLimited as send } from '@bench/providers/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { type Gate, openGate } from '../../src/queue/gate.js'
import { openQueue, work } from '../../src/queue/index.js'
import { partOf, queueLimiter } from '../../src/queue/limiter.js'
import type { Opened } from '../../src/queue/queue.js'
import { dealOut } from '../../src/queue/share.js'
import { foldLines, summarise } from '../../src/record/index.js'
import { echoTasks, planOf, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { withPostgres } from './queue-world.js'

/** Limiters of so many workers in time of its own, with the table of shares that Postgres would keep. */
function limiters(count: number, cap: number, clock: FakeClock) {
  const rows = Array.from({ length: count }, () => ({ held: 0, wanted: 0 }))
  const gates: Gate[] = []
  let quietUntil = Number.NEGATIVE_INFINITY
  return rows.map((row, at) => {
    gates[at] = openGate({
      clock,
      alive: () => true,
      async claim({ busy, wanted, quietMs }) {
        await clock.wait(1)
        const dealt = dealOut(
          { cap, busy, wanted },
          rows.filter((other) => other !== row),
        )
        Object.assign(row, { held: dealt.held, wanted })
        quietUntil = Math.max(quietUntil, clock.now() + quietMs)
        if (quietMs > 0) for (const gate of gates) gate.hush(quietMs)
        return { ...dealt, quietMs: Math.max(0, quietUntil - clock.now()) }
      },
    })
    return queueLimiter({ of: () => gates[at]! }, cap, clock)
  })
}

const ms = (max: number) => fc.integer({ min: 20, max })

test('what a provider leaves is divided: together they ask for little more, are served in time, and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        renewal: fc.constantFrom('refill' as const, 'window' as const),
        requests: fc.integer({ min: 10, max: 80 }),
        tokens: fc.integer({ min: 4_000, max: 20_000 }),
      }),
      fc.array(fc.record({ there: ms(300), back: ms(300), rest: ms(3_000) }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 20, max: 200 }),
      async (rules, workers, cap, count) => {
        const clock = new FakeClock()
        const provider = new LimitedProvider(rules, clock)
        const held = limiters(workers.length, cap, clock)
        const works = Array.from({ length: count }, (_, i) => ({
          ...{ model: 'm', input: 50, output: 50, worker: i % workers.length },
          ...workers[i % workers.length]!,
        }))
        const all = works.map((work) => send(held[work.worker]!, provider, clock, work))
        await clock.run()
        await Promise.all(all)
        const minutes = Math.ceil(clock.now() / 60_000)
        const perMinute = Math.min(rules.requests, rules.tokens / 100)
        expect(provider.served).toBe(count)
        expect(provider.refused).toBeLessThanOrEqual(2 * cap * minutes)
        expect(minutes).toBeLessThanOrEqual(3 * (1 + Math.ceil(count / perMinute)))
        expect(clock.pending).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
})

for (const renewal of ['refill', 'window'] as const)
  test(`four workers on 60 requests a minute (${renewal}) are refused nothing, and use what there is`, async () => {
    const clock = new FakeClock()
    const provider = new LimitedProvider({ renewal, requests: 60, tokens: 1e6 }, clock)
    const held = limiters(4, 8, clock)
    const work = { model: 'm', input: 10, output: 10, there: 10, back: 10, rest: 100 }
    const all = Array.from({ length: 480 }, (_, i) => send(held[i % 4]!, provider, clock, work))
    await clock.run()
    await Promise.all(all)
    expect(provider).toMatchObject({ served: 480, refused: 0 })
    expect(clock.now() / 60_000).toBeLessThan(8.1)
  })

test('who comes later to a lane that another keeps busy gets its turn', async () => {
  const clock = new FakeClock()
  const provider = new LimitedProvider({ renewal: 'refill', requests: 1e6, tokens: 1e9 }, clock)
  const [first, later] = limiters(2, 4, clock)
  const work = { model: 'm', input: 10, output: 10, there: 10, back: 10, rest: 10 }
  const all = Array.from({ length: 2_000 }, () => send(first!, provider, clock, work))
  const mine = clock
    .wait(1_000)
    .then(() => Promise.all(Array.from({ length: 20 }, () => send(later!, provider, clock, work))))
    .then(() => clock.now())
  await clock.run()
  await Promise.all(all)
  // The first alone has 15 seconds to do.
  expect(await mine).toBeLessThan(2_500)
})

test.each([
  ['x-ratelimit-limit-requests', '100', '25'],
  ['x-ratelimit-remaining-tokens', ' 3', '0'],
  ['anthropic-ratelimit-input-tokens-limit', '2', '1'],
  ['ratelimit-limit', '100, 100;w=60', '25, 100;w=60'],
  ['ratelimit-remaining', '40.5;w=60', '10;w=60'],
  ['x-ratelimit-limit-tokens', '0', '0'],
  ['x-ratelimit-reset-requests', '60', '60'],
  ['retry-after', '30', '30'],
  ['x-ratelimit-remaining-requests', 'many', 'many'],
  ['x-ratelimit-limit-requests', undefined, undefined],
])('of %s: %s a quarter is %s', (name, value, part) => {
  expect(partOf(() => value, 0.25)(name)).toBe(part)
})

withPostgres('what headers allow', (postgres) => {
  const tasks = echoTasks(90)
  const ids = { models: [{ id: 'openai-compatible:m' }] }

  /** A chat server that serves so many requests in each span of time, tells what is left of them, and refuses what is more. */
  async function limitedServer(most: number, spanMs: number, first = most) {
    const counts = { served: 0, refused: 0 }
    let [left, until] = [first, 0]
    const http = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { messages } = JSON.parse(Buffer.concat(chunks).toString())
      const now = performance.now()
      if (now >= until) [left, until] = [until === 0 ? first : most, now + spanMs]
      const served = left > 0
      counts[served ? 'served' : 'refused']++
      if (served) left--
      const seconds = String((until - now) / 1000)
      response.writeHead(served ? 200 : 429, {
        'content-type': 'application/json',
        'x-ratelimit-limit-requests': String(most),
        'x-ratelimit-remaining-requests': String(left),
        'x-ratelimit-reset-requests': seconds,
        ...(!served && { 'retry-after-ms': String(Math.ceil(until - now)) }),
      })
      const content = messages.at(-1).content
      response.end(
        served
          ? JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }] })
          : '{"error":{"message":"slow down","type":"rate_limit_error"}}',
      )
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
      counts,
      async [Symbol.asyncDispose]() {
        http.closeAllConnections()
        await new Promise((resolve) => http.close(resolve))
      },
    }
  }

  async function working(
    url: string,
    endpoint: string,
    stopping: AbortSignal,
    concurrency = 4,
  ): Promise<void> {
    await using queue = await openQueue(url)
    await work(queue, {
      open: async (_plan, limiter) =>
        partsOf(
          tasks,
          await resolveModel('openai-compatible:m', { endpoint, limiter, retryDelayMs: 10 }, {}),
        ),
      ...{ concurrency, stopping },
    })
  }

  test('is kept to by three workers of one account, and all is made', async () => {
    await using out = await tempFolder()
    await using server = await limitedServer(15, 1_000)
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { ...ids, concurrency: 6 }))
    const stopping = new AbortController()
    const workers = [1, 2, 3].map(() => working(url, server.url, stopping.signal))
    expect((await followIn(dir, url, plan)).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    stopping.abort()
    await Promise.all(workers)
    expect(summarise(plan, await foldLines(await linesIn(dir)))[0]).toMatchObject({ n: 90, passed: 90 })
    expect(server.counts.served).toBe(90)
    // Six at once: of what was under way before anybody was told, and no more than that for each span.
    expect(server.counts.refused).toBeLessThanOrEqual(6 * (90 / 15))
  })

  test('is told by one worker to another that has not asked yet: nobody asks before the time it was asked to wait', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    // Nothing is left at first.
    await using server = await limitedServer(1_000, 2_000, 0)
    const { dir, plan } = await createRun(out.path, planOf(tasks, { ...ids, concurrency: 16 }))
    const stopping = new AbortController()
    const following = followIn(dir, url, plan)
    const workers = [working(url, server.url, stopping.signal, 1)]
    await using queue = await openQueue(url)
    const quiet = 'select 1 from bench.lane where quiet_until > now()'
    while ((await (queue as Opened).database.query(quiet)).length === 0);
    for (let i = 0; i < 3; i++) workers.push(working(url, server.url, stopping.signal))
    expect((await following).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    stopping.abort()
    await Promise.all(workers)
    expect(server.counts).toEqual({ served: 90, refused: 1 })
  })
})
