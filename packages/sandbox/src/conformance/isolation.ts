import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Case, python } from './case.js'

/** What must not be reached from inside. */
export const isolation: readonly Case[] = [
  {
    name: 'no file of the host is read but its programs',
    async run({ open }) {
      const folder = mkdtempSync(join(tmpdir(), 'bench-secret-'))
      writeFileSync(join(folder, 'key'), 'canary', { mode: 0o644 })
      const secrets = [
        '/etc/shadow',
        '/etc/ssh',
        homedir(),
        process.cwd(),
        folder,
        join(folder, 'key'),
        '/var/run/docker.sock',
        '/proc/1/root/etc/shadow',
        '/sys/kernel',
        '/run',
        '/var',
        '/home',
      ]
      try {
        await using box = await open()
        const result = await python(
          box,
          `import os
for path in ${JSON.stringify(secrets)}:
    try: found = os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1)
    except OSError: continue
    if found: print('READ', path, found)
print('tried')`,
        )
        expect(result).toMatchObject({ code: 0, out: expect.stringMatching(/tried\n$/) })
        // A system folder may be there without anything of this machine in it; the canaries may not.
        for (const path of ['/etc/shadow', homedir(), process.cwd(), folder, '/var/run/docker.sock'])
          expect(result.out).not.toContain(`READ ${path} `)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  },
  {
    name: 'nothing is writable but /tmp',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const result = await python(
        box,
        `import os
for top, folders, _ in os.walk('/'):
    if top == '/': folders[:] = [f for f in folders if f not in ('proc', 'tmp')]
    try: open(os.path.join(top, 'bench-probe'), 'w').close(); print('WROTE', top)
    except OSError: pass
for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/vm/overcommit_memory', '/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/memory/release_agent'):
    try: open(path, 'r+').close(); print('OPENED', path)
    except OSError: pass
open('/tmp/fine', 'w').close()
print('tried')`,
      )
      expect(result).toMatchObject({ code: 0, out: 'tried\n' })
    },
  },
  {
    name: 'no descriptor and no terminal of ours',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const result = await python(
        box,
        `import os
for fd in os.listdir('/proc/self/fd'):
    try: target = os.readlink('/proc/self/fd/' + fd)
    except OSError: continue
    if int(fd) > 2: print('INHERITED', fd, target)
for fd in range(3):
    if os.isatty(fd): print('TERMINAL', fd)
try: os.open('/dev/tty', os.O_RDWR); print('TERMINAL')
except OSError: pass
print('tried')`,
      )
      expect(result).toMatchObject({ code: 0, out: 'tried\n' })
    },
  },
  {
    name: 'no session of ours',
    forks: true,
    async run({ open }) {
      await using box = await open()
      // Led from outside the namespace, they would be 0.
      const { out } = await python(box, 'import os\nprint(os.getsid(0), os.getpgid(0))')
      const [session = 0, group = 0] = out.split(' ').map(Number)
      expect(session).toBeGreaterThan(0)
      expect(group).toBeGreaterThan(0)
    },
  },
  {
    name: 'no privilege, and no way to one',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const result = await python(
        box,
        `import os
status = dict(line.split(':\\t', 1) for line in open('/proc/self/status') if ':\\t' in line)
for name in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb'):
    if int(status[name], 16): print(name, status[name])
if status['NoNewPrivs'].strip() != '1': print('NEW PRIVILEGES')
if status['Seccomp'].strip() != '2': print('NO FILTER')
if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()) or 0 in os.getgroups(): print('ROOT')
for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chroot('/tmp')):
    try: change(); print('CHANGED')
    except OSError: pass
try: open('/proc/1/mem', 'r+b').close(); print('MEMORY of the first process')
except OSError: pass
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000):
    if libc.unshare(flag) == 0: print('NAMESPACE', hex(flag))
if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0: print('MOUNTED')
print('tried')`,
      )
      expect(result).toMatchObject({ code: 0, out: 'tried\n' })
    },
  },
  {
    name: 'two boxes do not see each other',
    async run({ open }) {
      await using one = await open()
      await using two = await open()
      expect(
        (await python(one, "open('/tmp/left', 'w').write('x'); open('left', 'w').write('x')")).code,
      ).toBe(0)
      const result = await python(
        two,
        "import os\nprint(os.path.exists('/tmp/left'), os.path.exists('left'))",
      )
      expect(result.out).toBe('False False\n')
      expect(await two.read(['left'])).toEqual({})
    },
  },
]
