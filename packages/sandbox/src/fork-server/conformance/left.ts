import { expect } from 'vitest'
import { survivors } from '../../conformance/case.js'
import { alone, both, type Case, node, python } from './case.js'

/** What a job leaves to those after it: nothing. */
export const left: readonly Case[] = [
  {
    name: 'files do not stay, however they were made',
    async run({ open }) {
      await using server = await open()
      const leave = `open('plain', 'w').write('x')
os.mkdir('closed'); open('closed/in', 'w').close(); os.chmod('closed', 0)
os.symlink('/', 'link'); os.mkfifo('fifo')
for _ in range(3000):
    os.mkdir('d'); os.chdir('d')
os.chmod('.', 0)`
      for (const again of [1, 2]) {
        expect(await alone(server, python(leave)), `${again}`).toMatchObject({ code: 0 })
        expect((await alone(server, python("tell(os.listdir('.'))"))).told).toBe('[]')
      }
    },
  },
  {
    name: 'what was done to the folder itself does not stay',
    async run({ open }) {
      await using server = await open()
      const marks = `import fcntl, struct
def flags(path):
    folder = os.open(path, os.O_RDONLY)
    try: fcntl.ioctl(folder, 0x40086602, struct.pack('q', 0xc0))
    finally: os.close(folder)
for path in ('.', '..'):
    for mark in (lambda: flags(path), lambda: os.setxattr(path, 'user.mark', b'x'), lambda: os.utime(path, (1, 1)), lambda: os.chmod(path, 0o751)):
        try: mark()
        except OSError: pass`
      const look = `import fcntl
def flags(path):
    told = bytearray(8)
    folder = os.open(path, os.O_RDONLY)
    try: fcntl.ioctl(folder, 0x80086601, told)
    except OSError as error: return error.errno
    finally: os.close(folder)
    return told.hex()
for path in ('.', '..'):
    try: tell(flags(path), os.listxattr(path), oct(os.stat(path).st_mode), os.stat(path).st_mtime == 1, '')
    except OSError as error: tell(error.errno, '')`
      const before = (await alone(server, python(look))).told
      await alone(server, python(marks))
      expect((await alone(server, python(look))).told).toBe(before)
    },
  },
  {
    name: 'what was done to its open files does not stay',
    async run({ open }) {
      await using server = await open()
      const marks = `import fcntl
for n in (0, 1, 2, 3):
    for mark in (lambda: fcntl.fcntl(n, fcntl.F_SETFL, os.O_NONBLOCK), lambda: fcntl.fcntl(n, 10, 33), lambda: fcntl.fcntl(n, fcntl.F_SETOWN, os.getpid()), lambda: fcntl.flock(n, fcntl.LOCK_EX)):
        try: mark()
        except OSError: pass
tell('marked')`
      const look = `import fcntl
for n in (0, 1, 2, 3): tell(*[fcntl.fcntl(n, asked) for asked in (fcntl.F_GETFL, 11, fcntl.F_GETOWN)], '')
with open('/dev/null') as file:
    try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error: tell(error.errno)`
      const before = (await alone(server, python(look))).told
      expect((await alone(server, python(marks))).told).toBe('marked')
      expect((await alone(server, python(look))).told).toBe(before)
    },
  },
  {
    name: 'nothing else is writable',
    async run({ open }) {
      await using server = await open()
      const code = `found = []
for folder, folders, files in os.walk('/'):
    if folder.startswith(('/proc', os.getcwd())): folders[:] = []; continue
    if folder == os.path.dirname(os.getcwd()): continue
    try:
        os.close(os.open(folder + '/planted', os.O_CREAT | os.O_WRONLY)); found.append(folder)
    except OSError: pass
    for name in files:
        path = os.path.join(folder, name)
        if not os.path.islink(path) and os.access(path, os.W_OK) and not path.startswith('/dev/'): found.append(path)
tell(found[:9])`
      expect((await alone(server, python(code, { cpuSec: 60 }), { wallSec: 100 })).told).toBe('[]')
    },
  },
  {
    name: 'processes do not stay, however they hide',
    async run({ open }) {
      await using server = await open()
      const mark = `bench-survivor-${process.pid}-${Math.random()}`
      const code = `if os.fork() == 0:
    os.setsid()
    for n in (0, 1, 2, 3):
        try: os.close(n)
        except OSError: pass
    if os.fork() == 0: os.execv('/bin/sh', ['sh', '-c', 'trap "" HUP TERM; while :; do sleep 1; done', '${mark}'])
    os._exit(0)
os.wait()
tell('left')`
      expect((await alone(server, python(code))).told).toBe('left')
      expect(survivors(mark)).toEqual([])
      const held = code.replace('os.close(n)', 'pass')
      expect((await alone(server, python(held))).told).toBe('left')
      expect(survivors(mark)).toEqual([])
      await both(server, python(held), python('hear()\ntell(1)'))
      expect(survivors(mark)).toEqual([])
    },
  },
  {
    name: 'what a job changes in the interpreter is gone with it',
    async run({ open }) {
      await using server = await open()
      const change = `import builtins, json, math, random, resource
builtins.print = builtins.len = None
math.pi = 3; json.loads = None; sys.modules['re'] = None; sys.path.insert(0, '/tmp')
os.environ['LEFT'] = 'x'; os.umask(0); random.seed(1); sys.setrecursionlimit(99)
sys.modules['run'].main = None; sys.modules['run'].hear = None
os.nice(5); resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
tell('changed')`
      const look = `import math, json, re, resource
tell(len('abc'), math.pi > 3.1, json.loads('1'), 'LEFT' in os.environ, os.umask(0o22) & 0o777, sys.getrecursionlimit() > 500, os.nice(0), resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 32, re.match('a', 'a') is not None)`
      const before = (await alone(server, python(look))).told
      for (let round = 0; round < 3; round++)
        expect((await alone(server, python(change))).told).toBe('changed')
      expect((await alone(server, python(look))).told).toBe(before)
    },
  },
  {
    name: 'what a job changes in Node is gone with it',
    node: true,
    async run({ open }) {
      await using server = await open({ spareNodes: 2 })
      const change =
        'Object.prototype.left = 1; Array.prototype.map = null; globalThis.left = 2; fs.left = 3; fs.writeFileSync("left", ""); tell("changed")'
      const look = 'tell({}.left, typeof [].map, globalThis.left, fs.left, fs.readdirSync("."))'
      for (let round = 0; round < 4; round++) {
        expect((await alone(server, node(change))).told).toBe('changed')
        expect((await alone(server, node(look))).told).toBe(' function   ')
      }
    },
  },
]
