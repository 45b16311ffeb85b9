import { expect, test } from 'vitest'
import { readAddress } from '../../src/queue/address.js'
import { openQueue } from '../../src/queue/queue.js'
import { fromStart, hasLinesAfter, readLines } from '../../src/queue/run-log.js'
import { sampleLine } from '../../src/testing.js'
import { withPostgres } from './queue-world.js'

test.each([
  ['postgres://bench:s3cret-pw@db/bench', 'postgres://bench:***@db/bench'],
  ['postgresql://bench@db:5433/bench?sslmode=require', 'postgresql://bench@db:5433/bench?sslmode=require'],
  ['postgres://bench:p%40ss%2Fword@db/bench', 'postgres://bench:***@db/bench'],
  ['postgres://db/bench?user=u&password=s3cret-two', 'postgres://db/bench?user=u&password=***'],
  ['postgres://u:a:b@c@db/bench', 'postgres://u:***@db/bench'],
])('%s is shown as %s', (url, label) => {
  expect(readAddress(url).label).toBe(label)
})

test.each([
  'postgres://bench:s3cret#pw@db/bench',
  'postgres://bench:s3cret/pw@db/bench',
  'postgres://bench:s3cret?pw@db/bench',
  'postgres://bench:s3cret@#pw@db/bench',
  'postgres://bench:s3cret%pw@db/bench',
  'postgres://bench:s3cret@db:99999/bench',
])('%s cannot be read, and nothing of it is shown', (url) => {
  expect(() => readAddress(url)).toThrow(
    expect.objectContaining({ code: 'queue', message: expect.not.stringMatching(/s3cret|pw@/) }),
  )
})

test.each([
  ['postgres://db/bench?sslmode=require', 'postgres://db/bench?sslmode=verify-full'],
  ['postgres://db/bench?sslmode=disable&x=1', 'postgres://db/bench?sslmode=disable&x=1'],
  ['postgres://%2Fvar%2Frun/bench', 'postgres://%2Fvar%2Frun/bench'],
  ['postgres://bench@/bench?host=/tmp', 'postgres://bench@/bench?host=/tmp'],
])('%s is asked for as %s', (url, asked) => {
  expect(readAddress(url)).toEqual({ url: asked, label: url })
})

test('what is no Postgres is refused', () => {
  expect(() => readAddress('redis://x')).toThrow(expect.objectContaining({ code: 'queue' }))
})

withPostgres('the schema of a queue', (postgres) => {
  test('is made once by those who come first, all at once', async () => {
    const url = await postgres().createDatabase()
    const queues = await Promise.all(Array.from({ length: 6 }, () => openQueue(url)))
    for (const queue of queues) {
      expect(await queue.runs()).toEqual([])
      await queue[Symbol.asyncDispose]()
    }
  })

  test('is not made without the password that is asked for, which is told in one line', async () => {
    const url = (await postgres().createDatabase()).replace(`:${postgres().password}`, '')
    await expect(openQueue(url)).rejects.toMatchObject({
      code: 'queue_auth',
      message: expect.stringMatching(
        /^Postgres asks for a password at .*: put it into the URL, or set PGPASSWORD$/,
      ),
    })
  })

  test('of a later version is refused in one line', async () => {
    const url = await postgres().createDatabase()
    {
      await using queue = await openQueue(url)
      await queue.database.query('update bench.version set version = 99')
    }
    await expect(openQueue(url)).rejects.toMatchObject({
      code: 'queue',
      message: expect.stringMatching(
        /of a later version of bench \(99; this one knows \d+\): update bench here$/,
      ),
    })
  })

  test('gives lines to readers so that none is passed over which becomes visible late', async () => {
    await using queue = await openQueue(await postgres().createDatabase())
    const { database } = queue
    const insert = 'insert into bench.line (run, key, body) values ($1, $2, $3)'
    const values = (i: number) => ['r', `k${i}`, JSON.stringify(sampleLine(i))]
    const early = await database.connect()
    await early.query('begin')
    await early.query(insert, values(0))
    await database.query(insert, values(1))
    // The second is there, but what comes before it may yet be.
    const first = await readLines(database, 'r', fromStart)
    expect(first.lines).toEqual([])
    expect(await hasLinesAfter(database, 'r', first.cursor)).toBe(true)
    await early.query('commit')
    await early.end()
    const second = await readLines(database, 'r', first.cursor)
    expect(second.lines).toEqual([sampleLine(0), sampleLine(1)])
    expect(await hasLinesAfter(database, 'r', second.cursor)).toBe(false)
  })
})
