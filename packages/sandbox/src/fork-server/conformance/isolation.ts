import { hostname } from 'node:os'
import { expect } from 'vitest'
import { alone, both, type Case, python } from './case.js'

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
