import { cp, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, openInFlight, RunnerError } from '../src/index.js'
import { type Fault, watchDisk } from './disk-faults.js'
import { essence, repliedIn } from './sameness.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** The disk is full, or broken, or takes less than it was given, at any touch of it: what is acknowledged stays, and a resume goes on. */

const tasks = echoTasks(6)
const request = { concurrency: 3 }

async function go(plan: Parameters<typeof runIn>[0], dir: string, url: string): Promise<void> {
  await using inFlight = await openInFlight(dir)
  await runIn(plan, { dir, tasks, model: httpModel(url), inFlight })
}

async function undisturbed() {
  await using out = await tempFolder()
  await using server = await modelServer()
  const { dir, plan } = await createRun(out.path, planOf(tasks, request))
  using disk = await watchDisk(() => undefined)
  await go(plan, dir, server.url)
  return { touches: disk.touches(), essence: await essence(plan, dir) }
}

const failing = (code: string): Fault['act'] => {
  const words = { ENOSPC: 'no space left on device', EIO: 'i/o error' }[code]
  return () => {
    throw Object.assign(new Error(`${code}: ${words}, write`), { code, errno: -5, syscall: 'write' })
  }
}

const faults: readonly { name: string; fault: Fault; lasting?: boolean }[] = [
  { name: 'ENOSPC', fault: { where: 'before', act: failing('ENOSPC') } },
  { name: 'ENOSPC from there on', fault: { where: 'before', act: failing('ENOSPC') }, lasting: true },
  { name: 'ENOSPC after half of a write', fault: { where: 'half', act: failing('ENOSPC') } },
  { name: 'EIO', fault: { where: 'before', act: failing('EIO') } },
  { name: 'EIO although it was done', fault: { where: 'after', act: failing('EIO') } },
  { name: 'a short write', fault: { where: 'half', act: () => undefined } },
]

test.each(faults)('$name, at every touch of the disk', async ({ name, fault, lasting = false }) => {
  const whole = await undisturbed()
  expect(whole.touches).toBeGreaterThan(30)
  let stopped = 0
  let struck = false
  const striking = {
    ...fault,
    act() {
      struck = true
      fault.act()
    },
  }
  for (let at = 1; at <= whole.touches; at++) {
    await using out = await tempFolder()
    await using server = await modelServer()
    const { dir, plan } = await createRun(out.path, planOf(tasks, request))
    struck = false
    {
      using _disk = await watchDisk((touch) =>
        touch === at || (lasting && touch > at) ? striking : undefined,
      )
      const error = await go(plan, dir, server.url).catch((thrown: unknown) => thrown)
      if (error !== undefined) {
        stopped++
        expect(error, `${name} at ${at}: ${String(error)}`).toBeInstanceOf(RunnerError)
        expect(error).toMatchObject({ code: 'storage' })
        expect(String(error)).toMatch(/what is recorded so far is safe$/)
      }
      // An error is never passed over; a short write is no error.
      expect(error !== undefined, `${name} at ${at}`).toBe(struck && name !== 'a short write')
    }
    const replied = await repliedIn(dir)
    const calls = new Map(server.calls)
    await go(plan, dir, server.url)
    for (const task of replied) {
      const prompt = `say ${task.slice(1)}`
      expect(server.calls.get(prompt), `${name} at ${at}: ${prompt} again`).toBe(calls.get(prompt))
    }
    expect(await essence(plan, dir)).toEqual(whole.essence)
  }
  console.log(`${name}: at each of ${whole.touches} touches, ${stopped} of them ended the run`)
})

test('cut at every byte of its last three records, a log is healed, and a resume makes it whole', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const { dir, plan } = await createRun(out.path, planOf(tasks, request))
  await go(plan, dir, server.url)
  const expected = await essence(plan, dir)
  const text = await readFile(join(dir, 'results.jsonl'))
  let from = text.length - 1
  for (let lines = 0; lines < 3; lines++) from = text.lastIndexOf(0x0a, from - 1)
  for (let size = from + 1; size < text.length; size++) {
    const copy = join(out.path, `cut-${size}`)
    await cp(dir, copy, { recursive: true })
    await truncate(join(copy, 'results.jsonl'), size)
    const replied = await repliedIn(copy)
    const calls = new Map(server.calls)
    await go(plan, copy, server.url)
    for (const task of replied) {
      const prompt = `say ${task.slice(1)}`
      expect(server.calls.get(prompt), `cut at ${size}: ${prompt} again`).toBe(calls.get(prompt))
    }
    expect(await essence(plan, copy)).toEqual(expected)
  }
  console.log(`cut at each of ${text.length - from - 1} bytes of the last three records`)
}, 300_000)

test('cut at every byte of its last reply, a store gives no part of it, and the reply is asked for again', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const { dir, plan } = await createRun(out.path, planOf(tasks, request))
  await go(plan, dir, server.url)
  const expected = await essence(plan, dir)
  const [log, replies] = ['results.jsonl', 'responses/replies.jsonl'].map((name) => join(dir, name))
  const text = await readFile(replies!)
  const from = text.lastIndexOf(0x0a, text.length - 2) + 1
  const lost = (JSON.parse(text.subarray(from).toString()) as { hash: string }).hash
  // As it is after a loss of power: of that reply there is no line yet.
  const kept = (await readFile(log!, 'utf8')).split('\n').filter((line) => !line.includes(lost))
  for (let size = from; size < text.length; size++) {
    const copy = join(out.path, `cut-${size}`)
    await cp(dir, copy, { recursive: true })
    await truncate(join(copy, 'responses/replies.jsonl'), size)
    await writeFile(join(copy, 'results.jsonl'), kept.join('\n'))
    const before = server.total
    await go(plan, copy, server.url)
    expect(server.total - before).toBe(1)
    expect(await essence(plan, copy)).toEqual(expected)
  }
})
