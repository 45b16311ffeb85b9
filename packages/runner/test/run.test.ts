import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineModel, ProviderError } from '@bench/providers'
import { defineScorer } from '@bench/scorers'
import { expect, test } from 'vitest'
import { budget, errorLog, openInFlight, type RunEvent, type RunLog, readRunLog } from '../src/index.js'
import { foldLines, type Line, planRows, type RunPlan, summarise } from '../src/record/index.js'
import { echoed, echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

const summaryOf = async (plan: RunPlan, dir: string) => summarise(plan, await foldLines(readRunLog(dir)))[0]!
const endOf = (events: RunEvent[]): RunEvent | undefined => events.at(-1)
const complete = { type: 'end', reason: 'complete' }

async function linesOf(dir: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of readRunLog(dir)) lines.push(line)
  return lines
}

test('a run asks every task once, judges it and records it', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt) => ({ text: prompt === 'say 3' ? 'no' : prompt }))
  const tasks = echoTasks(10)
  const plan = planOf(tasks, { repeats: 2 })
  const events = await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })

  expect(events[0]).toEqual({ type: 'start', total: 20, done: 0 })
  expect(endOf(events)).toEqual(complete)
  expect(events.filter(({ type }) => type === 'attempt')).toHaveLength(20)
  expect([...server.calls.values()]).toEqual(Array(10).fill(2))
  expect(server.peak).toBeLessThanOrEqual(4)
  expect(await summaryOf(plan, dir.path)).toMatchObject({
    ...{ planned: 20, n: 20, tasks: 10, passed: 18, score: 0.9, costUsd: 0.2, unpriced: 0 },
    ...{ inputTokens: 200, outputTokens: 100, counts: { pass: 18, wrong_answer: 2 } },
    range: { worst: 0.9, best: 0.9 },
  })
})

test('a finished run that is resumed asks and judges nothing', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(5)
  const plan = planOf(tasks)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  const before = await readFile(join(dir.path, 'results.jsonl'), 'utf8')
  const events = await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(events).toEqual([{ type: 'start', total: 5, done: 5 }, complete])
  expect(server.total).toBe(5)
  expect(await readFile(join(dir.path, 'results.jsonl'), 'utf8')).toBe(before)
})

test('a scorer that fails is our fault, and resuming judges the reply without paying for it again', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(4)
  const plan = planOf(tasks)
  const broken = defineScorer({
    name: 'echoed',
    score: () => {
      throw new Error('out of order')
    },
  })
  const settings = { dir: dir.path, tasks, model: httpModel(server.url) }
  await runIn(plan, { ...settings, scorer: async (ref) => broken.create(ref), sinks: [errorLog(dir.path)] })
  expect(await summaryOf(plan, dir.path)).toMatchObject({
    n: 0,
    score: null,
    interval: null,
    counts: { infra: 4 },
  })
  expect(await summaryOf(plan, dir.path)).toMatchObject({ range: { worst: 0, best: 1 } })
  expect(await readFile(join(dir.path, 'errors.log'), 'utf8')).toMatch(
    /^.+ echoed \S+: echoed: out of order\n/,
  )

  await runIn(plan, settings)
  expect(server.total).toBe(4)
  expect(await summaryOf(plan, dir.path)).toMatchObject({ n: 4, score: 1 })
})

test.each([Number.NaN, -1, 2, Number.POSITIVE_INFINITY])(
  'a scorer that gives %d has given nothing',
  async (value) => {
    await using dir = await tempFolder()
    await using server = await modelServer()
    const tasks = echoTasks(1)
    const plan = planOf(tasks)
    const scorer = {
      ...echoed.create({ name: 'echoed' }),
      score: async () => ({ outcome: 'pass' as const, value }),
    }
    await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url), scorer: async () => scorer })
    expect(await summaryOf(plan, dir.path)).toMatchObject({ n: 0, counts: { infra: 1 } })
  },
)

test('a reply whose text is gone before it was judged is asked for again', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(2)
  const plan = planOf(tasks)
  const failing = { ...echoed.create({ name: 'echoed' }), score: () => Promise.reject(new Error('no')) }
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url), scorer: async () => failing })
  await rm(join(dir.path, 'responses'), { recursive: true })
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(server.total).toBe(4)
  // Both calls of each were paid, and both are counted.
  expect(await summaryOf(plan, dir.path)).toMatchObject({ n: 2, score: 1, costUsd: 0.04 })
})

