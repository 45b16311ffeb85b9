import { expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { openQueue, work } from '../../src/queue/index.js'
import { foldLines, summarise } from '../../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { withPostgres } from './queue-world.js'

withPostgres('a run over a queue', (postgres) => {
  test('is made by a worker and followed into a folder', async () => {
    await using out = await tempFolder()
    await using server = await modelServer()
    const url = await postgres().createDatabase()
    const tasks = echoTasks(100)
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    const following = followIn(dir, url, plan)
    await using queue = await openQueue(url)
    const stopping = new AbortController()
    const working = work(queue, {
      open: () => partsOf(tasks, httpModel(server.url)),
      stopping: stopping.signal,
    })
    const events = await following
    stopping.abort()
    await working
    expect(events[0]).toEqual({ type: 'start', total: 100, done: 0 })
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
    const [summary] = summarise(plan, await foldLines(await linesIn(dir)))
    expect(summary).toMatchObject({ n: 100, passed: 100, costUsd: 1 })
    expect(server.total).toBe(100)
  })
})
