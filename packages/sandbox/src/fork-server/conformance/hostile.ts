import { expect } from 'vitest'
import { alone, both, type Case, python } from './case.js'

/** Programs that would rather be an error of the infrastructure than a wrong answer. */
const attempts: Readonly<Record<string, string>> = {
  'exhausts the number of processes and stays': `import time
while True:
    try:
        if os.fork() == 0: time.sleep(1000)
    except OSError: time.sleep(0.001)`,
  'exhausts memory in many processes': `while True:
    try:
        os.fork(); x = bytearray(30 << 20); os.urandom(1)
    except (OSError, MemoryError): pass`,
  'exhausts memory by threads': `import threading, time
def grab():
    x = []
    while True:
        try: x.append(bytearray(1 << 20))
        except MemoryError: time.sleep(0.01)
for _ in range(30):
    try: threading.Thread(target=grab).start()
    except RuntimeError: pass`,
  'exhausts descriptors': 'kept = []\nwhile True: kept.append(os.pipe())',
  'exhausts the disk': `n = 0
while True:
    try: open('f%d' % n, 'wb').write(b'x' * 100000)
    except OSError: pass
    n += 1
    if n > 5000: break`,
  'kills whatever it can': `import signal
for n in range(1, 65):
    for pid in [-1, 0, 1, os.getppid()]:
        try:
            if os.fork() == 0: os.kill(pid, n); os._exit(0)
        except OSError: pass`,
  'signals the agent and its template in every way': `for n in range(1, 65):
    for pid in (1, os.getppid()):
        try: os.kill(pid, n)
        except OSError: pass`,
  'kills itself at once': 'import signal; os.kill(os.getpid(), signal.SIGKILL)',
  'kills its parent and everything near': `for pid in list(range(1, 500)):
    if pid != os.getpid():
        try: os.kill(pid, 9)
        except OSError: pass`,
  'stops itself and its group':
    'import signal; os.killpg(0, signal.SIGSTOP); os.kill(os.getpid(), signal.SIGSTOP)',
  'closes all it has': 'os.closerange(0, 1000)',
  'closes all it has and waits': 'os.closerange(0, 1000)\nimport time\ntime.sleep(1000)',
  'floods the result': "while True: os.write(3, b'x' * 65536)",
  'floods everything at once': `import threading
for n in (1, 2, 3): threading.Thread(target=lambda n=n: [os.write(n, b'x' * 65536) for _ in iter(int, 1)]).start()`,
  'forges frames to the host': `import struct
frame = b'{"id": 1, "ms": 1, "ends": []}'
frame = struct.pack('!II', len(frame) + 4, len(frame)) + frame
for n in range(1, 20):
    for _ in range(200):
        try: os.write(n, frame)
        except OSError: break`,
  'chokes a decoder': `os.write(3, b'[' * 1000000); os.write(1, b'\\xff\\xfe\\x00' * 100000); os.write(2, b'{"a":' * 100000)`,
  'holds its pipes in many hands': `import time
for n in range(10):
    if os.fork() == 0:
        os.setsid(); time.sleep(1000)`,
  'sends its pipes away over a socket to itself': `import array, socket
a, b = socket.socketpair()
for n in (1, 2, 3):
    a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [n, a.fileno(), b.fileno()]))])`,
  'makes its pipes blocking, unblocking, larger': `import fcntl
for n in (0, 1, 2, 3):
    fcntl.fcntl(n, fcntl.F_SETFL, os.O_NONBLOCK)
    try: fcntl.fcntl(n, 1031, 1 << 20)
    except OSError: pass
try:
    while True: os.write(3, b'x' * 65536)
except OSError: pass`,
  'nests folders too deep to remove': `for n in range(100000):
    try: os.mkdir('d' * 250); os.chdir('d' * 250)
    except OSError: break`,
  'removes the folder it is in and makes a file of it': `here = os.getcwd()
os.chdir('/')
try: os.rmdir(here)
except OSError: pass
try: open(here, 'w').close()
except OSError: pass
try: os.rename(here, here + 'x')
except OSError: pass`,
  'crashes the interpreter': 'import ctypes; ctypes.string_at(0)',
  'recurses without end':
    'sys.setrecursionlimit(10 ** 9)\ndef f(): return f() + [f()][0]\nimport threading\nthreading.stack_size(1 << 26)\nf()',
  'raises what cannot be told': `class Odd(BaseException):
    def __str__(self): os._exit(7)
    __repr__ = __str__
raise Odd()`,
  'hangs on its way out': `import atexit, time
atexit.register(time.sleep, 1000)
class Slow:
    def __del__(self): time.sleep(1000)
slow = Slow()`,
  'replaces what ends it': `os._exit = lambda code: None
sys.stdout.flush = lambda: 1 / 0
sys.excepthook = None
raise SystemExit(type('Code', (), {'__str__': lambda self: 1 / 0})())`,
  'becomes another program': "os.execv('/bin/sh', ['sh', '-c', 'while :; do :; done'])",
}

