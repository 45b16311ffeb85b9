import { ProviderError } from '@bench/providers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openGates, queueLimiter } from '../../src/queue/limiter.js'
import { openQueue } from '../../src/queue/queue.js'
import { openSession } from '../../src/queue/session.js'
import { dealOut } from '../../src/queue/share.js'
import { withPostgres } from './queue-world.js'

test('whatever they want and in whatever order they ask, they never hold more than there is', () => {
  const step = fc.record({ worker: fc.nat(4), wanted: fc.nat(40), ended: fc.nat(40) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 60 }), (cap, steps) => {
      const rows = Array.from({ length: 5 }, () => ({ held: 0, wanted: 0, busy: 0 }))
      for (const { worker, wanted, ended } of steps) {
        const row = rows[worker]!
        row.busy = Math.max(0, row.busy - ended)
        const others = rows.filter((other) => other !== row)
        const dealt = dealOut({ cap, busy: row.busy, wanted: row.busy + wanted }, others)
        expect(dealt.held).toBeGreaterThanOrEqual(row.busy)
        Object.assign(row, {
          held: dealt.held,
          wanted: row.busy + wanted,
          busy: Math.min(dealt.held, row.busy + wanted),
        })
        expect(rows.reduce((sum, { held }) => sum + held, 0)).toBeLessThanOrEqual(cap)
      }
    }),
  )
})

test('who comes later gets an even share as soon as it is free', () => {
  const first = { held: 8, wanted: 20 }
  expect(dealOut({ cap: 8, busy: 0, wanted: 20 }, [first])).toMatchObject({ held: 0, even: 4, crowded: true })
  // One of the first's has ended: it is over its even share, and others wait.
  expect(dealOut({ cap: 8, busy: 7, wanted: 20 }, [{ held: 0, wanted: 20 }])).toMatchObject({
    held: 7,
    even: 4,
  })
  expect(dealOut({ cap: 8, busy: 0, wanted: 20 }, [{ held: 7, wanted: 20 }])).toMatchObject({ held: 1 })
})

withPostgres('lanes', (postgres) => {
  /** Limiters of so many workers, each with a session of its own. */
  async function limiters(count: number, cap: number) {
    const url = await postgres().createDatabase()
    const close: { dispose(): Promise<void> }[] = []
    const made = []
    for (let i = 0; i < count; i++) {
      const queue = await openQueue(url)
      const session = await openSession(queue.database, queue.boss, {
        graceMs: 5_000,
        onReplaced: () => undefined,
      })
      const gates = openGates(queue.database, session)
      made.push(queueLimiter(gates, cap))
      close.push({
        async dispose() {
          gates[Symbol.dispose]()
          await session[Symbol.asyncDispose]()
          await queue[Symbol.asyncDispose]()
        },
      })
    }
    return {
      made,
      async [Symbol.asyncDispose]() {
        for (const one of close) await one.dispose()
      },
    }
  }
  const request = (lane: string) => ({ lane, model: 'm', inputTokens: 1, retryDelayMs: 1 })

  for (const [cap, workers] of [
    [5, 3],
    [2, 4],
  ] as const)
    test(`${workers} workers with ${cap} at once have no more under way together, and each comes to its turn`, async () => {
      await using world = await limiters(workers, cap)
      let underWay = 0
      let peak = 0
      const calls = world.made.map(() => 0)
      const call = async (worker: number): Promise<void> => {
        const permit = await world.made[worker]!.acquire(request('lane'))
        peak = Math.max(peak, ++underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay--
        calls[worker]!++
        permit.release({})
      }
      await Promise.all(Array.from({ length: workers * 30 }, (_, i) => call(i % workers)))
      expect(peak).toBeLessThanOrEqual(cap)
      expect(calls).toEqual(world.made.map(() => 30))
    })

  test('quiet that one is asked for is kept by the others', async () => {
    await using world = await limiters(2, 4)
    const [one, two] = world.made
    const refused = await one!.acquire(request('lane'))
    const other = await two!.acquire(request('lane'))
    other.release({})
    refused.release({ error: new ProviderError('rate_limit', 'slow down', { retryAfterMs: 2_000 }) })
    // The word takes a moment; from then on the other is held back for what is left of it.
    let heldMs = 0
    while (heldMs < 300) {
      const asked = performance.now()
      const permit = await two!.acquire(request('lane'))
      heldMs = performance.now() - asked
      permit.release({})
      await new Promise((resolve) => setImmediate(resolve))
    }
  })

  test('what a dead worker held is free again', async () => {
    const url = await postgres().createDatabase()
    await using queue = await openQueue(url)
    await queue.database.query(
      "insert into bench.worker (host, pid, seen) values ('gone', 1, now() - interval '1 hour')",
    )
    await queue.database.query(
      "insert into bench.share (lane, worker, held, wanted) values ('lane', 1, 4, 4)",
    )
    await using session = await openSession(queue.database, queue.boss, {
      graceMs: 100,
      onReplaced: () => undefined,
    })
    using gates = openGates(queue.database, session)
    const permit = await queueLimiter(gates, 4).acquire(request('lane'))
    permit.release({})
    expect(await queue.database.query('select 1 from bench.worker where id = 1')).toEqual([])
  })
})
