import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { createRun } from '../src/index.js'
import type { Where } from './disk-faults.js'
import { programOf } from './program.js'
import { essence, markedIn, repliedIn, seeded } from './sameness.js'
import { echoTasks, modelServer, planOf, tempFolder } from './world.js'

/**
 * Killed with -9 at 500 seeded touches of the disk: in the run, in the resume of it, and in the resume of that. What comes of it is what
 * an undisturbed run came to, to the record.
 */

const program = programOf('killed-run')

const seed = 20261121
const points = 500
const tasks = echoTasks(9)
const concurrency = 3
const wheres: readonly Where[] = ['before', 'half', 'after']

/** Goes on with the run, to the point or to the end. @returns how many touches it took, where it came to its end */
async function go(dir: string, url: string, at: number, where: Where): Promise<number | undefined> {
  const child = spawn(process.execPath, [program, dir, url, String(at), where], {
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

async function undisturbed() {
  await using out = await tempFolder()
  await using server = await modelServer()
  const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency }))
  const touches = await go(dir, server.url, 0, 'before')
  return { touches: touches!, essence: await essence(plan, dir) }
}

test(`killed at ${points} points: nothing lost, nothing paid twice, every record as it should be`, async () => {
  const whole = await undisturbed()
  expect(whole.essence.totals).toMatchObject({ n: 9, passed: 9, costUsd: 0.09, inputTokens: 90 })
  const random = seeded(seed)
  const seen = { kills: 0, resent: 0, most: 0 }

  /** A run that is killed at most three times: each time, what is acknowledged stays. */
  async function story(): Promise<void> {
    await using out = await tempFolder()
    await using server = await modelServer()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency }))
    let replied = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const at = 1 + (random() % Math.max(1, Math.floor(whole.touches / (i + 1))))
      const calls = new Map(server.calls)
      if ((await go(dir, server.url, at, wheres[random() % 3]!)) !== undefined) break
      seen.kills++
      const now = await repliedIn(dir)
      for (const task of replied) expect(now).toContain(task)
      for (const task of replied) {
        const prompt = `say ${task.slice(1)}`
        if (server.calls.get(prompt) !== calls.get(prompt)) seen.resent++
      }
      const marked = await markedIn(dir)
      seen.most = Math.max(seen.most, marked.size - [...replied].filter((task) => marked.has(task)).length)
      replied = now
    }
    const calls = new Map(server.calls)
    expect(await go(dir, server.url, 0, 'before')).toBeDefined()
    for (const task of replied) {
      const prompt = `say ${task.slice(1)}`
      if (server.calls.get(prompt) !== calls.get(prompt)) seen.resent++
    }
    // What was asked twice is marked: it was under way when the process died.
    const twice = [...server.calls].filter(([, n]) => n > 1).map(([prompt]) => `t${prompt.slice(4)}`)
    const marked = await markedIn(dir)
    for (const task of twice) expect(marked).toContain(task)
    expect(marked.size).toBeLessThanOrEqual(3 * concurrency)
    expect(await essence(plan, dir)).toEqual(whole.essence)
  }

  const worker = async (): Promise<void> => {
    while (seen.kills < points) await story()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  console.log(
    `killed with -9 at ${seen.kills} points (seed ${seed}, ${whole.touches} touches of the disk a run): completed calls sent again ${seen.resent}, most marked possibly_billed after one kill ${seen.most}, concurrency ${concurrency}`,
  )
  expect(seen.resent).toBe(0)
  expect(seen.most).toBeLessThanOrEqual(concurrency)
}, 600_000)
