import { expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { openQueue, work } from '../../src/queue/index.js'
import { type AttemptLine, foldLines, summarise } from '../../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { withPostgres } from './queue-world.js'

const tasks = echoTasks(120)

withPostgres('a Postgres that goes away', (postgres) => {
  for (const [what, signal] of [
    ['is restarted', 'SIGINT'],
    ['crashes', 'SIGKILL'],
  ] as const)
    test(`and ${what} in the middle: workers and who follows wait for it, nothing is lost and nothing paid twice`, async () => {
      await using out = await tempFolder()
      const url = await postgres().createDatabase()
      const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 8 }))
      let restarted: Promise<void> | undefined
      let asked = 0
      await using server = await modelServer((text) => {
        if (++asked === 40) restarted = postgres().stop(signal).then(postgres().start)
        return { text }
      })
      const stopping = new AbortController()
      const away: boolean[] = []
      const workers = Array.from({ length: 2 }, async () => {
        await using queue = await openQueue(url, { onAway: (now) => away.push(now) })
        await work(queue, {
          open: () => partsOf(tasks, httpModel(server.url)),
          concurrency: 4,
          stopping: stopping.signal,
        })
      })
      const events = await followIn(dir, url, plan, { graceMs: 5_000 })
      await restarted
      stopping.abort()
      await Promise.all(workers)
      expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
      expect(away).toContain(true)
      const lines = await linesIn(dir)
      const replies = lines.filter(
        (line): line is AttemptLine => line.kind === 'attempt' && line.what === 'replied',
      )
      expect(new Set(replies.map(({ key }) => key)).size).toBe(tasks.length)
      const [summary] = summarise(plan, await foldLines(lines))
      expect(summary).toMatchObject({ n: 120, passed: 120, costUsd: 1.2 })
      expect(server.total).toBe(tasks.length)
    })
})
