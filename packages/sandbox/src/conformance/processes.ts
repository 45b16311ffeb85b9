import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Sandbox } from '../spec.js'
import { type Case, python, pythonOf, survivors, text } from './case.js'

const mark = () => `bench-mark-${randomBytes(8).toString('hex')}`

/** A command that stays, and answers each line. */
const echo = `import sys
for line in sys.stdin: print('echo ' + line, end='', flush=True)`

async function resident(box: Sandbox, code: string, args: readonly string[] = [], limits = {}) {
  await box.write({ 'resident.py': code })
  return box.start([pythonOf(box), 'resident.py', ...args], { limits })
}

/** The next chunk of a stream, as text. */
function said(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(text(chunk))))
}

/** Commands that stay, and what stays of commands. */
export const processes: readonly Case[] = [
  {
    name: 'a daemon neither holds up the end of its command nor outlives it',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const name = mark()
      const code = `import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(1000)', '${name}'])
    os._exit(0)
os.wait(); time.sleep(0.3); print('ended')`
      expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 0, out: 'ended\n' })
      expect(survivors(name)).toEqual([])
    },
  },
  {
    name: 'a child that keeps the output open does not hold up the end',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 20 } })
      const name = mark()
      const code = `import os, sys
ready = os.pipe()
os.set_inheritable(ready[1], True)
if os.fork() == 0:
    os.setsid(); os.execv(sys.executable, [sys.executable, '-c', 'import os\\nos.write(%d, bytes(1))\\nwhile True: pass' % ready[1], '${name}'])
os.read(ready[0], 1); print('ended', flush=True); os._exit(0)`
      expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 0, out: 'ended\n' })
      expect(survivors(name)).toEqual([])
    },
  },
  {
    name: 'whom a command leaves busy, however many, are dead when its end is told',
    contains: true,
    forks: true,
    harmful: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 20, pids: 40 } })
      for (let time = 0; time < 3; time++) {
        const name = mark()
        const spin = 'echo; read go; while :; do :; done'
        const code = `import os
go, ready = os.pipe(), os.pipe()
for _ in range(30):
    if os.fork() == 0:
        os.setsid(); os.dup2(go[0], 0); os.dup2(ready[1], 1); os.execv('/bin/sh', ['sh', '-c', '${spin}', '${name}'])
for _ in range(30): os.read(ready[0], 1)
print('ended', flush=True); os._exit(0)`
        expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 0, out: 'ended\n' })
        expect(survivors(name)).toEqual([])
      }
    },
  },
  {
    name: 'children of a command that ran out of time die with it',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const name = mark()
      const code = `import subprocess, sys, time
for _ in range(5): subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)', '${name}'], start_new_session=True)
time.sleep(1000)`
      expect((await python(box, code, { limits: { timeoutSec: 1.5 } })).reason).toBe('timeout')
      expect(survivors(name)).toEqual([])
    },
  },
  {
    name: 'a resident answers, and ends when told',
    stays: true,
    async run({ open }) {
      await using box = await open()
      const name = mark()
      const stays = await resident(box, echo, [name])
      stays.stdin.write('höla\n')
      expect(await said(stays.stdout)).toBe('echo höla\n')
      stays.stdin.write('again\n')
      expect(await said(stays.stdout)).toBe('echo again\n')
      expect(survivors(name).length).toBeGreaterThan(0)
      await stays.kill()
      await stays.kill()
      expect(survivors(name)).toEqual([])
      expect((await stays.ended).reason).toBe('killed')
    },
  },
  {
    name: 'a resident that ends by itself says how',
    stays: true,
    async run({ open }) {
      await using box = await open()
      const stays = await resident(box, 'import sys\nsys.stdin.read()\nsys.stderr.write("bye")\nsys.exit(3)')
      stays.stdin.end('x')
      stays.stdout.resume()
      const { stderr, ...end } = await stays.ended
      expect({ ...end, stderr: text(stderr) }).toEqual({ reason: 'ok', code: 3, signal: null, stderr: 'bye' })
    },
  },
  {
    name: 'a resident works beside commands and writes',
    stays: true,
    async run({ open }) {
      await using box = await open()
      const stays = await resident(box, echo)
      expect((await python(box, 'print("beside")')).out).toBe('beside\n')
      await box.write({ more: 'x' })
      stays.stdin.write('still here\n')
      expect(await said(stays.stdout)).toBe('echo still here\n')
      await stays.kill()
    },
  },
  {
    name: 'a resident is held to the limits it was given',
    stays: true,
    async run({ open }) {
      await using box = await open({ limits: { outputBytes: 10_000 } })
      const idle = await resident(box, echo, [], { timeoutSec: 1 })
      idle.stdout.resume()
      expect((await idle.ended).reason).toBe('timeout')
      const loud = await resident(box, 'import sys\nwhile True: sys.stderr.write("x" * 1000)')
      loud.stdout.resume()
      const end = await loud.ended
      expect([end.reason, end.stderr.length]).toEqual(['output_limit', 10_000])
    },
  },
  {
    name: 'closing the box ends everything in it',
    stays: true,
    async run({ open }) {
      const name = mark()
      const box = await open()
      const stays = await resident(box, echo, [name])
      stays.stdin.write('x\n')
      await said(stays.stdout)
      await box.write({ 'sleep.py': 'import time\ntime.sleep(1000)' })
      // It may have begun by the time the box closes, or not: either way it is told and nothing is left.
      const waiting = box.exec([pythonOf(box), 'sleep.py', name]).then(
        ({ reason }) => reason,
        ({ code }) => code,
      )
      await box[Symbol.asyncDispose]()
      expect(survivors(name)).toEqual([])
      expect((await stays.ended).reason).toBe('killed')
      expect(['killed', 'failed']).toContain(await waiting)
    },
  },
]
