import { addSecret } from '@bench/providers'
import { expect, test } from 'vitest'
import type { RunLog } from '../../src/index.js'
import { queueBlobStore } from '../../src/queue/blob-store.js'
import { queueBudget } from '../../src/queue/budget.js'
import { type Opened, openQueue } from '../../src/queue/queue.js'
import { queueRunLog } from '../../src/queue/run-log.js'
import { openSession } from '../../src/queue/session.js'
import { openWriter } from '../../src/queue/writer.js'
import { testBlobStore, testBudget, testRunLog } from '../../src/testing.js'
import { withPostgres } from './queue-world.js'

/** A queue that is closed with all that was opened on it. */
async function opened(url: string) {
  const queue = await openQueue(url)
  const close: AsyncDisposable[] = []
  return {
    queue,
    close,
    async [Symbol.asyncDispose]() {
      for (const one of close) await one[Symbol.asyncDispose]()
      await queue[Symbol.asyncDispose]()
    },
  }
}

const logOf = (queue: Opened): RunLog =>
  queueRunLog(
    queue.database,
    openWriter(queue.database, queue.boss, () => 0),
    'r',
  )

withPostgres('on Postgres', (postgres) => {
  testRunLog(
    'of a queue',
    async () => {
      const world = await opened(await postgres().createDatabase())
      return {
        open: async () => logOf(world.queue),
        [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
      }
    },
    { 'a second writer is refused while the first lives': 'any number may write to it' },
  )

  testBlobStore('of a queue', async () => {
    const world = await opened(await postgres().createDatabase())
    const { database, boss } = world.queue
    return {
      open: async () =>
        queueBlobStore(
          database,
          openWriter(database, boss, () => 0),
          'r',
        ),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    }
  })

  testBudget('of a queue', async (cap) => {
    const world = await opened(await postgres().createDatabase())
    const { database, boss } = world.queue
    await database.query('insert into bench.run (run, plan, cap) values ($1, $2, $3)', ['r', '{}', cap])
    return {
      async open() {
        const session = await openSession(database, boss, { graceMs: 5_000, onReplaced: () => undefined })
        world.close.push(session)
        return queueBudget(database, 'r', session.worker, new AbortController().signal)
      },
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    }
  })

  test('a secret is taken out of what is kept', async () => {
    await using world = await opened(await postgres().createDatabase())
    const { database, boss } = world.queue
    addSecret('sk-canary-0123456789')
    const store = queueBlobStore(
      database,
      openWriter(database, boss, () => 0),
      'r',
    )
    const hash = await store.put('the key is sk-canary-0123456789!')
    expect(await store.get(hash)).toBe('the key is [redacted]!')
  })
})