test('a fault of the server leaves the denominator, and is mended by resuming', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt, asked) => {
    if (prompt === 'say 1' && asked === 1) return { status: 500 }
    if (prompt === 'say 2' && asked === 1) return { status: 408 }
    return { text: prompt }
  })
  const tasks = echoTasks(4)
  const plan = planOf(tasks)
  expect(endOf(await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) }))).toEqual(complete)
  const first = await summaryOf(plan, dir.path)
  expect(first).toMatchObject({
    n: 2,
    score: 1,
    counts: { pass: 2, infra: 1, timeout: 1 },
    range: { worst: 0.5, best: 1 },
  })
  const timedOut = (await linesOf(dir.path)).find(
    (line) => line.kind === 'attempt' && line.what === 'timeout',
  )
  expect(timedOut).toMatchObject({ possibly_billed: true, error: { code: 'timeout' } })

  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(await summaryOf(plan, dir.path)).toMatchObject({ n: 4, score: 1 })
  expect(server.total).toBe(6)
  const again = (await linesOf(dir.path)).filter((line) => line.kind === 'attempt' && line.task === 't1')
  expect(again.map((line) => line.kind === 'attempt' && line.try)).toEqual([1, 2])
})

test('a task that could not be written out is a fault with its message, and no call', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = [...echoTasks(1), { ...echoTasks(1)[0]!, id: 'bad', error: 'variable "name" is missing' }]
  const plan = planOf(tasks)
  for (let time = 0; time < 2; time++)
    await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(server.total).toBe(1)
  expect((await foldLines(readRunLog(dir.path))).rows).toContainEqual(
    expect.objectContaining({
      task: 'bad',
      outcome: 'infra',
      status: 'Failure',
      error: 'variable "name" is missing',
    }),
  )
})

test('an interrupt ends calls under way, leaves no line of them, and is resumed', async () => {
  await using dir = await tempFolder()
  const stop = new AbortController()
  let hang = true
  await using server = await modelServer((prompt, asked) => {
    if (hang && prompt === 'say 7') stop.abort(new Error('SIGINT'))
    return { text: prompt, hang: hang && prompt === 'say 7' && asked === 1 }
  })
  const tasks = echoTasks(12)
  const plan = planOf(tasks)
  {
    await using inFlight = await openInFlight(dir.path)
    const settings = { dir: dir.path, tasks, model: httpModel(server.url), signal: stop.signal, inFlight }
    expect(endOf(await runIn(plan, settings))).toEqual({ type: 'end', reason: 'interrupted' })
  }
  const rows = [...planRows(plan, (await foldLines(readRunLog(dir.path))).rows)]
  expect(rows).toHaveLength(12)
  expect(rows[7]).toMatchObject({ task: 't7', outcome: 'not_run', status: 'Skipped' })
  hang = false
  await using inFlight = await openInFlight(dir.path)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url), inFlight })
  expect(await summaryOf(plan, dir.path)).toMatchObject({ n: 12, score: 1 })
  const seventh = (await linesOf(dir.path)).find((line) => line.kind === 'attempt' && line.task === 't7')
  expect(seventh).toMatchObject({ possibly_billed: true, try: 2 })
})

test('a cap is never passed, and what it stopped is not run', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(20)
  // 1 dollar a token of output, at most 10 tokens: 10 dollars and a little are set aside for each call.
  const price = { inputPerMillion: 0, outputPerMillion: 1e6, source: 'config' }
  const plan = planOf(tasks, { models: [{ id: 'test:model', price }], call: { maxTokens: 10 } })
  const purse = budget(42)
  const model = httpModel(server.url, { price, usd: 8 })
  const events = await runIn(plan, { dir: dir.path, tasks, model, budget: purse })
  expect(endOf(events)).toEqual({ type: 'end', reason: 'budget' })
  expect(purse.spent).toBe(40)
  expect(server.total).toBe(5)
  expect(await summaryOf(plan, dir.path)).toMatchObject({
    n: 5,
    costUsd: 40,
    counts: { pass: 5, not_run: 15 },
  })
  await runIn(plan, { dir: dir.path, tasks, model, budget: budget(50, 40) })
  expect(server.total).toBe(6)
})

test('a cap on a model without a price is refused before anything is asked', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const { price: _, ...unpriced } = httpModel(server.url)
  const running = runIn(planOf(echoTasks(1)), {
    dir: dir.path,
    tasks: echoTasks(1),
    model: unpriced,
    budget: budget(1),
  })
  await expect(running).rejects.toThrow(/no price of test:model is known/)
  expect(server.total).toBe(0)
})

