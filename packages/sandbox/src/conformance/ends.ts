import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { type Case, nodeOf, python, run, survivors } from './case.js'

const mark = () => `bench-mark-${randomBytes(8).toString('hex')}`

/** What a command does so as not to end, or to leave something; and what it says on the way. */
export const ends: readonly Case[] = [
  endless(
    'a command that stops itself ends at its time',
    'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)',
  ),
  endless(
    'work after the end of the program ends at its time',
    'import atexit\n@atexit.register\ndef never():\n    while True: pass',
  ),
  endless(
    'threads that never end do so at their time',
    'import threading, time\nfor _ in range(4): threading.Thread(target=time.sleep, args=(1000,)).start()',
  ),
  endless(
    'a wait for a pipe that nobody opens ends at its time',
    'import os\nos.mkfifo("pipe")\nopen("pipe").read()',
  ),
  endless(
    'a wait for a child that never ends, ends at its time',
    'import os, time\nif os.fork() == 0:\n    while True: pass\nos.wait()',
  ),
  endless(
    'a command that starts itself over and over ends at its time',
    'import os, sys\nos.execv(sys.executable, [sys.executable, "main.py"])',
  ),
  endless(
    'a file that is closed without end ends at its time',
    'class Never:\n    def __del__(self):\n        while True: pass\nkept = Never()',
  ),
  {
    name: 'a promise that is kept for ever ends at its time',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1.5 } })
      const spin = '(async () => { for (;;) await null })()'
      expect((await run(box, [nodeOf(box), '-e', spin])).reason).toBe('timeout')
    },
  },
  {
    name: 'a stopped child is ended with its command',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open()
      const name = mark()
      const code = `import os, signal, sys, time
child = os.fork()
if child == 0:
    os.setsid(); os.execv(sys.executable, [sys.executable, '-c', 'import os; os.kill(os.getpid(), 19)', '${name}'])
os.waitpid(child, os.WUNTRACED); print('stopped')`
      expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 0, out: 'stopped\n' })
      expect(survivors(name)).toEqual([])
    },
  },
  {
    name: 'a family of sessions is ended by an abort',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open()
      const name = mark()
      const abort = new AbortController()
      const code = `import os, sys, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        for _ in range(3):
            if os.fork() == 0: os.setsid(); os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(1000)', '${name}'])
        time.sleep(1000)
time.sleep(0.5); print('x' * 5000, flush=True); time.sleep(1000)`
      const result = await python(box, code, {
        signal: abort.signal,
        onOutput: () => abort.abort(),
      })
      expect(result.reason).toBe('killed')
      expect(survivors(name)).toEqual([])
    },
  },
  {
    name: 'a bomb of sessions that forks for ever is ended, and leaves nothing',
    contains: true,
    forks: true,
    harmful: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1.5 } })
      const name = mark()
      const code = `import os, sys
while True:
    try:
        if os.fork() == 0: os.setsid()
    except OSError: pass`
      await box.write({ [name]: code })
      expect((await run(box, [box.runtimes.python?.command ?? '', name])).reason).toBe('timeout')
      expect(survivors(name)).toEqual([])
      expect((await python(box, 'print("on")', { limits: { timeoutSec: 10 } })).out).toBe('on\n')
    },
  },
  {
    name: 'a bomb of a shell is ended, and leaves nothing',
    contains: true,
    forks: true,
    harmful: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1.5 } })
      const name = mark()
      const result = await run(box, [
        '/bin/sh',
        '-c',
        'bomb() { bomb | bomb & }; bomb; while :; do :; done',
        name,
      ])
      expect(['timeout', 'ok', 'output_limit']).toContain(result.reason)
      expect(survivors(name)).toEqual([])
      expect((await python(box, 'print("on")', { limits: { timeoutSec: 10 } })).out).toBe('on\n')
    },
  },
  {
    name: 'output of a command is told as it comes, no more of it than is kept',
    async run({ open }) {
      await using box = await open({ limits: { outputBytes: 10_000 } })
      const told = { stdout: '', stderr: '' }
      const result = await python(
        box,
        'import sys\nprint("first", flush=True); print("second", file=sys.stderr, flush=True)\nwhile True: print("x" * 99)',
        {
          onOutput(stream, bytes) {
            told[stream] += new TextDecoder().decode(bytes)
          },
        },
      )
      expect(result.reason).toBe('output_limit')
      expect(told).toEqual({ stdout: result.out, stderr: result.err })
    },
  },
  {
    name: 'a flood of many writers ends at the cap',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { outputBytes: 50_000 } })
      const code = `import os
for _ in range(6):
    if os.fork() == 0:
        while True: os.write(1, b'x' * 70_000); os.write(2, b'y' * 70_000)
os.wait()`
      const result = await python(box, code)
      expect(result.reason).toBe('output_limit')
      expect(result.stdout.length).toBeLessThanOrEqual(50_000)
      expect(result.stderr.length).toBeLessThanOrEqual(50_000)
    },
  },
  {
    name: 'a command without its streams is one like any other',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = 'import os\nfor fd in range(3): os.close(fd)\nopen("left", "w").write("x"); os._exit(5)'
      expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 5, out: '', err: '' })
      expect(Object.keys(await box.read(['left']))).toEqual(['left'])
    },
  },
  {
    name: 'bytes that are no text, and what a terminal would obey, come as they are',
    async run({ open }) {
      await using box = await open()
      const odd = [
        0, 255, 254, 27, 93, 48, 59, 7, 0xed, 0xa0, 0x80, 0xe2, 0x80, 0xae, 13, 10, 1, 0, 0, 0, 0, 0, 0, 9,
      ]
      const code = `import sys\nsys.stdout.buffer.write(bytes(${JSON.stringify(odd)}))`
      expect([...(await python(box, code)).stdout]).toEqual(odd)
    },
  },
  {
    name: 'no terminal can be spoken for',
    forks: true,
    contains: true,
    async run({ open }) {
      await using box = await open()
      const code = `import fcntl, os
for fd in (0, 1, 2):
    if os.isatty(fd): print('TERMINAL', fd)
def tries(act):
    try: act()
    except OSError: return
    print('PUSHED')
first, second = (os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY), -1) if os.path.exists('/dev/ptmx') else (-1, -1)
for fd in (0, 1, 2, first):
    if fd < 0: continue
    tries(lambda: fcntl.ioctl(fd, 0x5412, b'x')) # TIOCSTI
    tries(lambda: fcntl.ioctl(fd, 0x541c, b'\\x02')) # TIOCLINUX
try: os.close(os.open('/dev/tty', os.O_RDWR)); print('TERMINAL')
except OSError: pass
print('tried')`
      expect(await python(box, code)).toMatchObject({ code: 0, out: 'tried\n' })
    },
  },
]

function endless(name: string, code: string): Case {
  return {
    name,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { timeoutSec: 1 } })
      expect((await python(box, code)).reason).toBe('timeout')
      expect((await python(box, 'print("on")', { limits: { timeoutSec: 10 } })).out).toBe('on\n')
    },
  }
}
