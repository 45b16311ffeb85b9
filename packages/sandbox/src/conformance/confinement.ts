import { expect } from 'vitest'
import { attempt, calls } from './attempt.js'
import { type Case, python } from './case.js'

/** What a process may not do to itself, to others and to the box. */
export const confinement: readonly Case[] = [
  calls('no namespace is made', {
    'a user namespace': [272, 97, '0x10000000'],
    'a mount namespace': [272, 97, '0x20000'],
    'a network namespace': [272, 97, '0x40000000'],
    'a process namespace': [272, 97, '0x20000000'],
    'a host name namespace': [272, 97, '0x4000000'],
    'an IPC namespace': [272, 97, '0x8000000'],
    'a group namespace': [272, 97, '0x2000000'],
    'a time namespace': [272, 97, '0x80'],
  }),
  attempt(
    'no process is made in a namespace of its own',
    `for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x4000000, 0x8000000, 0x2000000):
    def clone():
        child = libc.syscall((56, 220)[machine], flag | 17, None, None, None, None)
        if child == 0: os._exit(0)
        if child < 0: return False
        os.waitpid(child, 0)
    tries('clone %x' % flag, clone)`,
    { native: true },
  ),
  attempt(
    'no namespace of another process is entered',
    `for pid in ('1', str(os.getppid()), 'self'):
    for name in ('user', 'mnt', 'net', 'pid', 'uts', 'ipc', 'cgroup'):
        def enter():
            descriptor = os.open('/proc/%s/ns/%s' % (pid, name), os.O_RDONLY)
            ctypes.set_errno(0)
            return libc.setns(descriptor, 0) == 0 or ctypes.get_errno() not in refusals
        tries('%s of %s' % (name, pid), enter)`,
    { native: true },
  ),
  attempt(
    'no process outside is traced',
    `for pid in (1, os.getppid()):
    # With an option that there is not: nobody is traced by asking.
    if pid > 0: asks('seize %d' % pid, (101, 117), 0x4206, pid, None, 0x7fffffff)`,
    { native: true },
  ),
  attempt(
    'no memory of a process outside is copied',
    `local = ctypes.create_string_buffer(8)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(local), 8)
for pid in (1, os.getppid()):
    if pid > 0:
        asks('read of %d' % pid, (310, 270), pid, vector, 1, vector, 1, 0)
        asks('write to %d' % pid, (311, 271), pid, vector, 0, vector, 0, 0)`,
    { native: true },
  ),
  attempt(
    'no descriptor is taken from another process',
    `for pid in (1, os.getppid()):
    def take():
        descriptor = libc.syscall((434, 434)[machine], pid, 0)
        if descriptor < 0: return False
        ctypes.set_errno(0)
        return libc.syscall((438, 438)[machine], descriptor, 0, 0) >= 0 or ctypes.get_errno() not in refusals
    if pid > 0: tries('a descriptor of %d' % pid, take)`,
    { native: true },
  ),
  calls('no two processes are compared', { kcmp: [312, 272, '1', '1', '0', '0', '0'] }),
  attempt(
    'no priority is raised',
    `tries('nice', lambda: os.nice(-1))
tries('real time', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
tries('round robin', lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)))
asks('input and output in real time', (251, 30), 1, 0, 1 << 13)`,
    { native: true },
  ),
  // Those of the first process are only asked for: where nothing contains this, they are the whole machine's.
  attempt(
    'no limit is raised',
    `import resource
for name in dir(resource):
    if not name.startswith('RLIMIT_'): continue
    which = getattr(resource, name)
    tries(name + ' of the first', lambda: resource.prlimit(1, which))
    soft, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY: continue
    tries(name, lambda: resource.setrlimit(which, (soft, hard + 1)))
    tries(name + ' away', lambda: resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))`,
    { native: true },
  ),
  attempt(
    'no capability is taken back',
    `for capability in range(41):
    tries('ambient %d' % capability, lambda: libc.prctl(47, 2, capability, 0, 0) == 0)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
data = (ctypes.c_uint32 * 6)(*[0xffffffff] * 6)
tries('all of them', lambda: libc.syscall((126, 91)[machine], header, data) == 0)
tries('a new privilege', lambda: libc.prctl(39, 0, 0, 0, 0) == 0)
tries('secure bits', lambda: libc.prctl(28, 0x10) == 0)`,
    { native: true },
  ),
  attempt(
    'nobody becomes another user',
    `for change in (lambda: os.setuid(0), lambda: os.setreuid(0, 0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0), lambda: os.setresgid(0, 0, 0),
               lambda: os.setgroups([0]), lambda: os.setgroups([]), lambda: os.setuid(12345), lambda: os.initgroups('root', 0)):
    tries('an identity', change)`,
    { native: true },
  ),
  {
    name: 'no signal ends the first process of the box, and none leaves it',
    contains: true,
    forks: true,
    harmful: true,
    async run({ open }) {
      await using other = await open()
      await using box = await open()
      await box.write({ kept: 'kept' })
      const result = await python(
        box,
        `import os, signal, time
for number in list(range(1, 32)):
    try: os.kill(1, number)
    except OSError: pass
time.sleep(0.2); print('alive', flush=True)
os.kill(-1, signal.SIGKILL)
time.sleep(0.2); print('still')`,
      )
      expect(result.out.startsWith('alive\n')).toBe(true)
      for (const each of [box, other]) expect((await python(each, 'print("on")')).out).toBe('on\n')
    },
  },
  {
    name: 'a crash leaves no image of its memory',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = `import os, resource, signal
try: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
except (OSError, ValueError): pass
if os.fork() == 0: os.kill(os.getpid(), signal.SIGABRT)
print(os.WCOREDUMP(os.wait()[1]), os.listdir('.'))`
      expect((await python(box, code)).out).toBe("False ['main.py']\n")
    },
  },
  {
    name: 'threads end at their number',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { pids: 20 } })
      const code = `import os, threading, time
made = 0
try:
    while made < 200: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); made += 1
except RuntimeError: pass
print(made, flush=True); os._exit(0)`
      const { out } = await python(box, code)
      expect(Number(out)).toBeGreaterThan(5)
      expect(Number(out)).toBeLessThanOrEqual(20)
    },
  },
  {
    name: 'programs that are started end at their number',
    contains: true,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { pids: 20 } })
      const code = `import os, sys
made = 0
try:
    while made < 60: os.posix_spawn(sys.executable, [sys.executable, '-ISc', 'input()'], {}); made += 1
except OSError: pass
print(made, flush=True)`
      const { out } = await python(box, code)
      expect(Number(out)).toBeGreaterThan(5)
      expect(Number(out)).toBeLessThanOrEqual(20)
    },
  },
]
