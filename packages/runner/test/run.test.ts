import { expect, test } from 'vitest'
import { readRunLog } from '../src/index.js'
import { foldLines, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

test('a run asks every task once, judges it and records it', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt) => ({ text: prompt === 'say 3' ? 'no' : prompt }))
  const tasks = echoTasks(10)
  const plan = planOf(tasks, { repeats: 2 })
  const events = await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })

  expect(events[0]).toEqual({ type: 'start', total: 20, done: 0 })
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(events.filter(({ type }) => type === 'attempt')).toHaveLength(20)
  expect([...server.calls.values()]).toEqual(Array(10).fill(2))
  expect(server.peak).toBeLessThanOrEqual(4)

  const fold = await foldLines(readRunLog(dir.path))
  const [summary] = summarise(plan, fold)
  expect(summary).toMatchObject({
    planned: 20,
    n: 20,
    tasks: 10,
    passed: 18,
    score: 0.9,
    costUsd: 0.2,
    unpriced: 0,
  })
  expect(summary).toMatchObject({
    inputTokens: 200,
    outputTokens: 100,
    counts: { pass: 18, wrong_answer: 2 },
  })
})
