import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, openRun, readRunLog } from '../src/index.js'
import { type Format, migrated } from '../src/record/versions.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** As if there had been two versions before. */
const third: Format = {
  version: 3,
  migrations: {
    1: ({ seconds, ...rest }) => ({ ...rest, ms: Number(seconds) * 1000 }),
    2: ({ ms, ...rest }) => ({ ...rest, duration: { ms } }),
  },
}

test('what is older is brought up step by step; what is of today, or none of ours, stays as it is', () => {
  const now = { v: 3, a: 'x', duration: { ms: 2000 } }
  expect(migrated({ v: 1, a: 'x', seconds: 2 }, third)).toEqual(now)
  expect(migrated({ v: 2, a: 'x', ms: 2000 }, third)).toEqual(now)
  expect(migrated(now, third)).toBe(now)
  for (const other of [null, 7, 'v', [], {}, { v: 'toString' }, { v: 0 }, { v: -1 }, { v: Number.NaN }])
    expect(migrated(other, third)).toBe(other)
  expect(() => migrated({ v: 4 }, third)).toThrow(
    'it is of version 4, and this bench reads up to 3: update bench',
  )
})

test('a log and a plan of a newer bench are refused by name, and say what to do', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(1)
  const { dir, plan } = await createRun(out.path, planOf(tasks))
  await runIn(plan, { dir, tasks, model: httpModel(server.url) })
  const log = join(dir, 'results.jsonl')
  const lines = (await readFile(log, 'utf8')).length
  await appendFile(log, '{"v":2,"kind":"vote"}\n')
  await expect(read(dir)).rejects.toMatchObject({
    code: 'bad_log',
    message: `${log}:3 cannot be read: it is of version 2, and this bench reads up to 1: update bench`,
  })
  await writeFile(log, (await readFile(log, 'utf8')).slice(0, lines))
  expect(await read(dir)).toBe(2)
  await writeFile(join(dir, 'plan.json'), JSON.stringify({ ...plan, v: 2 }))
  await expect(openRun(dir)).rejects.toMatchObject({
    code: 'bad_plan',
    message: expect.stringContaining('it is of version 2, and this bench reads up to 1: update bench'),
  })
})

async function read(dir: string): Promise<number> {
  let n = 0
  for await (const _ of readRunLog(dir)) n++
  return n
}
