import { hostname } from 'node:os'
import { expect } from 'vitest'
import { survivors } from '../../conformance/case.js'
import { alone, both, type Case, node, python } from './case.js'

/** Looks into every process there is, its own apart: lists what it could read of them. */
const pry = `seen = []
for pid in os.listdir('/proc'):
    if not pid.isdigit() or int(pid) == os.getpid(): continue
    for name in ('environ', 'mem', 'maps', 'auxv', 'stack', 'syscall', 'pagemap', 'io'):
        try:
            with open('/proc/%s/%s' % (pid, name), 'rb') as file:
                if name in ('mem', 'pagemap'): file.seek(4096)
                if file.read(16) or name in ('mem',): seen.append((pid, name))
        except OSError: pass
    for name in ('fd', 'map_files', 'task/%s/fd' % pid):
        try: seen += [(pid, name, n) for n in os.listdir('/proc/%s/%s' % (pid, name))]
        except OSError: pass
    for name in ('root', 'cwd', 'exe', 'ns/pid'):
        try: seen.append((pid, name, os.readlink('/proc/%s/%s' % (pid, name))))
        except OSError: pass
`

/** What a job may know of others and of the box. */
export const isolation: readonly Case[] = [
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
  {
    name: 'no job finds the payload of another, before it or beside it',
    async run({ open }) {
      await using server = await open()
      // The mark is put together anew, so that whoever looks does not find what it looks for in its own payload.
      const mark = `${Math.random()}`.slice(2)
      const look = `mark = '${mark}'[::-1][::-1].encode()[:0] + b'-'.join([b'secret', b'${mark}'[:4], b'${mark}'[4:]])
count = 0
try: regions = open('/proc/self/maps').read().splitlines()
except OSError: regions = []
memory = None
try: memory = open('/proc/self/mem', 'rb', 0)
except OSError: pass
for line in regions:
    where, mode = line.split()[:2]
    if not mode.startswith('r') or '[v' in line: continue
    begin, end = (int(n, 16) for n in where.split('-'))
    try:
        memory.seek(begin); count += memory.read(end - begin).count(mark)
    except (OSError, ValueError, AttributeError): pass
tell(count)`
      const secret = `#secret-${mark.slice(0, 4)}-${mark.slice(4)}\n`
      await alone(server, python(secret.repeat(1000)))
      expect(Number((await alone(server, python(look))).told)).toBeLessThanOrEqual(1)
      const [first] = await both(
        server,
        python(`${look}\nsay('x')`),
        python(`hear()\n${secret.repeat(1000)}`),
      )
      expect(Number(first.told)).toBeLessThanOrEqual(1)
    },
  },
  {
    name: 'other processes are closed to it: their memory, environment, files and folders',
    async run({ open }) {
      await using server = await open()
      expect((await alone(server, python(`${pry}\ntell(seen)`))).told).toBe('[]')
      const [first] = await both(server, python(`${pry}\ntell(seen)\nsay('x')`), python('hear()'))
      expect(first.told).toBe('[]')
    },
  },
  {
    name: 'it can signal nobody: neither the agent, nor its template, nor the other of two',
    async run({ open }) {
      await using server = await open()
      const kill = `import signal, threading
def storm():
    for pid in [1, -1, os.getppid()] + list(range(2, 400)):
        if pid == os.getpid(): continue
        for n in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
            try: os.kill(pid, n)
            except OSError: pass
for _ in range(20): storm()
try: os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)
except OSError: pass`
      // Killing -1 may end the job itself: what counts is that everything else goes on.
      for (let round = 0; round < 3; round++) await alone(server, python(kill))
      const [, last] = await both(server, python(kill), python("import time\ntime.sleep(0.2)\ntell('alive')"))
      expect(last.told).toBe('alive')
      expect((await alone(server, python("tell('alive')"))).told).toBe('alive')
    },
  },
  {
    name: 'it can slow nobody down: neither by priority, nor by limits, nor by binding to a core',
    async run({ open }) {
      await using server = await open()
      const slow = `import ctypes, resource
libc = ctypes.CDLL(None)
for pid in (1, os.getppid()):
    for attempt in (lambda: os.setpriority(os.PRIO_PROCESS, pid, 19), lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19),
        lambda: os.setpriority(os.PRIO_PGRP, 0, 19),
        lambda: resource.prlimit(pid, resource.RLIMIT_NPROC, (1, 1)), lambda: os.sched_setaffinity(pid, {0}),
        lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)), lambda: libc.syscall(251, 1, pid, 3 << 13)):
        try: attempt()
        except OSError: pass
tell('tried')`
      const look = `import resource
tell(os.getpriority(os.PRIO_PROCESS, 0), resource.getrlimit(resource.RLIMIT_NPROC), os.sched_getaffinity(0), os.sched_getscheduler(0))`
      const before = (await alone(server, python(look))).told
      expect((await alone(server, python(slow))).told).toBe('tried')
      await alone(server, python('1'))
      expect((await alone(server, python(look))).told).toBe(before)
    },
  },
  {
    name: 'it is no root, has no capability and no way to one',
    async run({ open }) {
      await using server = await open()
      const code = `status = dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)
tell(0 in [int(n) for n in status['Uid'].split()], *[int(status[name], 16) for name in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb')], status['NoNewPrivs'], status['Seccomp'], [g for g in os.getgroups() if g == 0])`
      expect((await alone(server, python(code))).told).toBe('False 0 0 0 0 1 2 []')
    },
  },
  {
    name: 'it has no network, and no way to leave bytes in the kernel',
    async run({ open }) {
      await using server = await open()
      const code = `import ctypes, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
made = []
x = platform.machine() == 'x86_64'
for name, number, *rest in (('shmget', 29 if x else 194, 7, 4096, 0o1777), ('msgget', 68 if x else 186, 7, 0o1777), ('semget', 64 if x else 190, 7, 1, 0o1777), ('keyctl', 250 if x else 219, 0, -3, 1), ('unshare', 272 if x else 97, 0x10000000), ('ptrace', 101 if x else 117, 0, 0, 0)):
    if libc.syscall(number, *rest) >= 0: made.append(name)
if libc.mq_open(b'/left', 0o102, 0o666, 0) >= 0: made.append('mq_open')
for family in (socket.AF_INET, socket.AF_INET6):
    try: socket.socket(family); made.append('network')
    except OSError: pass
tell(made)`
      expect((await alone(server, python(code))).told).toBe('[]')
    },
  },
  {
    name: 'the name of the host is not told',
    async run({ open }) {
      await using server = await open()
      expect((await alone(server, python('tell(os.uname().nodename)'))).told).not.toBe(hostname())
    },
  },
  {
    name: 'two of a job share no folder, and neither sees the other’s files',
    async run({ open }) {
      await using server = await open()
      const [first] = await both(
        server,
        python(
          "hear()\ntell([n for f in ('/tmp', '.') for n in (os.listdir(f) if os.access(f, os.R_OK) else [])], os.path.exists('/tmp/1/in'))",
        ),
        python("open('in', 'w').close(); say('x'); hear()"),
      )
      expect(first.told).toMatch(/^\[('0')?\] False$/)
    },
  },
]
