import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { attempt } from './attempt.js'
import { type Case, python } from './case.js'

const others = `others = [p for p in (os.listdir('/proc') if os.path.isdir('/proc') else []) if p.isdigit() and int(p) != os.getpid()]
`

/** What /proc and /sys tell, and let change. */
export const proc: readonly Case[] = [
  witnessed('no environment of a process of the host', 'environ'),
  witnessed('no arguments of a process of the host', 'cmdline'),
  attempt(
    'no memory of another process',
    `${others}for pid in others:
    tries('memory of ' + pid, lambda: open('/proc/' + pid + '/mem', 'r+b').close())
    tries('map of ' + pid, lambda: len(open('/proc/' + pid + '/maps').read()) > 0)`,
  ),
  attempt(
    'no root, folder or program by way of another process',
    `${others}for pid in others:
    for link in ('root', 'cwd', 'exe'): tries(link + ' of ' + pid, lambda: os.readlink('/proc/' + pid + '/' + link))
    tries('root of ' + pid, lambda: os.listdir('/proc/' + pid + '/root/'))`,
  ),
  attempt(
    'no descriptor of another process',
    `${others}for pid in others: tries('descriptors of ' + pid, lambda: os.listdir('/proc/' + pid + '/fd'))`,
  ),
  attempt(
    'no setting of the kernel is writable',
    `for top, folders, files in os.walk('/proc/sys'):
    for name in files:
        # Open to all, and refused when it is written.
        if name != 'ns_last_pid': tries(os.path.join(top, name), lambda: os.close(os.open(os.path.join(top, name), os.O_WRONLY)))`,
  ),
  attempt(
    'neither core_pattern nor sysrq nor any helper of the kernel is writable',
    `for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger', '/sys/kernel/uevent_helper',
             '/proc/sys/fs/binfmt_misc/register', '/proc/sys/vm/panic_on_oom', '/proc/irq/default_smp_affinity', '/proc/timer_stats'):
    tries(path, lambda: os.close(os.open(path, os.O_WRONLY)))`,
  ),
  attempt(
    'nothing in /sys is writable',
    `import glob
for path in glob.glob('/sys/*/*') + glob.glob('/sys/kernel/*/*') + glob.glob('/sys/module/*/parameters/*') + glob.glob('/sys/class/*/*/*'):
    if os.path.isfile(path): tries(path, lambda: os.close(os.open(path, os.O_WRONLY)))`,
  ),
  attempt(
    'no control group is writable',
    `for top, folders, files in os.walk('/sys/fs/cgroup'):
    for name in files:
        if name in ('cgroup.procs', 'tasks', 'release_agent', 'notify_on_release', 'memory.limit_in_bytes', 'memory.max', 'pids.max'):
            tries(os.path.join(top, name), lambda: os.close(os.open(os.path.join(top, name), os.O_WRONLY)))
    def group(): os.mkdir(os.path.join(top, 'bench-group')); os.rmdir(os.path.join(top, 'bench-group'))
    if top.count('/') < 6: tries('a group in ' + top, group)`,
  ),
  attempt(
    'no memory and no log of the kernel',
    `for path in ('/proc/kcore', '/dev/mem', '/dev/kmem', '/dev/port', '/dev/kmsg', '/proc/kmsg', '/proc/vmcore', '/sys/kernel/debug/x'):
    def read():
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        # What is read of these is gone for who else reads it, or is an answer of a device.
        try: return path in ('/proc/kmsg', '/dev/port') or len(os.read(descriptor, 1)) > 0
        finally: os.close(descriptor)
    tries(path, read)`,
  ),
  attempt(
    'no address of the kernel',
    `tries('a symbol', lambda: int(open('/proc/kallsyms').readline().split()[0], 16) != 0)
tries('a module', lambda: any(int(line.split()[-1], 16) for line in open('/proc/modules') if line.split()[-1].startswith('0x')))`,
  ),
  attempt(
    'nobody shields itself from a lack of memory',
    `def lower():
    now = int(open('/proc/self/oom_score_adj').read())
    with open('/proc/self/oom_score_adj', 'w') as file: file.write(str(now - 1))
tries('a lower score', lower)`,
  ),
  attempt(
    'nobody maps users of its own',
    `for name in ('uid_map', 'gid_map', 'projid_map'):
    tries(name, lambda: os.write(os.open('/proc/self/' + name, os.O_WRONLY), b'0 0 1'))
def namespaced():
    if libc.unshare(0x10000000) != 0: return False
    return open('/proc/self/uid_map', 'w').write('0 %d 1' % os.getuid())
tries('a namespace', namespaced)`,
    { native: true },
  ),
]

/** A process of this machine carries a secret; a program in the box looks at all it sees. */
function witnessed(name: string, file: 'environ' | 'cmdline'): Case {
  return {
    name,
    contains: true,
    async run({ open }) {
      const canary = `canary-${randomBytes(8).toString('hex')}`
      const witness = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', canary], {
        env: { SECRET: canary },
        stdio: 'ignore',
      })
      try {
        await using box = await open()
        const result = await python(
          box,
          `import glob
wanted = ${JSON.stringify(canary.slice(0, 7))}.encode() + ${JSON.stringify(canary.slice(7))}.encode()
for path in glob.glob('/proc/[0-9]*/${file}'):
    try:
        if wanted in open(path, 'rb').read(): print('FOUND in', path)
    except OSError: pass
print('tried')`,
        )
        expect(result).toMatchObject({ code: 0, out: 'tried\n' })
      } finally {
        witness.kill('SIGKILL')
      }
    },
  }
}