/** What the first of two does while the last comes to its end, and with it the cell that is to have the next. */
const graspings: Readonly<Record<string, string>> = {
  'all processes': `def grasp():
    while True:
        try: os.fork()
        except OSError: pass
if os.fork() == 0: grasp()`,
  'all files': `def grasp(n):
    while True:
        n += 1
        try: os.close(os.open('%d-%d' % (os.getpid(), n), os.O_CREAT | os.O_WRONLY))
        except OSError: pass
for n in range(4):
    if os.fork() == 0: grasp(n)`,
  'all of the disk': `def grasp():
    out = os.open(str(os.getpid()), os.O_CREAT | os.O_WRONLY)
    while True:
        try: os.write(out, b'x' * 4096)
        except OSError: pass
for n in range(4):
    if os.fork() == 0: grasp()`,
}

/** That nothing a job does is anybody's fault but its own. */
export const hostile: readonly Case[] = [
  ...Object.entries(attempts).map(([what, code]) => ({
    name: `a job that ${what} earns no error, and the next is served`,
    async run({ open }: Parameters<Case['run']>[0]) {
      await using server = await open({ limits: { pids: 32, memoryBytes: 2 ** 28, diskBytes: 2 ** 24 } })
      const processes = [python(code, { cpuSec: 1 })] as const
      const { ends, breach } = await server.run({ processes, wallSec: 2.5, resultBytes: 2 ** 20 })
      expect(ends.length).toBe(1)
      expect(breach, 'the box should outlive it').toBeUndefined()
      expect((await alone(server, python("tell(os.listdir('.'), hear)"))).told).toMatch(/^\[\] <function/)
    },
  })),
  ...Object.entries(graspings).map(([what, code]) => ({
    name: `of two, one that takes ${what} as the other ends costs the next two nothing`,
    async run({ open }: Parameters<Case['run']>[0]) {
      await using server = await open({ limits: { pids: 32, memoryBytes: 2 ** 28, diskBytes: 2 ** 22 } })
      const grasping = python(`${code}\nimport time; time.sleep(0.3); say('x'); time.sleep(9)`, { cpuSec: 4 })
      for (let round = 0; round < 3; round++) {
        const { ends } = await server.run({
          processes: [grasping, python("hear(); tell('end')")],
          wallSec: 5,
        })
        expect(new TextDecoder().decode(ends[1]?.result), 'the other is not hindered').toBe('end')
        const next = await both(server, python("say('x'); hear()"), python("tell(hear()); say('y')"))
        expect(next.map(({ reason, told }) => [reason, told])).toEqual([
          ['ok', ''],
          ['ok', 'x'],
        ])
      }
    },
  })),
  {
    name: 'as many descriptors as a user may have on the way cost another server nothing',
    async run({ open }) {
      await using hoards = await open()
      await using server = await open()
      const code = `import array, socket, time
def hoard():
    ours, theirs = socket.socketpair()
    try:
        while True: ours.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 253))])
    except OSError: time.sleep(9)
for n in range(30):
    if os.fork() == 0: hoard()
time.sleep(3)`
      const stop = new AbortController()
      const hoarding = hoards.run({ processes: [python(code)], wallSec: 6 }, stop.signal)
      for (let round = 0; round < 20; round++) {
        const two = await both(server, python("say('x'); hear()"), python("tell(hear()); say('y')"))
        expect(two[1].told).toBe('x')
      }
      stop.abort()
      await hoarding.catch(() => {})
    },
  },
]
