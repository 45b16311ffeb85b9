import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgingPool } from '../src/judging-pool.js'
import { purse } from '../src/purse.js'

/** Lets everything go on that can. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('whatever comes in whatever order: no more at once than may, each once, nobody waits for ever', async () => {
  const step = fc.oneof(
    fc.record({
      what: fc.constant('add' as const),
      runsCode: fc.boolean(),
      lane: fc.constantFrom('a', 'b'),
      bytes: fc.integer({ min: 1, max: 10 }),
    }),
    fc.record({ what: fc.constant('end' as const), which: fc.nat(20) }),
    fc.constant({ what: 'drop' as const }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, atOnce) => {
        let waiting = 0
        const onWaiting = (now: number): void => {
          waiting = now
        }
        const pool = judgingPool({ atOnce, most: 4, mostBytes: 20, onWaiting })
        const underWay: { runsCode: boolean; end(): void }[] = []
        const begun: number[] = []
        let [adds, taken] = [0, 0]
        const endOne = (which: number): void => underWay.splice(which % underWay.length, 1)[0]?.end()
        for (const one of steps) {
          if (one.what === 'drop') pool.drop()
          else if (one.what === 'end') endOne(one.which)
          else {
            const id = adds++
            const { runsCode, lane, bytes } = one
            const judge = (): Promise<void> => {
              begun.push(id)
              return new Promise((end) => underWay.push({ runsCode, end }))
            }
            void pool.add({ runsCode, lane, bytes, judge }).then(() => taken++)
          }
          await settled()
          expect(underWay.filter(({ runsCode }) => runsCode).length).toBeLessThanOrEqual(atOnce)
          expect(waiting).toBe(pool.waiting)
        }
        const idle = pool.idle()
        while (underWay.length > 0) {
          endOne(0)
          await settled()
        }
        await idle
        expect(taken).toBe(adds)
        expect(new Set(begun).size).toBe(begun.length)
        if (!steps.some(({ what }) => what === 'drop')) expect(begun).toHaveLength(adds)
      },
    ),
    { numRuns: 200 },
  )
})

test('a full pool holds whoever adds until there is room, or what waits is dropped', async () => {
  const pool = judgingPool({ atOnce: 1, most: 1 })
  const job = { runsCode: true, lane: 'a', bytes: 1, judge: () => new Promise<void>(() => undefined) }
  await pool.add(job)
  let added = false
  const held = pool.add(job).then(() => {
    added = true
  })
  await settled()
  expect(added).toBe(false)
  pool.drop()
  await held
})

test('money that is given back while a budget thinks is asked for again', async () => {
  const answers: ((given: boolean) => void)[] = []
  const held = purse({
    reserve: () => new Promise((resolve) => answers.push(resolve)),
    settle: () => undefined,
    spent: 0,
  })
  const first = held.take(1)
  answers.shift()?.(true)
  expect(await first).toBe(true)
  const second = held.take(1)
  held.settle(1, 0)
  answers.shift()?.(false)
  await settled()
  answers.shift()?.(true)
  expect(await second).toBe(true)
})
