import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ProviderError, replyCache } from '@bench/providers'
import { type BatchLifeOptions, batchLife, type Exchange, mockServer } from '@bench/providers/testing'
import { describe, expect, test } from 'vitest'
import { type BatchEvent, budget, createRun, openBatches, readRunLog } from '../src/index.js'
import { type AttemptLine, foldLines, type Line, summarise } from '../src/record/index.js'
import { type BatchApi, batchIn, batchModel, batchModels, quick } from './batch-world.js'
import { echoTasks, planOf, tempFolder } from './world.js'

const tasks = echoTasks(6)

async function world(
  api: BatchApi,
  life: BatchLifeOptions = {},
  first?: (request: { method: string; path: string }) => Exchange | undefined,
) {
  const batches = batchLife(life)
  const server = await mockServer({ answer: (request) => first?.(request) ?? batches.answer(request) })
  const out = await tempFolder()
  const planned = planOf(tasks, { models: [{ id: batchModels[api] }], batch: true })
  const { dir, plan } = await createRun(out.path, planned)
  const model = await batchModel(api, server.url)
  return {
    dir,
    plan,
    model,
    server,
    made: batches.made,
    /** Questions that were handed in, in all. */
    asked: () => batches.made.flatMap(({ items }) => items).length,
    run: (more: Partial<Parameters<typeof batchIn>[1]> = {}) => batchIn(plan, { dir, tasks, model, ...more }),
    summary: async () => summarise(plan, await foldLines(await linesOf(dir)))[0]!,
    attempts: async () => (await linesOf(dir)).filter((line): line is AttemptLine => line.kind === 'attempt'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await out[Symbol.asyncDispose]()
    },
  }
}

async function linesOf(dir: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of readRunLog(dir)) lines.push(line)
  return lines
}

const statesOf = (events: readonly { readonly type: string }[]): string[] =>
  events.flatMap((event) => (event.type === 'batch' ? (event as BatchEvent).state : []))

