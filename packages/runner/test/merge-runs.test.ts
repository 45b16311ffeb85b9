import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, mergeRuns, openBlobStore, readRunLog } from '../src/index.js'
import { foldLines, planRows, summarise } from '../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

const tasks = echoTasks(6)

/** A run of its own folder, as the command makes one. */
async function made(parent: string, run: string, url: string, chosen = tasks, repeats = 1) {
  const { dir, plan } = await createRun(parent, planOf(chosen, { run, repeats }))
  await runIn(plan, { dir, tasks: chosen, model: httpModel(url) })
  return dir
}

async function resultsOf(dir: string) {
  const plan = JSON.parse(await readFile(join(dir, 'plan.json'), 'utf8'))
  const fold = await foldLines(readRunLog(dir))
  const rows = [...planRows(plan, fold.rows)].sort((a, b) => (a.key < b.key ? -1 : 1))
  const models = summarise(plan, fold)
  await using blobs = await openBlobStore(dir)
  const replies = await Promise.all(rows.map(({ reply }) => blobs.get(reply ?? '')))
  return { models, rows, replies }
}

test('halves of a dataset that were run apart become one run, in whatever order they are named', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer((prompt) => ({ text: prompt === 'say 3' ? 'no' : prompt }))
  const one = await made(dir.path, 'one', server.url, tasks.slice(0, 4))
  const other = await made(dir.path, 'other', server.url, tasks.slice(2))
  const merged = await mergeRuns([one, other], join(dir.path, 'merged'))
  const turned = await mergeRuns([other, one, one], join(dir.path, 'turned'))
  const results = await resultsOf(merged.dir)
  expect(results.models[0]).toMatchObject({ planned: 6, n: 6, passed: 5 })
  expect(results.replies).not.toContain(undefined)
  expect(await resultsOf(turned.dir)).toEqual(results)
  // What was asked twice was paid twice, and stays so.
  expect(results.models[0]?.costUsd).toBeCloseTo(0.08)
})

test('a run that is merged with itself is as it was', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const one = await made(dir.path, 'one', server.url, tasks, 2)
  const merged = await mergeRuns([one, one], join(dir.path, 'merged'))
  expect(merged.plan).toMatchObject({ run: 'merged', repeats: 2 })
  expect(await resultsOf(merged.dir)).toEqual(await resultsOf(one))
})

test('runs that asked different things are refused, and nothing is written', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const one = await made(dir.path, 'one', server.url)
  const { dir: hot } = await createRun(dir.path, planOf(tasks, { run: 'hot', call: { temperature: 1 } }))
  await expect(mergeRuns([one, hot], join(dir.path, 'merged'))).rejects.toThrow('differ in their settings')
  const own = { id: 'm', call: { temperature: 1 } }
  const other = { id: 'x' }
  const [mine, theirs] = await Promise.all([
    createRun(dir.path, planOf(tasks, { run: 'mine', models: [other, own] })),
    createRun(dir.path, planOf(tasks, { run: 'theirs', models: [{ ...own, call: {} }] })),
  ])
  await expect(mergeRuns([mine.dir, theirs.dir], join(dir.path, 'merged'))).rejects.toThrow(
    'mine and theirs differ in their settings of a model',
  )
  await expect(mergeRuns([one, join(dir.path, 'none')], join(dir.path, 'merged'))).rejects.toThrow(
    'holds no run',
  )
  await expect(mergeRuns([one], one)).rejects.toThrow('is there already')
  await expect(resultsOf(join(dir.path, 'merged'))).rejects.toThrow('ENOENT')
})

test('a merging that is stopped rejects with the reason, leaves nothing, and can be made again', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const runs = [await made(dir.path, 'one', server.url), await made(dir.path, 'two', server.url)]
  const into = join(dir.path, 'merged')
  const reason = new Error('enough')
  for (let last = 0; ; last++) {
    const stop = new AbortController()
    let looks = 0
    const throwIfAborted = () => {
      if (looks++ === last) stop.abort(reason)
      stop.signal.throwIfAborted()
    }
    const ended = await mergeRuns(runs, into, { signal: { throwIfAborted } as AbortSignal }).catch(
      (error) => error,
    )
    if (ended !== reason) {
      // One look before it begins, one at each line, one before it is put in its place.
      expect({ ended, looks }).toMatchObject({ ended: { dir: into }, looks: 2 + 4 * tasks.length })
      break
    }
    expect((await readdir(dir.path)).sort()).toEqual(['one', 'two'])
  }
})

test('a place where nothing can be made is said as what it is', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const one = await made(dir.path, 'one', server.url)
  const place = join(one, 'plan.json', 'merged')
  await expect(mergeRuns([one], place)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining(`cannot create ${place}: a part of that path is a file`),
  })
})

test('records are read of runs alone; one that has not begun has none', async () => {
  await using dir = await tempFolder()
  const { dir: planned } = await createRun(dir.path, planOf(tasks))
  await expect(readRunLog(planned).next()).resolves.toMatchObject({ done: true })
  await expect(readRunLog(dir.path).next()).rejects.toMatchObject({ code: 'no_such_run' })
})
