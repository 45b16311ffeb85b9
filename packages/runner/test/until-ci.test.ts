import { expect, test } from 'vitest'
import { budget, budgetOf, createRun, type RunEvent, readRunLog } from '../src/index.js'
import { foldLines, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** Half of what it is asked is right, repeats alike. */
const half = () => modelServer((prompt) => ({ text: Number(prompt.slice(4)) % 2 === 0 ? prompt : 'no' }))
const tasks = echoTasks(300)
const request = { untilCi: 9, repeats: 2 }

const toldBy = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'enough' ? [[event.model, event.n]] : []))

test('repeats of a task are one cluster: they make no interval narrow enough', async () => {
  await using out = await tempFolder()
  await using server = await half()
  const asked: Record<number, unknown> = {}
  for (const repeats of [1, 4]) {
    const plan = planOf(tasks, { ...request, repeats, run: `r${repeats}` })
    const { dir } = await createRun(out.path, plan)
    const events = await runIn(plan, { dir, tasks, model: httpModel(server.url) })
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
    asked[repeats] = toldBy(events)[0]?.[1]
  }
  expect(Number(asked[4])).toBeGreaterThanOrEqual(4 * Number(asked[1]))
})

test('cut off anywhere, by a stop or an empty purse, it asks in the end what it would have asked', async () => {
  const ends: unknown[] = []
  for (const cut of [undefined, 1, 60, 101, 149, 'money'] as const) {
    await using out = await tempFolder()
    await using server = await half()
    const { dir, plan } = await createRun(out.path, planOf(tasks, request))
    const model = httpModel(server.url, { usd: 0.001 })
    if (cut === 'money') {
      const events = await runIn(plan, { dir, tasks, model, budget: budget(0.09) })
      expect(events.at(-1)).toEqual({ type: 'end', reason: 'budget' })
      expect(toldBy(events)).toEqual([])
    } else if (cut !== undefined) {
      const stop = new AbortController()
      let seen = 0
      const sinks = [{ write: () => void (++seen === cut && stop.abort(new Error('enough'))) }]
      const events = await runIn(plan, { dir, tasks, model, sinks, signal: stop.signal })
      expect(events.at(-1)).toEqual({ type: 'end', reason: 'interrupted' })
    }
    const events = await runIn(plan, { dir, tasks, model, budget: await budgetOf(9, readRunLog(dir)) })
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
    const [summary] = summarise(plan, await foldLines(readRunLog(dir)))
    const { n, passed, counts } = summary!
    ends.push({ n, passed, counts, told: toldBy(events) })
  }
  expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1)
})

test('a model that is stopped keeps no other from being enough, and the dataset is not read on for nobody', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  await using refusing = await modelServer(() => ({ status: 401 }))
  const models = [{ id: 'a:sure' }, { id: 'b:refused' }]
  const { dir, plan } = await createRun(out.path, planOf(tasks, { models, untilCi: 4 }))
  let readings = 0
  const counted = Object.assign([...tasks], {
    *[Symbol.iterator]() {
      readings++
      yield* tasks
    },
  })
  const events = await runIn(plan, {
    ...{ dir, tasks: counted, model: httpModel(server.url) },
    models: [httpModel(server.url, { id: 'a:sure' }), httpModel(refusing.url, { id: 'b:refused' })],
  })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'stopped' })
  expect(toldBy(events)).toEqual([['a:sure', server.total]])
  // Once for each provider.
  expect(readings).toBe(2)
})
