import { expect } from 'vitest'
import { type Case, python, text } from './case.js'

const MiB = 2 ** 20

/** What a command may use. */
export const limits: readonly Case[] = [
  {
    name: 'a busy and an idle command end at their time, and the box lives on',
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1 } })
      await box.write({ kept: 'kept' })
      for (const code of ['while True: pass', 'import time\ntime.sleep(1000)'])
        expect(await python(box, `print("begun", flush=True)\n${code}`)).toMatchObject({
          reason: 'timeout',
          out: 'begun\n',
        })
      expect(text((await box.read(['kept'])).kept)).toBe('kept')
      expect(await python(box, 'print(open("kept").read())', { limits: { timeoutSec: 10 } })).toMatchObject({
        out: 'kept\n',
      })
    },
  },
  {
    name: 'signals are no shield against the end',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = `import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass`
      expect(await python(box, code, { limits: { timeoutSec: 1 } })).toMatchObject({ reason: 'timeout' })
    },
  },
  {
    name: 'output ends at its cap, on either stream, and not before',
    async run({ open }) {
      await using box = await open({ limits: { outputBytes: 100_000 } })
      for (const stream of ['stdout', 'stderr'] as const) {
        const flood = await python(box, `import sys\nwhile True: sys.${stream}.write("x" * 5000)`)
        expect(flood.reason).toBe('output_limit')
        expect(flood[stream].length).toBe(100_000)
      }
      const full = await python(box, 'import sys\nsys.stdout.write("x" * 100_000)')
      expect(full).toMatchObject({ reason: 'ok', code: 0 })
      expect(full.stdout.length).toBe(100_000)
    },
  },
  {
    name: 'memory of a process ends at its limit',
    async run({ open }) {
      await using box = await open({ limits: { memoryBytes: 200 * MiB } })
      const result = await python(
        box,
        'x = bytearray(800 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nprint("had it all")',
      )
      expect(result.out).toBe('')
      expect(result.reason === 'memory' || result.code !== 0).toBe(true)
      expect(await python(box, 'x = bytearray(20 << 20)\nprint(len(x))')).toMatchObject({
        reason: 'ok',
        out: `${20 * MiB}\n`,
      })
    },
  },
  {
    name: 'memory shared between processes does not go past the limit either',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { memoryBytes: 200 * MiB } })
      const result = await python(
        box,
        `import mmap
x = mmap.mmap(-1, 800 << 20)
for i in range(0, len(x), 4096): x[i] = 1
print("had it all")`,
      )
      expect(result.out).toBe('')
      expect(result.reason === 'memory' || result.code !== 0).toBe(true)
    },
  },
  {
    name: 'memory of all processes together ends at the limit',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { memoryBytes: 200 * MiB } })
      const result = await python(
        box,
        `import os, time
for _ in range(6):
    if os.fork() == 0:
        x = bytearray(100 << 20)
        for i in range(0, len(x), 4096): x[i] = 1
        time.sleep(1); os._exit(0)
print(sum(os.wait()[1] == 0 for _ in range(6)))`,
      )
      expect(result.reason).toBe('memory')
      expect(result.out).not.toBe('6\n')
    },
  },
  {
    name: 'processes end at their number',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { pids: 20 } })
      const code = `import os, time
made = 0
try:
    while made < 500:
        if os.fork() == 0: time.sleep(1000)
        made += 1
except OSError: pass
print(made, flush=True)`
      const result = await python(box, code)
      expect(result).toMatchObject({ reason: 'ok', code: 0 })
      expect(Number(result.out)).toBeGreaterThan(5)
      expect(Number(result.out)).toBeLessThanOrEqual(20)
      expect((await python(box, 'print("again")')).out).toBe('again\n')
    },
  },
  {
    name: 'a fork bomb that never stops is stopped',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1 } })
      const code = 'import os\nwhile True:\n    try: os.fork()\n    except OSError: pass'
      expect((await python(box, code)).reason).toBe('timeout')
      expect((await python(box, 'print("again")', { limits: { timeoutSec: 10 } })).out).toBe('again\n')
    },
  },
  {
    name: 'the disk ends at its size',
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 8 * MiB } })
      const code = `written = 0
try:
    for i in range(64):
        with open('/tmp/%d' % i, 'wb', buffering=0) as file: written += file.write(b'x' * (1 << 20))
except OSError: pass
print(written)`
      const written = Number((await python(box, code)).out)
      expect(written).toBeGreaterThan(4 * MiB)
      expect(written).toBeLessThanOrEqual(8 * MiB)
    },
  },
  {
    name: 'empty files end at a number',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 8 * MiB } })
      const code = `made = 0
try:
    while made < 20_000: open('/tmp/e%d' % made, 'w').close(); made += 1
except OSError: pass
print(made)`
      const made = Number((await python(box, code)).out)
      expect(made).toBeGreaterThan(500)
      expect(made).toBeLessThanOrEqual(2048)
    },
  },
  {
    name: 'an abort ends the command, one from before as well',
    async run({ open }) {
      await using box = await open()
      const abort = new AbortController()
      await box.write({ 'main.py': 'import time\ntime.sleep(1000)' })
      const running = box.exec([box.runtimes.python?.command ?? 'python3', 'main.py'], {
        signal: abort.signal,
      })
      setImmediate(() => abort.abort())
      expect((await running).reason).toBe('killed')
      expect(
        (await python(box, 'import time\ntime.sleep(1000)', { signal: AbortSignal.abort() })).reason,
      ).toBe('killed')
    },
  },
]
