import { expect, test } from 'vitest'
import { createRun, openBlobStore, openRunLog, type RunEvent } from '../../src/index.js'
import { readAddress } from '../../src/queue/address.js'
import { openDatabase } from '../../src/queue/database.js'
import { follow, openQueue, work } from '../../src/queue/index.js'
import { echoTasks, httpModel, modelServer, planOf, tempFolder } from '../world.js'
import { linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { wayTo } from './proxy.js'
import { withPostgres } from './queue-world.js'

const tasks = echoTasks(40)

withPostgres('a network that goes without a word', (postgres) => {
  for (const end of ['complete', 'interrupted'] as const)
    test(`is told to who follows, whose following is ${end} then`, async () => {
      await using out = await tempFolder()
      const url = await postgres().createDatabase()
      await using way = await wayTo(url)
      const { dir, plan } = await createRun(out.path, planOf(tasks))
      await using server = await modelServer()
      const stopping = new AbortController()
      const stop = new AbortController()
      const away: boolean[] = []
      const worker = (async () => {
        await using queue = await openQueue(url)
        const open = () => partsOf(tasks, httpModel(server.url))
        await work(queue, { open, stopping: stopping.signal })
      })()
      const events: RunEvent[] = []
      {
        await using queue = await openQueue(way.url, {
          ...{ patienceMs: 1_000, signal: stop.signal },
          onAway(now) {
            away.push(now)
            if (end === 'interrupted') stop.abort(new Error('SIGINT'))
            else way.restore()
          },
        })
        await using log = await openRunLog(dir)
        await using blobs = await openBlobStore(dir)
        for await (const event of follow(queue, plan, { log, blobs, signal: stop.signal })) {
          if (events.length === 0) way.stall()
          events.push(event)
        }
      }
      expect(events.at(-1)).toEqual({ type: 'end', reason: end })
      expect(away).toEqual(end === 'complete' ? [true, false] : [true])
      if (end === 'complete') expect(await linesIn(dir)).toHaveLength(2 * tasks.length)
      stopping.abort()
      await worker
    })

  test('is noticed on the first connection as on any other', async () => {
    await using way = await wayTo(await postgres().createDatabase())
    const stop = new AbortController()
    const onAway = () => stop.abort(new Error('away'))
    const options = { patienceMs: 1_000, signal: stop.signal, onAway }
    await using database = await openDatabase(readAddress(way.url), options)
    way.stall()
    await expect(database.query('select 1')).rejects.toMatchObject({ name: 'AbortError' })
  })
})