test('a refused key stops the model, not a thousand calls later', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer(() => ({ status: 401 }))
  const tasks = echoTasks(100)
  const plan = planOf(tasks)
  const events = await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(server.total).toBeLessThanOrEqual(4)
  expect(events.filter(({ type }) => type === 'stopped')).toMatchObject([
    { model: 'test:model', code: 'auth' },
  ])
  expect(endOf(events)).toEqual({ type: 'end', reason: 'stopped' })
})

test('a server that is gone is given up', async () => {
  await using dir = await tempFolder()
  const server = await modelServer()
  await server[Symbol.asyncDispose]()
  const tasks = echoTasks(100)
  const events = await runIn(planOf(tasks), { dir: dir.path, tasks, model: httpModel(server.url) })
  const asked = events.filter(({ type }) => type === 'attempt')
  expect(asked.length).toBeLessThan(20)
  expect(asked[0]).toMatchObject({ line: { what: 'infra', error: { code: 'connect' } } })
  expect(asked[0]).not.toHaveProperty('line.possibly_billed', true)
  expect(endOf(events)).toEqual({ type: 'end', reason: 'stopped' })
})

test('controls are told the task and its reference, real models never; a task’s own settings beat the plan’s', async () => {
  await using dir = await tempFolder()
  const asked: unknown[] = []
  const model = (id: string, control: boolean) =>
    defineModel({
      id,
      local: true,
      control,
      async generate(messages, { signal, ...options }) {
        asked.push({ id, ...options })
        const timing = { startedAt: new Date().toISOString(), totalMs: 1 }
        return { text: messages[0]!.content, finish: 'stop', usage: {}, timing, tries: 1, warnings: [] }
      },
    })
  const tasks = echoTasks(1, { config: { temperature: 0, model: 'other' } })
  const models = [model('real', false), model('oracle', true)]
  const plan = planOf(tasks, { models, call: { temperature: 1, maxTokens: 9 }, concurrency: 1 })
  await runIn(plan, { dir: dir.path, tasks, model: models[0]!, models })
  expect(asked).toEqual([
    { id: 'real', temperature: 0, maxTokens: 9 },
    { id: 'oracle', temperature: 0, maxTokens: 9, task: { id: 't0', repeat: 0, reference: 'say 0' } },
  ])
  const [first] = await linesOf(dir.path)
  expect(first).toMatchObject({ warnings: [expect.stringContaining('other')] })
})

test('a dataset that changed since it was planned is refused, naming the task', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const plan = planOf(echoTasks(3))
  const settings = { dir: dir.path, model: httpModel(server.url) }
  const changed = echoTasks(3).map((task) => (task.id === 't1' ? { ...task, prompt: 'else' } : task))
  await expect(runIn(plan, { ...settings, tasks: changed })).rejects.toMatchObject({
    code: 'changed_dataset',
  })
  await expect(runIn(plan, { ...settings, tasks: echoTasks(2) })).rejects.toThrow(
    /task t2 is no longer in echo.json/,
  )
})

test('a log that can be written no more stops the run with its error', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(50)
  let room = 5
  const full: RunLog = {
    async append() {
      if (room-- <= 0)
        throw Object.assign(new Error('the disk is full'), { name: 'RunnerError', code: 'storage' })
    },
    async *lines() {},
    async [Symbol.asyncDispose]() {},
  }
  const running = runIn(planOf(tasks), { dir: dir.path, tasks, model: httpModel(server.url), log: full })
  await expect(running).rejects.toThrow('the disk is full')
  expect(server.total).toBeLessThan(20)
})

test('sinks that throw or hang disturb nothing', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(5)
  const seen: Line[] = []
  const throwing = {
    write() {
      throw new Error('no')
    },
  }
  const sinks = [
    throwing,
    { write: () => new Promise<void>(() => undefined) },
    { write: (line: Line) => void seen.push(line) },
  ]
  const events = await runIn(planOf(tasks), { dir: dir.path, tasks, model: httpModel(server.url), sinks })
  expect(endOf(events)).toEqual(complete)
  expect(seen).toHaveLength(10)
})

test('an error of a model that is none of the wire is ours, and its message is kept', async () => {
  await using dir = await tempFolder()
  const model = defineModel({
    id: 'test:model',
    local: true,
    generate: (_messages, { temperature }) =>
      Promise.reject(temperature === undefined ? new TypeError('a bug') : new ProviderError('server', 'x')),
  })
  const tasks = echoTasks(1)
  await runIn(planOf(tasks), { dir: dir.path, tasks, model })
  expect((await linesOf(dir.path))[0]).toMatchObject({
    what: 'infra',
    error: { code: 'internal', message: 'a bug' },
  })
})
