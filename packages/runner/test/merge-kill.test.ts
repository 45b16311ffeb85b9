import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, listRuns, mergeRuns, openRun } from '../src/index.js'
import { type Where, watchDisk } from './disk-faults.js'
import { programOf } from './program.js'
import { essence, seeded } from './sameness.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** A merge that is killed with -9 at its touches of the disk: the new run is there whole or not at all, and the next merge makes it. */

const program = programOf('merge-runs')

const seed = 20261128
const points = 60
const tasks = echoTasks(5)
const wheres: readonly Where[] = ['before', 'half', 'after']

/** Merges, to the point or to the end. @returns how many touches it took, where it came to its end */
async function merge(
  into: string,
  dirs: readonly string[],
  at: number,
  where: Where,
): Promise<number | undefined> {
  const child = spawn(process.execPath, [program, into, String(at), where, ...dirs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  const [code, signal] = await once(child, 'close')
  if (signal === 'SIGKILL') return undefined
  expect([code, signal]).toEqual([0, null])
  return Number(said)
}

async function twoRuns(parent: string, url: string): Promise<readonly string[]> {
  const made = async (run: string, chosen: typeof tasks) => {
    const { dir, plan } = await createRun(parent, planOf(chosen, { run }))
    await runIn(plan, { dir, tasks: chosen, model: httpModel(url) })
    return dir
  }
  return [await made('one', tasks.slice(0, 3)), await made('other', tasks.slice(2))]
}

/** What is in a folder, without what is hidden. */
const shownIn = async (dir: string) => (await readdir(dir)).filter((name) => !name.startsWith('.')).sort()

test(`killed at ${points} points and more, a merged run is whole or absent, and made by the next merge`, async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const dirs = await twoRuns(out.path, server.url)
  const before = await Promise.all(dirs.map((dir) => readFile(join(dir, 'results.jsonl'), 'utf8')))
  const touches = (await merge(join(out.path, 'undisturbed'), dirs, 0, 'before'))!
  const { plan, dir } = await openRun(join(out.path, 'undisturbed'))
  const whole = await essence(plan, dir)
  expect(whole.totals).toMatchObject({ n: 5, passed: 5 })
  await rm(dir, { recursive: true })

  // How many writes share a sync differs a little from one time to the next.
  const span = touches + 8
  const random = seeded(seed)
  const seen = { kills: 0, absent: 0, whole: 0 }
  for (let i = 0; i < span || seen.kills < points || seen.whole === 0; i++) {
    const into = join(out.path, `merged-${i}`)
    // At each touch in turn, and the next merge at any.
    let killed = (await merge(into, dirs, 1 + (i % span), wheres[random() % 3]!)) === undefined
    for (let again = 0; killed; again++) {
      seen.kills++
      const there = (await shownIn(out.path)).includes(`merged-${i}`)
      const listed = (await listRuns(out.path)).map(({ id }) => id).sort()
      expect(listed).toEqual([...(there ? [`merged-${i}`] : []), 'one', 'other'])
      if (there) {
        expect(await essence((await openRun(into)).plan, into)).toEqual(whole)
        seen.whole++
        break
      }
      seen.absent++
      const at = again === 0 ? 1 + (random() % span) : 0
      killed = (await merge(into, dirs, at, wheres[random() % 3]!)) === undefined
    }
    expect(await essence((await openRun(into)).plan, into)).toEqual(whole)
    await rm(into, { recursive: true })
    // What is hidden goes with the next merge into the same folder.
    await mergeRuns(dirs, into)
    await rm(into, { recursive: true })
    expect((await readdir(out.path)).sort()).toEqual(['one', 'other'])
  }
  expect(await Promise.all(dirs.map((dir) => readFile(join(dir, 'results.jsonl'), 'utf8')))).toEqual(before)
  expect(seen.absent).toBeGreaterThan(0)
  console.log(
    `merges killed with -9 at ${seen.kills} points (seed ${seed}, ${touches} touches of the disk a merge): absent ${seen.absent} times, whole ${seen.whole} times, half never`,
  )
}, 600_000)

test('a disk that fails, whenever it does, is told, and leaves nothing behind', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const dirs = await twoRuns(out.path, server.url)
  const into = join(out.path, 'merged')
  const totals = async () => (await essence((await openRun(into)).plan, into)).totals
  let failed = 0
  for (let at = 1; ; at++) {
    let struck = false
    const act = () => {
      struck = true
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    {
      using _disk = await watchDisk((touch) => (touch === at ? { where: 'before', act } : undefined))
      const error = await mergeRuns(dirs, into).catch((thrown: unknown) => thrown)
      if (struck) expect(error).toMatchObject({ name: 'RunnerError', code: 'storage' })
    }
    if (!struck) break
    failed++
    // Only where its name alone could not be made durable it is there, and whole.
    const left = await readdir(out.path)
    if (left.includes('merged')) expect(await totals()).toMatchObject({ n: 5, passed: 5 })
    await rm(into, { recursive: true, force: true })
    expect((await readdir(out.path)).sort()).toEqual(['one', 'other'])
  }
  expect(failed).toBeGreaterThan(20)
  expect(await totals()).toMatchObject({ n: 5, passed: 5 })
})

test('a folder that another process is making is left alone', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const dirs = await twoRuns(out.path, server.url)
  const workshop = join(out.path, '.merged.merging')
  await mkdir(workshop)
  const holder = { pid: process.pid, host: hostname(), started: '2026-11-28' }
  await writeFile(join(workshop, 'lock'), JSON.stringify(holder))
  await expect(mergeRuns(dirs, join(out.path, 'merged'))).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`is held by process ${process.pid}`),
  })
  expect(await readdir(workshop)).toEqual(['lock'])
})
