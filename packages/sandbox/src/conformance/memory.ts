import { expect } from 'vitest'
import { type Case, nodeOf, python, run } from './case.js'

const MiB = 2 ** 20
const limits = { memoryBytes: 200 * MiB, timeoutSec: 20 }

/** Every kind of memory is the box's, and counted together. */
export const memory: readonly Case[] = [
  bomb(
    'twelve children, each below the limit, are ended together',
    `for _ in range(12):
    if os.fork() == 0:
        mine = touched(100 << 20); os.write(ready[1], b'x'); time.sleep(6)
if all_of(12): keeping(); print('had it all')`,
  ),
  bomb(
    'children in sessions of their own are counted as well',
    `for _ in range(12):
    if os.fork() == 0:
        os.setsid()
        if os.fork(): os._exit(0)
        mine = touched(100 << 20); os.write(ready[1], b'x'); time.sleep(6)
if all_of(12): keeping(); print('had it all')`,
  ),
  bomb(
    'memory that grows by small steps ends at the limit',
    `mine = []
while len(mine) < 800: mine.append(touched(1 << 20))
print('had it all')`,
  ),
  bomb(
    'memory files are the box’s memory',
    `libc = ctypes.CDLL(None, use_errno=True)
for number in range(20):
    descriptor = libc.memfd_create(b'bomb', 0)
    if descriptor < 0: raise OSError(ctypes.get_errno(), 'memfd_create')
    for _ in range(40): os.write(descriptor, bytes(1 << 20))
print('had it all')`,
  ),
  bomb(
    'a device of zeros is no way to more memory',
    `for _ in range(8):
    descriptor = os.open('/dev/zero', os.O_RDWR)
    mine = mmap.mmap(descriptor, 100 << 20, mmap.MAP_SHARED)
    for at in range(0, len(mine), 4096): mine[at] = 1
    mine.madvise(4) # No longer mapped in, and still there.
    kept.append(mine)
print('had it all')`,
  ),
  bomb(
    'pages that only a pipe has are the box’s memory',
    `libc = ctypes.CDLL(None, use_errno=True)
class Vector(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
huge = 2 << 20
for number in range(80):
    pipe = os.pipe()
    kept.append(pipe)
    for _ in range(5):
        mine = mmap.mmap(-1, 2 * huge, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        mine.madvise(14) # MADV_HUGEPAGE
        at = ctypes.c_char.from_buffer(mine)
        begin = -(-ctypes.addressof(at) // huge) * huge
        ctypes.memset(begin, 1, huge)
        if libc.vmsplice(pipe[1], ctypes.byref(Vector(begin, 1)), 1, 0) < 0: raise OSError(ctypes.get_errno(), 'vmsplice')
        del at
        mine.close() # No longer mapped, and still there.
keeping(); print('had it all')`,
  ),
  bomb(
    'System V segments are the box’s memory',
    `libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for _ in range(8):
    segment = libc.shmget(0, 100 << 20, 0o1600)
    if segment < 0: raise OSError(ctypes.get_errno(), 'shmget')
    address = libc.shmat(segment, None, 0)
    libc.shmctl(segment, 0, None)
    if address in (None, ctypes.c_void_p(-1).value): raise OSError(ctypes.get_errno(), 'shmat')
    ctypes.memset(address, 1, 100 << 20)
print('had it all')`,
  ),
  bomb(
    'what sockets hold is the box’s memory',
    `total = 0
import socket
for _ in range(6):
    if os.fork() == 0:
        while total < 70 << 20:
            try: pair = socket.socketpair()
            except OSError: break
            kept.append(pair)
            for side in pair:
                side.setblocking(False)
                try:
                    while True: total += side.send(bytes(65536))
                except OSError: pass
        os.write(ready[1], b'x' if total >= 70 << 20 else b'-'); time.sleep(6)
if all_of(6): keeping(); print('had it all')`,
  ),
  ...['127.0.0.1', '::1'].map((address) =>
    bomb(
      `what connections to ${address} hold is the box’s memory`,
      `import socket
total, begun = 0, time.monotonic()
listener = socket.create_server(('${address}', 0), family=socket.${address === '::1' ? 'AF_INET6' : 'AF_INET'}, backlog=400)
listener.setblocking(True)
while total < 400 << 20:
    if time.monotonic() - begun > 12: raise OSError('it is given no more')
    one = socket.create_connection(listener.getsockname()[:2])
    other = listener.accept()[0]
    kept.append((one, other))
    for side in (one, other):
        side.settimeout(0.01)
        try:
            while True: total += side.send(bytes(1 << 20))
        except OSError: pass
keeping(); print('had it all')`,
    ),
  ),
  bomb(
    'what pipes hold is the box’s memory',
    `for _ in range(50):
    if os.fork() == 0:
        total = 0
        while total < 8 << 20:
            try: reading, writing = os.pipe()
            except OSError: break
            kept.append(reading)
            os.set_blocking(writing, False)
            try:
                while True: total += os.write(writing, bytes(65536))
            except OSError: pass
            os.close(writing)
        os.write(ready[1], b'-' if total < 7 << 20 else b'x'); time.sleep(9)
if all_of(50): keeping(); print('had it all')`,
  ),
  {
    name: 'buffers of Node are the box’s memory',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits })
      for (const fill of [
        'for (let i = 0; i < 7; i++) kept.push(Buffer.alloc(10 * 2 ** 20, 1))',
        'for (let i = 0; i < 7; i++) kept.push(new Uint8Array(new SharedArrayBuffer(10 * 2 ** 20)).fill(1))',
        'kept.push(new Uint8Array(new WebAssembly.Memory({ initial: 1120 }).buffer).fill(1))',
      ]) {
        // Each of six below the limit.
        const child = `const kept = []; ${fill}; console.log("filled"); setInterval(() => kept, 1000)`
        const code = `
          let filled = 0
          for (let i = 0; i < 6; i++)
            require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]).stdout.on('data', () => {
              if (++filled === 6) { console.log('had it all'); process.exit() }
            }).on('error', () => {})
          process.on('uncaughtException', () => process.exit(1))`
        const result = await run(box, [nodeOf(box), '-e', code], { limits: { timeoutSec: 6 } })
        expect(result.out).toBe('')
        expect(result.reason).not.toBe('ok')
      }
      expect((await run(box, [nodeOf(box), '-p', '1'])).out).toBe('1\n')
    },
  },
  {
    name: 'what was used below the limit is no fault',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits })
      const code = `import os, time
mine = bytearray(100 << 20)
for at in range(0, len(mine), 4096): mine[at] = 1
# Shared with its children until somebody writes: counted once.
for _ in range(6):
    if os.fork() == 0: sum(mine[::4096]); time.sleep(0.5); os._exit(0)
print([os.WEXITSTATUS(os.wait()[1]) for _ in range(6)])`
      expect(await python(box, code)).toMatchObject({ reason: 'ok', code: 0, out: '[0, 0, 0, 0, 0, 0]\n' })
    },
  },
]

const beginning = `import ctypes, mmap, os, time
ready = os.pipe()
kept = []
def touched(size):
    mine = bytearray(size)
    for at in range(0, size, 4096): mine[at] = 1
    return mine
# A limit that is watched from outside is noticed a little later on a busy machine, and always before this is over.
def keeping(): time.sleep(3)
def all_of(number):
    os.close(ready[1])
    said = b''
    while len(said) < number:
        more = os.read(ready[0], 1)
        if not more: return False
        said += more
    return b'-' not in said
`

/** Takes four times what there is: it may not get it, and the box is to be of use again. */
function bomb(name: string, code: string): Case {
  return {
    name,
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits })
      const result = await python(box, beginning + code)
      expect(result.out).toBe('')
      expect(result.reason === 'memory' || result.code !== 0).toBe(true)
      expect((await python(box, 'print("on")')).out).toBe('on\n')
    },
  }
}
