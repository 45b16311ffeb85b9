import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Task } from '@bench/datasets'
import { defineScorer } from '@bench/scorers'
import { expect, test } from 'vitest'
import { openBlobStore, openRunLog, type RunEvent, readRunLog, rescore } from '../src/index.js'
import { foldLines, type RunPlan, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

const tasks = echoTasks(8)
const generous = defineScorer({ name: 'generous', score: () => true })

async function again(
  plan: RunPlan,
  dir: string,
  more: Partial<Parameters<typeof rescore>[1]> & { all?: readonly Task[] } = {},
): Promise<RunEvent[]> {
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  const { all = tasks, ...others } = more
  const events: RunEvent[] = []
  const deps = {
    async *tasks() {
      yield* all
    },
    scorer: async () => generous.create({ name: 'generous' }),
    log,
    blobs,
    ...others,
  }
  for await (const event of rescore(plan, deps)) events.push(event)
  return events
}

const passedIn = async (plan: RunPlan, dir: string) =>
  summarise(plan, await foldLines(readRunLog(dir)))[0]?.passed

test('replies are judged again without a call, and the later verdicts count', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt) => ({ text: prompt === 'say 3' ? 'no' : prompt }))
  const plan = planOf(tasks)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  expect(await passedIn(plan, dir.path)).toBe(7)
  const events = await again(plan, dir.path)
  expect(events[0]).toEqual({ type: 'start', total: 8, done: 0 })
  expect(events.filter(({ type }) => type === 'score')).toHaveLength(8)
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  expect(server.total).toBe(8)
  expect(await passedIn(plan, dir.path)).toBe(8)
})

test('an attempt without a reply has nothing to judge, and a run that is stopped keeps what was judged', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt) =>
    prompt === 'say 3' ? { status: 400 } : { text: prompt },
  )
  const plan = planOf(tasks)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  const stop = new AbortController()
  const scorer = defineScorer({
    name: 'stopping',
    score: ({ task }) => {
      if (task.id === 't2') stop.abort(new Error('enough'))
      return false
    },
  })
  const stopped = await again(plan, dir.path, {
    scorer: async () => scorer.create({ name: 'stopping' }),
    signal: stop.signal,
    atOnce: 1,
  })
  expect(stopped[0]).toEqual({ type: 'start', total: 7, done: 0 })
  expect(stopped.at(-1)).toEqual({ type: 'end', reason: 'interrupted' })
  const judged = stopped.filter(({ type }) => type === 'score').length
  expect(judged).toBeGreaterThanOrEqual(2)
  expect(judged).toBeLessThan(7)
  expect(await passedIn(plan, dir.path)).toBe(7 - judged)
})

test.each([0, Number.NaN])(
  'judging %d at once again is refused: it would end with nothing judged',
  async (atOnce) => {
    await using dir = await tempFolder()
    await expect(again(planOf(tasks), dir.path, { atOnce })).rejects.toMatchObject({
      code: 'bad_plan',
      message: `atOnce must be a whole number from 1, not ${atOnce}`,
    })
  },
)

test('a task that is not as it was asked is refused', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const plan = planOf(tasks)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  const changed = [{ ...tasks[0]!, prompt: 'say something else' }, ...tasks.slice(1)]
  await expect(again(plan, dir.path, { all: changed })).rejects.toThrow(
    'task t0 of echo.json is not as it was asked',
  )
})

test('a reply whose text is gone is told, and keeps the verdict it has', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const plan = planOf(tasks)
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url) })
  const replies = join(dir.path, 'responses', 'replies.jsonl')
  const kept = (await readFile(replies, 'utf8')).split('\n').filter((line) => !line.includes('"say 3"'))
  await writeFile(replies, kept.join('\n'))
  const events = await again(plan, dir.path)
  const missed = events.flatMap((event) =>
    event.type === 'score' && event.line.outcome === 'infra' ? [event.line] : [],
  )
  expect(missed).toMatchObject([
    { detail: { error: 'its reply is not in responses/ any more' }, value: null },
  ])
  expect(await passedIn(plan, dir.path)).toBe(tasks.length)
})
