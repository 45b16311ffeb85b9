/** A harness that is killed outright can clean up nothing: what it ran must end by itself. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { driver } from '@bench/sandbox'
import Docker from 'dockerode'
import { describe, expect, test } from 'vitest'
import { survivors } from '../src/conformance/case.js'
import { engines } from './engines.js'

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url))

/** Runs a program that never ends and says when it has begun. */
const harness = (name: string, mark: string) => `
  const { driver } = await import(${JSON.stringify(built)})
  const box = await (await driver(${JSON.stringify(name)})).open()
  await box.write({ [${JSON.stringify(mark)}]: ${JSON.stringify(`import os, sys, time
if os.fork() == 0: os.setsid()
print('begun', flush=True)
time.sleep(1000)`)} })
  const stays = await box.start([box.runtimes.python.command, ${JSON.stringify(mark)}])
  stays.stdout.pipe(process.stdout)`

/** Opens a warm box, says so, and once it was interrupted says what a job in that box gives. */
const interrupted = (name: string) => `
  const { driver } = await import(${JSON.stringify(built)})
  const programs = { 'job.py': 'import os, time\\ndef main(payload): time.sleep(0.3); os.write(3, b"done")' }
  const server = await (await driver(${JSON.stringify(name)})).forkServer({ programs })
  process.once('SIGINT', async () => {
    const job = { processes: [{ program: 'job.py', payload: '', cpuSec: 5 }], wallSec: 10 }
    const { ends, breach } = await server.run(job)
    console.log(breach ?? Buffer.from(ends[0].result).toString())
    await server[Symbol.asyncDispose]()
    clearInterval(waiting)
  })
  const waiting = setInterval(() => {}, 1000)
  console.log('begun')`

const bubblewrap = await (await driver('bubblewrap')).probe()
const places = [
  {
    name: 'bubblewrap',
    driver: 'bubblewrap',
    env: {},
    reason: bubblewrap.ok ? undefined : bubblewrap.reason,
  },
  ...engines.map(({ name, host, reason }) => ({
    name,
    driver: 'docker',
    env: { DOCKER_HOST: host },
    reason,
  })),
]

describe.each(places)('a killed harness on $name', ({ driver: name, env, reason }) => {
  test('leaves no process and no container', async (context) => {
    const missing = existsSync(built) ? reason : `${built} is not built`
    if (missing !== undefined) {
      if (process.env.CI) throw new Error(missing)
      context.skip(missing)
    }
    const mark = `bench-mark-${randomBytes(8).toString('hex')}.py`
    const child = spawn(process.execPath, ['--input-type=module', '-e', harness(name, mark)], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const started = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    expect(String(started[0])).toContain('begun')
    expect(survivors(mark).length).toBeGreaterThan(0)
    const label = `bench.sandbox=${child.pid}`
    child.kill('SIGKILL')
    await once(child, 'exit')
    // The test's own time is the limit.
    while (survivors(mark).length > 0) await delay(20)
    if ('DOCKER_HOST' in env) {
      const engine = new Docker({ socketPath: env.DOCKER_HOST.replace('unix://', '') })
      const left = () => engine.listContainers({ all: true, filters: { label: [label] } })
      while ((await left()).length > 0) await delay(50)
    }
  })

  test('answers Ctrl-C itself: what runs in its boxes is not hit by it', async (context) => {
    const missing = existsSync(built) ? reason : `${built} is not built`
    if (missing !== undefined) {
      if (process.env.CI) throw new Error(missing)
      context.skip(missing)
    }
    const child = spawn(process.execPath, ['--input-type=module', '-e', interrupted(name)], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    child.stdout.setEncoding('utf8')
    expect(await once(child.stdout, 'data')).toEqual(['begun\n'])
    // As a terminal does: to the whole group in the foreground.
    process.kill(-child.pid!, 'SIGINT')
    expect(await once(child.stdout, 'data')).toEqual(['done\n'])
    await once(child, 'exit')
  })
})

test('without a box, a harness that exits ends what it ran', async (context) => {
  if (!existsSync(built)) context.skip(`${built} is not built`)
  const mark = `bench-mark-${randomBytes(8).toString('hex')}.py`
  // What leaves its group for a session of its own is beyond reach where there is no box.
  const program = harness('process', mark).replace('os.setsid()', 'pass')
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `${program}\nprocess.on('SIGINT', () => process.exit(130))`],
    { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const started = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  expect(String(started[0])).toContain('begun')
  expect(survivors(mark).length).toBeGreaterThan(0)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
  // The test's own time is the limit.
  while (survivors(mark).length > 0) await delay(20)
})
