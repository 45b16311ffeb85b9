import { expect, test } from 'vitest'
import { createRun, openBlobStore, openRunLog } from '../src/index.js'
import { judgingPool } from '../src/judging-pool.js'
import type { Line } from '../src/record/index.js'
import { watchDisk } from './disk-faults.js'
import { echoTasks, planOf, tempFolder } from './world.js'

const line: Line = {
  ...{ v: 1, kind: 'attempt', key: 'k', try: 1, task: 't', model: 'm', repeat: 0, solver: 'single' },
  ...{ what: 'infra', started: '2026-11-21T07:00:00.000Z', ended: '2026-11-21T07:00:01.000Z', host: 'h' },
}

/** What of the disk was touched, in order, while something was done. */
async function touched(doing: () => Promise<unknown>): Promise<string[]> {
  const order: string[] = []
  using _disk = await watchDisk((_, what) => {
    order.push(what)
    return undefined
  })
  await doing()
  return order
}

test('a line, a reply and a plan are acknowledged once they are synced, and not before', async () => {
  await using out = await tempFolder()
  const { dir } = await createRun(out.path, planOf(echoTasks(1)))
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  expect(await touched(() => log.append(line))).toEqual(['write', 'datasync'])
  await blobs.put('first')
  expect(await touched(() => blobs.put('second'))).toEqual(['write', 'datasync'])
  const plan = planOf(echoTasks(1), { run: 'r2' })
  // The folder's name, the draft, its new name.
  expect(await touched(() => createRun(out.path, plan))).toEqual(['sync', 'write', 'sync', 'sync'])
})

test('lines that come together share one write and one sync', async () => {
  await using out = await tempFolder()
  const { dir } = await createRun(out.path, planOf(echoTasks(1)))
  await using log = await openRunLog(dir)
  const many = () => Promise.all(Array.from({ length: 50 }, () => log.append(line)))
  expect(await touched(many)).toEqual(['write', 'datasync', 'write', 'datasync'])
})

test('a pool that is full has nobody ask on, by number and by bytes, and drops what waits', async () => {
  for (const full of [{ most: 3 }, { mostBytes: 30 }]) {
    const pool = judgingPool({ atOnce: 1, ...full })
    let finish = (): void => undefined
    const first = new Promise<void>((resolve) => {
      finish = resolve
    })
    const judged: number[] = []
    let asked = 0
    const asking = (async () => {
      for (let i = 0; i < 10; i++) {
        await pool.add({
          runsCode: true,
          lane: 'a',
          bytes: 10,
          async judge() {
            await first
            judged.push(i)
          },
        })
        asked++
      }
    })()
    for (let i = 0; i < 50; i++) await Promise.resolve()
    // One is judged, three wait, and the one who brought the last waits with it.
    expect([asked, pool.waiting]).toEqual([3, 3])
    finish()
    await asking
    await pool.idle()
    expect(judged).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const never = { runsCode: true, lane: 'a', bytes: 10, judge: () => new Promise<void>(() => undefined) }
    await pool.add(never)
    await pool.add(never)
    expect(pool.waiting).toBe(1)
    pool.drop()
    expect(pool.waiting).toBe(0)
  }
})

test('lanes take turns, and a full one holds up nobody but its own', async () => {
  const pool = judgingPool({ atOnce: 1, most: 2 })
  const judged: string[] = []
  let finish = (): void => undefined
  const first = new Promise<void>((resolve) => {
    finish = resolve
  })
  const job = (name: string) => ({
    ...{ runsCode: true, bytes: 1, lane: name[0]! },
    async judge() {
      await first
      judged.push(name)
    },
  })
  await pool.add(job('a1'))
  const more = [pool.add(job('a2')), pool.add(job('a3'))]
  await pool.add(job('b1'))
  let asked = false
  const last = Promise.all([...more, pool.add(job('b2'))]).then(() => {
    asked = true
  })
  for (let i = 0; i < 50; i++) await Promise.resolve()
  expect([pool.waiting, asked]).toEqual([4, false])
  finish()
  await last
  await pool.idle()
  expect(judged).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
})
