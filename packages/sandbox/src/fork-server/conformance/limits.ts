import { expect } from 'vitest'
import { alone, both, type Case, MiB, node, python } from './case.js'

const busy = 'while True: pass'

/** What a job may use, and what is said of it when it asks for more. */
export const limits: readonly Case[] = [
  {
    name: 'CPU time is limited, however it is spent',
    async run({ open }) {
      await using server = await open()
      for (const code of [
        busy,
        'for _ in range(4):\n    if os.fork() == 0: break\nwhile True: pass',
        'import threading\nfor _ in range(3): threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\nwhile True: pass',
        'while True:\n    pid = os.fork()\n    if pid == 0:\n        for _ in range(300000): pass\n        os._exit(0)\n    os.waitpid(pid, 0)',
      ]) {
        const end = await alone(server, python(code, { cpuSec: 0.3 }), { wallSec: 60 })
        expect(end, code).toMatchObject({ reason: 'timeout' })
        expect(end.cpuMs, code).toBeGreaterThan(280)
      }
      expect((await alone(server, python('tell(1)'))).told).toBe('1')
    },
  },
  {
    name: 'CPU time is what counts, not the time that others took',
    async run({ open }) {
      await using server = await open()
      const slow = await alone(server, python('import time\ntime.sleep(0.6)\ntell("done")', { cpuSec: 0.3 }))
      expect(slow).toMatchObject({ reason: 'ok', told: 'done' })
    },
  },
  {
    name: 'who does nothing ends at the wall, deaf and stopped ones too',
    async run({ open }) {
      await using server = await open()
      for (const code of [
        'import time\ntime.sleep(1000)',
        'import signal, time\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ntime.sleep(1000)',
        'import signal; os.kill(os.getpid(), signal.SIGSTOP)',
        'import time\nif os.fork() == 0: time.sleep(1000)\nos.wait()',
      ])
        expect(await alone(server, python(code), { wallSec: 0.4 }), code).toMatchObject({
          reason: 'timeout',
          code: null,
        })
      const [first, last] = await both(server, python('hear()'), python('hear()'), { wallSec: 0.4 })
      expect([first.reason, last.reason]).toEqual(['timeout', 'timeout'])
    },
  },
  {
    name: 'of two, the one that went too far is the one that is told of, and the job is over',
    async run({ open }) {
      await using server = await open()
      const ends = await both(server, python(busy, { cpuSec: 0.2 }), python('hear()'))
      expect(ends.map(({ reason }) => reason)).toEqual(['timeout', 'ok'])
    },
  },
  {
    name: 'one that has all the processes it may takes none from a job in another box',
    async run({ open }) {
      await using full = await open()
      await using other = await open()
      const stop = new AbortController()
      const forks = python(
        'import time\nfor _ in range(100):\n    try:\n        if os.fork() == 0: time.sleep(1000)\n    except OSError: break\ntime.sleep(1000)',
      )
      const threads = python(`import threading, time
for _ in range(300):
    thread = threading.Thread(target=time.sleep, args=(0.002,))
    thread.start()
    thread.join()
tell('all')`)
      const ended = full.run({ processes: [forks], wallSec: 60 }, stop.signal).catch(() => 'stopped')
      expect((await alone(other, threads)).told).toBe('all')
      stop.abort()
      expect(await ended).toBe('stopped')
    },
  },
  {
    name: 'memory of one process is limited',
    async run({ open }) {
      await using server = await open()
      const grab = 'x = []\nwhile True: x.append(bytearray(1 << 20))'
      expect(await alone(server, python(grab, { memoryBytes: 150 * MiB }))).toMatchObject({
        reason: 'memory',
      })
      expect(await alone(server, python('x = bytearray(10 << 30)'))).toMatchObject({ reason: 'memory' })
      expect(await alone(server, python('x = bytearray(80 << 20); tell(len(x))'))).toMatchObject({
        reason: 'ok',
        told: String(80 * MiB),
      })
    },
  },
  {
    name: 'memory of eight children is limited together',
    harms: true,
    async run({ open }) {
      await using server = await open({ limits: { memoryBytes: 256 * MiB } })
      const code = `import time
for _ in range(8):
    if os.fork() == 0:
        x = bytearray(100 << 20)
        for i in range(0, len(x), 4096): x[i] = 1
        time.sleep(1000)
while True: os.wait()`
      for (const again of [1, 2])
        expect(await alone(server, python(code)), `${again}`).toMatchObject({ reason: 'memory' })
      expect((await alone(server, python('tell(1)'))).told).toBe('1')
    },
  },
  {
    name: 'memory of Node is limited, of its heap and of its buffers',
    node: true,
    async run({ open }) {
      await using server = await open({ limits: { memoryBytes: 256 * MiB }, spareNodes: 1 })
      for (const code of [
        'const all = []; for (;;) all.push(new Array(10000).fill({}))',
        'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))',
      ])
        expect(await alone(server, node(code, { cpuSec: 20 })), code).toMatchObject({ reason: 'memory' })
      expect((await alone(server, node('tell(1)'))).told).toBe('1')
    },
  },
  {
    name: 'output ends at its cap, on either stream, and not before',
    async run({ open }) {
      await using server = await open({ limits: { outputBytes: 100_000 } })
      for (const stream of ['stdout', 'stderr'] as const) {
        const flood = await alone(server, python(`while True: sys.${stream}.write('x' * 5000)`))
        expect(flood.reason).toBe('output_limit')
        expect(flood[stream].length).toBe(100_000)
        const full = await alone(server, python(`sys.${stream}.write('x' * 100000)`))
        expect(full).toMatchObject({ reason: 'ok', code: 0 })
        expect(full[stream].length).toBe(100_000)
      }
    },
  },
  {
    name: 'a result ends at its cap, and not before',
    async run({ open }) {
      await using server = await open()
      const flood = await alone(server, python("while True: tell('x' * 5000)"), { resultBytes: 50_000 })
      expect(flood.reason).toBe('output_limit')
      expect(flood.result.length).toBe(50_000)
      const full = await alone(server, python("tell('x' * 50000)"), { resultBytes: 50_000 })
      expect(full.reason).toBe('ok')
      expect(full.result.length).toBe(50_000)
    },
  },
  {
    name: 'processes end at their number',
    harms: true,
    async run({ open }) {
      await using server = await open({ limits: { pids: 20 } })
      const code = `import time
made = 0
try:
    while made < 200:
        if os.fork() == 0: time.sleep(1000)
        made += 1
except OSError: pass
tell(made)`
      const { told } = await alone(server, python(code))
      expect(Number(told)).toBeGreaterThan(5)
      expect(Number(told)).toBeLessThanOrEqual(20)
      expect((await alone(server, python(code))).told).toBe(told)
    },
  },
  {
    name: 'a fork bomb that never stops is stopped',
    harms: true,
    async run({ open }) {
      await using server = await open()
      const code = 'while True:\n    try: os.fork()\n    except OSError: pass'
      expect((await alone(server, python(code, { cpuSec: 1 }), { wallSec: 5 })).reason).toBe('timeout')
      expect((await alone(server, python('tell(1)'))).told).toBe('1')
    },
  },
  {
    name: 'the disk ends at its size, and is empty for the next',
    harms: true,
    async run({ open }) {
      await using server = await open({ limits: { diskBytes: 8 * MiB } })
      const fill = `written = 0
try:
    for i in range(64):
        with open(str(i), 'wb', buffering=0) as file: written += file.write(b'x' * (1 << 20))
except OSError: pass
tell(written)`
      for (let round = 0; round < 3; round++) {
        const written = Number((await alone(server, python(fill))).told)
        expect(written).toBeGreaterThan(4 * MiB)
        expect(written).toBeLessThanOrEqual(16 * MiB)
      }
    },
  },
  {
    name: 'empty files end at a number, and are gone for the next',
    harms: true,
    async run({ open }) {
      await using server = await open({ limits: { diskBytes: 8 * MiB } })
      const fill = `made = 0
try:
    while made < 20000: open('e%d' % made, 'w').close(); made += 1
except OSError: pass
tell(made)`
      for (let round = 0; round < 2; round++) {
        const made = Number((await alone(server, python(fill))).told)
        expect(made).toBeGreaterThan(500)
        expect(made).toBeLessThanOrEqual(4096)
      }
    },
  },
]
