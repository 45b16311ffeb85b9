import { defineModel } from '@bench/providers'
import { defineScorer } from '@bench/scorers'
import { expect, test } from 'vitest'
import { createRun, openGauge, type RunEvent, readRunLog } from '../src/index.js'
import { foldLines, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** A promise and what resolves it. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** A scorer that runs code, as it says, and waits for a word before each verdict. */
function slowScorer(word: Promise<void>, began: (id: string) => void) {
  return defineScorer({
    name: 'echoed',
    runsCode: true,
    async score({ task, answer }) {
      began(task.id)
      await word
      return answer.text === task.prompt
    },
  })
}

test('judging that does not end keeps no model from being asked', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(40)
  const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 2 }))
  const { opened, open } = gate()
  const judged: string[] = []
  const scorer = slowScorer(opened, (id) => judged.push(id)).create({ name: 'echoed' })
  const gauge = openGauge()
  const watch = setInterval(() => {
    if (server.total < tasks.length || gauge.waiting < 37) return
    expect(judged).toHaveLength(3)
    expect(gauge).toMatchObject({ asking: 0, judging: 3, waiting: 37 })
    expect(gauge.oldest()?.attempt.taskId).toBe(judged[0])
    clearInterval(watch)
    open()
  }, 5)
  const events = await runIn(plan, {
    ...{ dir, tasks, model: httpModel(server.url), gauge, judges: 3 },
    scorer: async () => scorer,
  })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(summarise(plan, await foldLines(readRunLog(dir)))[0]).toMatchObject({ n: 40, passed: 40 })
  expect(gauge).toMatchObject({ asking: 0, judging: 0, waiting: 0 })
})

test.each([0, -1, 1.5, Number.NaN])(
  'judging %d at once is refused: nothing would ever be judged',
  async (judges) => {
    await using out = await tempFolder()
    await using server = await modelServer()
    const tasks = echoTasks(1)
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    const scorer = slowScorer(Promise.resolve(), () => undefined).create({ name: 'echoed' })
    const running = runIn(plan, {
      ...{ dir, tasks, model: httpModel(server.url), judges },
      scorer: async () => scorer,
    })
    await expect(running).rejects.toMatchObject({
      code: 'bad_plan',
      message: `judges must be a whole number from 1, not ${judges}`,
    })
    expect(server.total).toBe(0)
  },
)

test('a provider that is slow keeps another’s models from nothing', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(30)
  const models = [{ id: 'slow:m' }, { id: 'fast:m' }]
  const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 2, models }))
  const { opened, open } = gate()
  const fast = httpModel(server.url, { id: 'fast:m' })
  const slow = httpModel(server.url, { id: 'slow:m' })
  const events = await runIn(plan, {
    ...{ dir, tasks, model: fast },
    models: [
      defineModel({
        ...slow,
        async generate(messages, options) {
          await opened
          return slow.generate(messages, options)
        },
      }),
      defineModel({
        ...fast,
        async generate(messages, options) {
          const reply = await fast.generate(messages, options)
          if (server.total === tasks.length) open()
          return reply
        },
      }),
    ],
  })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(server.total).toBe(60)
})

test('when the time is over nothing is begun any more, and what waits to be judged is kept for later', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(30)
  const { dir, plan } = await createRun(
    out.path,
    planOf(tasks, { concurrency: 2, bounds: { maxTimeMs: 1000 } }),
  )
  const { opened, open } = gate()
  const scorer = slowScorer(opened, () => undefined).create({ name: 'echoed' })
  const gauge = openGauge()
  let waited = 0
  // Verdicts come once what waited for them has been dropped.
  const watch = setInterval(() => {
    waited = Math.max(waited, gauge.waiting)
    if (waited > 0 && gauge.waiting === 0) open()
  }, 5)
  const first = await runIn(plan, {
    ...{ dir, tasks, model: httpModel(server.url), gauge, judges: 2 },
    scorer: async () => scorer,
  })
  clearInterval(watch)
  expect(first.at(-1)).toEqual({ type: 'end', reason: 'time' })
  const before = [...(await foldLines(readRunLog(dir))).rows].filter(({ outcome }) => outcome === 'pass')
  expect(before).toHaveLength(2)
  const asked = server.total
  await runIn({ ...plan, bounds: {} }, { dir, tasks, model: httpModel(server.url) })
  expect(summarise(plan, await foldLines(readRunLog(dir)))[0]).toMatchObject({ n: 30, passed: 30 })
  // What had been asked was not asked again.
  expect(server.total - asked).toBe(30 - asked)
})

test('a time that is over when everything has been made cut nothing short', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(3)
  const { dir, plan } = await createRun(out.path, planOf(tasks, { bounds: { maxTimeMs: 300 } }))
  const scorer = defineScorer({
    name: 'echoed',
    score: ({ task, answer }, { signal }) =>
      new Promise<boolean>((resolve) =>
        signal?.addEventListener('abort', () => resolve(answer.text === task.prompt), { once: true }),
      ),
  }).create({ name: 'echoed' })
  const events = await runIn(plan, {
    ...{ dir, tasks, model: httpModel(server.url) },
    scorer: async () => scorer,
  })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(summarise(plan, await foldLines(readRunLog(dir)))[0]).toMatchObject({ n: 3, passed: 3 })
})

test('so many errors end the run, and what is under way ends first', async () => {
  await using out = await tempFolder()
  await using server = await modelServer((prompt) =>
    Number(prompt.slice(4)) % 2 === 0 ? { text: prompt } : { status: 500 },
  )
  const tasks = echoTasks(60)
  const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 4, bounds: { maxErrors: 5 } }))
  const events = await runIn(plan, { dir, tasks, model: httpModel(server.url) })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'errors' })
  const { rows } = await foldLines(readRunLog(dir))
  const errors = [...rows].filter(({ outcome }) => outcome === 'infra').length
  expect(errors).toBeGreaterThanOrEqual(5)
  expect(errors).toBeLessThan(5 + 4)
  expect(rows.length).toBe(server.total)
})

test('a model is asked until its interval is narrow enough, of a random order that a resume keeps', async () => {
  await using out = await tempFolder()
  // One model knows it all, the other half: its interval takes longer to be narrow.
  await using server = await modelServer((prompt) => ({ text: prompt }))
  await using half = await modelServer((prompt) => ({
    text: Number(prompt.slice(4)) % 2 === 0 ? prompt : 'no',
  }))
  const tasks = echoTasks(400)
  const models = [{ id: 'a:sure' }, { id: 'b:unsure' }]
  const { dir, plan } = await createRun(out.path, planOf(tasks, { models, untilCi: 6 }))
  const given = {
    ...{ dir, tasks, model: httpModel(server.url) },
    models: [httpModel(server.url, { id: 'a:sure' }), httpModel(half.url, { id: 'b:unsure' })],
  }
  const events = await runIn(plan, given)
  const told = events.filter((event) => event.type === 'enough')
  expect(told.map(({ model, n }) => [model, n])).toEqual([
    ['a:sure', 50],
    ['b:unsure', 383],
  ])
  for (const { halfWidth } of told) expect(halfWidth).toBeLessThanOrEqual(0.06)
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect([server.total, half.total]).toEqual([50, 383])
  const again = await runIn(plan, given)
  expect([server.total, half.total]).toEqual([50, 383])
  expect(kinds(again)).toEqual(kinds(events))
})

const kinds = (events: readonly RunEvent[]) =>
  events.filter(({ type }) => type === 'enough').map((event) => event.type === 'enough' && event.model)
