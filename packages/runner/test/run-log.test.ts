import { readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunLog } from '../src/index.js'
import { sampleLine, testRunLog } from '../src/testing.js'
import { tempFolder } from './world.js'

testRunLog('local', async () => {
  const dir = await tempFolder()
  return {
    open: () => openRunLog(dir.path),
    file: join(dir.path, 'results.jsonl'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  }
})

test('healing is told in bytes', async () => {
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'results.jsonl'), `${JSON.stringify(sampleLine(0))}\n{"v":1`)
  const told: number[] = []
  await using _log = await openRunLog(dir.path, { onHealed: (bytes) => told.push(bytes) })
  expect(told).toEqual([6])
})

const lockOf = (holder: object): string =>
  `${JSON.stringify({ started: '2026-01-01T00:00:00Z', ...holder })}\n`

test('the lock of a process that is no more is taken over', async () => {
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'lock'), lockOf({ pid: 2 ** 22 + 1, host: hostname() }))
  await using log = await openRunLog(dir.path)
  await log.append(sampleLine(0))
  expect(JSON.parse(await readFile(join(dir.path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid })
})

test('a lock is taken over also where who was about to do so is no more', async () => {
  await using dir = await tempFolder()
  const dead = lockOf({ pid: 2 ** 22 + 1, host: hostname() })
  for (const name of ['lock', 'lock.takeover', 'lock.takeover.takeover'])
    await writeFile(join(dir.path, name), dead)
  await using _ = await openRunLog(dir.path)
  expect((await readdir(dir.path)).sort()).toEqual(['lock', 'results.jsonl'])
})

test('a later process of the same pid does not hold an old lock', async ({ skip }) => {
  if (process.platform !== 'linux') return skip('only Linux tells when a process began')
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'lock'), lockOf({ pid: process.pid, host: hostname(), process: 'boot 1' }))
  await using _log = await openRunLog(dir.path)
})

test('a lock from another machine is never taken over, and its holder is named', async () => {
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'lock'), lockOf({ pid: 1, host: 'elsewhere' }))
  await expect(openRunLog(dir.path)).rejects.toThrow(/process 1 on elsewhere since 2026-01-01/)
})

test('of many who open at once over a dead lock, one gets it', async () => {
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'lock'), lockOf({ pid: 2 ** 22 + 1, host: hostname() }))
  const opened = await Promise.allSettled(Array.from({ length: 20 }, () => openRunLog(dir.path)))
  for (const result of opened)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'locked' })
  const logs = opened.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  expect(logs).toHaveLength(1)
  for (const log of logs) await log[Symbol.asyncDispose]()
})

test('a folder that is not there is a storage error that says so', async () => {
  await using dir = await tempFolder()
  await expect(openRunLog(join(dir.path, 'gone'))).rejects.toMatchObject({ code: 'storage' })
})