describe.each(['anthropic', 'openai'] as const)('a run in batches of %s', (api) => {
  test('hands its questions in once, and its replies are judged as any', async () => {
    await using at = await world(api, { looks: 3 })
    const states = statesOf(await at.run())
    expect(states).toEqual(['sent', 'working', 'working', 'fetched'])
    expect([at.made.length, at.asked()]).toEqual([1, 6])
    const [first] = await at.attempts()
    expect(first).toMatchObject({ what: 'replied', batch: at.made[0]?.id, requests: 1 })
    expect(first?.cost?.source).toMatch(/, batch$/)
    const summary = await at.summary()
    expect(summary).toMatchObject({ passed: 6, unpriced: 0 })
    // A batch takes as long as it takes: that is no latency of the model.
    expect(summary).not.toHaveProperty('p50Ms')
    // All is there: nothing more is asked.
    expect(statesOf(await at.run())).toEqual([])
    expect(at.made).toHaveLength(1)
  })

  test('splits what is too much for one batch', async () => {
    await using at = await world(api)
    const batch = { ...at.model.batch!, maxRequests: 4 }
    await at.run({ model: { ...at.model, batch } })
    expect(at.made.map(({ items }) => items.length)).toEqual([4, 2])
    expect(await at.summary()).toMatchObject({ passed: 6 })
  })

  test('splits by bytes too', async () => {
    await using at = await world(api)
    const one = Buffer.byteLength(
      at.model.batch!.line('x'.repeat(43), [{ role: 'user', content: 'say 0' }], {}),
    )
    const batch = { ...at.model.batch!, maxBytes: 2 * one }
    await at.run({ model: { ...at.model, batch } })
    expect(at.made.map(({ items }) => items.length)).toEqual([2, 2, 2])
  })

  test('puts again what failed for no fault of its own, and takes no fault for an answer', async () => {
    const times = new Map<string, number>()
    const seen = new Set<unknown>()
    await using at = await world(api, {
      end: (item) => {
        const prompt = JSON.stringify(item.body)
        if (!seen.has(item)) times.set(prompt, (times.get(prompt) ?? 0) + 1)
        seen.add(item)
        if (prompt.includes('say 1')) return times.get(prompt) === 1 ? 'error' : 'reply'
        if (prompt.includes('say 2')) return times.get(prompt) === 1 ? 'expired' : 'reply'
        if (prompt.includes('say 3')) return 'expired'
        if (prompt.includes('say 4')) return 'invalid'
        return prompt.includes('say 5') ? 'canceled' : 'reply'
      },
    })
    await at.run()
    expect(at.made.map(({ items }) => items.length)).toEqual([6, 3, 1])
    const outcomes = Object.fromEntries(
      (await at.attempts()).map((line) => [line.task, line.error?.code ?? line.what]),
    )
    expect(outcomes).toEqual({
      t0: 'replied',
      t1: 'replied',
      t2: 'replied',
      t3: 'timeout',
      t4: 'bad_request',
      t5: 'server',
    })
    // A person who resumes wants them asked once more.
    await at.run({ options: { ...quick, maxRetries: 0 } })
    expect(at.made.at(-1)?.items).toHaveLength(3)
    expect(await at.summary()).toMatchObject({ passed: 3 })
  })

  test.each([
    ['before it arrived', false],
    ['after it arrived', true],
  ])('that breaks off %s is looked for, and handed in once', async (_when, arrives) => {
    let broken = false
    const life = batchLife()
    await using at = await world(api, {}, (request) => {
      if (request.method === 'POST' && request.path.endsWith('/batches') && !broken) {
        broken = true
        if (arrives) life.answer(request as Parameters<typeof life.answer>[0])
        return { ending: 'cut' }
      }
      return life.answer(request as Parameters<typeof life.answer>[0])
    })
    const states = statesOf(await at.run())
    expect(states[0]).toBe('waiting')
    expect(states.includes('found')).toBe(arrives)
    expect(life.made).toHaveLength(1)
    expect(await at.summary()).toMatchObject({ passed: 6 })
  })

  test('is left to work when it is interrupted, and gone on with later', async () => {
    await using at = await world(api, { looks: 1_000_000 })
    const stop = new AbortController()
    const reason = new Error('SIGINT')
    const running = at.run({ signal: stop.signal })
    await at.server.received(api === 'openai' ? 5 : 4)
    stop.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(await linesOf(at.dir)).toEqual([])
    const again = new AbortController()
    const second = at.run({ signal: again.signal })
    await at.server.received(at.server.count + 3)
    again.abort(reason)
    await expect(second).rejects.toBe(reason)
    expect(at.made).toHaveLength(1)
  })

  test('waits out a server that is down, and stops for what will not pass', async () => {
    let ill = 5
    const busy: Exchange = { status: 503, body: '{"error":{"message":"busy"}}' }
    await using at = await world(api, {}, ({ method }) => (method === 'GET' && ill-- > 0 ? busy : undefined))
    const states = statesOf(await at.run())
    expect(states.filter((state) => state === 'waiting')).toHaveLength(5)
    expect(await at.summary()).toMatchObject({ passed: 6 })
    await using other = await world(api, {}, () => ({ status: 401, body: '{"error":{"message":"no"}}' }))
    const fault = await other.run().catch((error: ProviderError) => error)
    expect(fault).toMatchObject({ code: 'auth' })
    // Nothing is under way that a resumed run would wait for.
    expect(await readdir(join(other.dir, 'batches'))).toEqual([])
  })

  test('whose results the provider no longer has says so, and is not asked anew by itself', async () => {
    let gone = false
    await using at = await world(api, { looks: 1_000_000 }, ({ method, path }) =>
      gone && method === 'GET' && /batches\/\w+$/.test(path) ? { status: 404, body: '{}' } : undefined,
    )
    const stop = new AbortController()
    const running = at.run({ signal: stop.signal })
    await at.server.received(4)
    stop.abort(new Error('enough'))
    await running.catch(() => undefined)
    gone = true
    await at.run()
    expect(at.made).toHaveLength(1)
    for (const line of await at.attempts()) {
      expect(line).toMatchObject({ what: 'infra', error: { code: 'not_found' } })
    }
  })

  test('sets aside the worst that a batch may cost, and stays under the cap', async () => {
    await using at = await world(api)
    // A dollar at worst, half of it in a batch; a few cents in truth.
    const price = { inputPerMillion: 0, outputPerMillion: 1e6 / 4096, batchFactor: 0.5 }
    const model = await batchModel(api, at.server.url, { price })
    const none = await at.run({ model, budget: budget(0.4) })
    expect(at.asked()).toBe(0)
    expect(none.at(-1)).toEqual({ type: 'end', reason: 'budget' })
    expect(await at.attempts()).toEqual([])
    const money = budget(1.2)
    await at.run({ model, budget: money })
    expect(at.made.map(({ items }) => items.length)).toEqual([2, 2, 2])
    const summary = await at.summary()
    expect(summary).toMatchObject({ passed: 6 })
    expect(money.spent).toBeCloseTo(summary.costUsd ?? 0, 9)
    expect(money.reserve(1.2 - money.spent - 1e-9)).toBe(true)
  })

  test('asks in no batch what the cache has, and keeps what it brings', async () => {
    await using kept = await tempFolder()
    const cache = { replies: replyCache(kept.path), covers: () => true }
    await using at = await world(api)
    await at.run({ cache })
    expect(at.asked()).toBe(6)
    expect(await at.summary()).not.toHaveProperty('cached')
    await using other = await world(api)
    const plan = { ...other.plan, run: 'r2' }
    const model = { ...other.model, question: at.model.question! }
    await batchIn(plan, { dir: other.dir, tasks, model, cache })
    expect(other.asked()).toBe(0)
    expect(await other.summary()).toMatchObject({ passed: 6, cached: 6 })
  })

  test('holds no key in what it keeps', async () => {
    await using at = await world(api)
    await at.run()
    for (const name of await readdir(join(at.dir, 'batches')))
      expect(await readFile(join(at.dir, 'batches', name), 'utf8')).not.toContain('canary')
  })

  test('does not go on past a record it cannot read', async () => {
    await using at = await world(api)
    await at.run()
    const name = (await readdir(join(at.dir, 'batches'))).find((one) => one.endsWith('.json'))!
    await writeFile(join(at.dir, 'batches', name), '{"v":9}')
    await expect(at.run()).rejects.toMatchObject({ code: 'storage' })
  })

  test('takes a folder that it cannot read for no empty one', async () => {
    await using dir = await tempFolder()
    await writeFile(join(dir.path, 'batches'), '')
    await expect(openBatches(dir.path, 'r1')).rejects.toMatchObject({ code: 'storage' })
  })
})
