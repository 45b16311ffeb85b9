import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { type AttemptLine, foldLines, summarise } from '../../src/record/index.js'
import { echoTasks, modelServer, planOf, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { processes, program, withPostgres } from './queue-world.js'

const tasks = echoTasks(150)
const concurrency = 4

withPostgres('workers that are killed', (postgres) => {
  let worker: Awaited<ReturnType<typeof program>>
  beforeAll(async () => {
    worker = await program('queue-worker')
  })
  afterAll(() => worker?.[Symbol.asyncDispose]())

  for (const kills of [[1], [5, 3], [20, 20, 20], [60, 2, 40, 1]])
    test(`after ${kills.join(', then ')} calls: nothing lost, no reply paid twice`, async () => {
      await using out = await tempFolder()
      await using workers = processes(worker.path)
      const url = await postgres().createDatabase()
      const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 8 }))
      const left = [...kills]
      let next = left.shift() ?? Number.POSITIVE_INFINITY
      await using server = await modelServer((prompt, _asked, path) => {
        if (--next === 0) {
          // The one that is just asking.
          process.kill(Number(path.slice(1)), 'SIGKILL')
          start()
          next = left.shift() ?? Number.POSITIVE_INFINITY
        }
        return { text: prompt }
      })
      const start = () => workers.start(url, server.url, String(concurrency))
      for (let i = 0; i < 3; i++) start()
      const events = await followIn(dir, url, plan)
      expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })

      const lines = await linesIn(dir)
      const replies = lines.filter(
        (line): line is AttemptLine => line.kind === 'attempt' && line.what === 'replied',
      )
      expect(replies).toHaveLength(tasks.length)
      expect(new Set(replies.map(({ task }) => task)).size).toBe(tasks.length)
      // What was asked twice is what was under way in a worker that was killed, and the log says so.
      const twice = [...server.calls].filter(([, n]) => n > 1).map(([prompt]) => `t${prompt.slice(4)}`)
      const marked = replies.filter((line) => line.possibly_billed).map(({ task }) => task)
      expect(marked).toEqual(expect.arrayContaining(twice))
      expect(marked.length).toBeGreaterThanOrEqual(kills.length)
      expect(marked.length).toBeLessThanOrEqual(concurrency * kills.length)
      const [summary] = summarise(plan, await foldLines(lines))
      expect(summary).toMatchObject({ n: 150, passed: 150, costUsd: 1.5, unpriced: 0, inputTokens: 1500 })

      const ended = workers.alive().map((child) => once(child, 'exit'))
      for (const child of workers.alive()) child.kill('SIGTERM')
      for (const each of ended) expect(await each).toEqual([0, null])
    })
})
