import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { attempt, calls } from './attempt.js'
import { type Case, type Place, python } from './case.js'

/** Programs and folders of the system, none of them the box's own. */
const system = `folders = ['/', '/usr', '/usr/bin', '/usr/lib', '/etc', '/var', '/var/tmp', '/run', '/home', '/root', '/opt', '/srv', '/mnt', '/dev', '/dev/shm', '/dev/mqueue', '/dev/pts', '/run/lock']
programs = [p for p in ('/usr/bin/tar', '/usr/bin/sh', '/usr/bin/python3', '/etc/passwd', '/etc/hosts', '/etc/resolv.conf', '/etc/ld.so.cache') if os.path.exists(p)]
`

/** What of the file system is not a box's to change. */
export const filesystem: readonly Case[] = [
  attempt(
    'no file is made in a folder of the system, by its name or by a link',
    `${system}def make(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)); os.unlink(path)
for number, folder in enumerate(folders):
    tries(folder, lambda: make(folder + '/bench-made'))
    def linked(): os.symlink(folder, 'link%d' % number); make('link%d/bench-linked' % number)
    tries('a link to ' + folder, linked)`,
    { native: true },
  ),
  attempt(
    'no program of the system is opened for writing',
    `${system}for path in programs: tries(path, lambda: os.close(os.open(os.path.realpath(path), os.O_WRONLY)))`,
    { native: true },
  ),
  attempt(
    'no hard link to a file of the system',
    `${system}for path in programs:
    def link(to): os.link(os.path.realpath(path), to); os.unlink(to)
    tries(path, lambda: link('/tmp/bench-hard'))
    tries(path + ' beside itself', lambda: link(os.path.realpath(path) + '-bench'))`,
    { native: true },
  ),
  attempt(
    'no device is made',
    `import stat
for kind, number in ((stat.S_IFCHR, os.makedev(1, 3)), (stat.S_IFBLK, os.makedev(7, 0)), (stat.S_IFCHR, os.makedev(1, 1))):
    def node(): os.mknod('node', kind | 0o600, number); os.unlink('node')
    tries('a node %o' % kind, node)`,
    { native: true },
  ),
  attempt(
    'no device but the harmless ones is opened',
    `import stat
harmless = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}
for top, folders, files in os.walk('/dev'):
    for name in files:
        path = os.path.join(top, name)
        def opened():
            at = os.stat(path)
            if not stat.S_ISCHR(at.st_mode) and not stat.S_ISBLK(at.st_mode): return False
            if (os.major(at.st_rdev), os.minor(at.st_rdev)) in harmless or 136 <= os.major(at.st_rdev) <= 143: return False
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        tries(path, opened)`,
    { native: true },
  ),
  attempt(
    'nothing is mounted',
    `os.mkdir('m')
def mount(kind, flags, *options):
    if libc.mount(b'none', b'm', kind, flags, *options) != 0: return False
    libc.umount2(b'm', 2)
for kind in (b'tmpfs', b'proc', b'ramfs', b'cgroup', b'cgroup2', b'debugfs', b'mqueue', b'devpts', b'sysfs'): tries(kind, lambda: mount(kind, 0, None))
def bind():
    if libc.mount(b'/', b'm', None, 4096, None) != 0: return False
    libc.umount2(b'm', 2)
tries('a bind', bind)`,
    { native: true },
  ),
  attempt(
    'no mount is changed or taken away',
    `os.mkdir('m')
# What is no mount point: whoever may is told so, whoever may not is refused before.
for what, flags in (('remount', 32), ('remount of a bind', 4096 | 32), ('propagation', 1 << 18), ('move', 8192)):
    asks(what, (165, 40), b'm' if flags == 8192 else b'none', b'm', None, flags, None)
asks('umount', (166, 39), b'm', 0)
asks('lazy umount', (166, 39), b'm', 2)`,
    { native: true },
  ),
  calls('no mount by descriptors', {
    fsopen: [430, 430, 'b"tmpfs"', '0'],
    fspick: [433, 433, '-100', 'b"/"', '0'],
    fsmount: [432, 432, '-1', '0', '0'],
    fsconfig: [431, 431, '-1', '0', 'None', 'None', '0'],
    open_tree: [428, 428, '-100', 'b"."', '1'],
    move_mount: [429, 429, '-1', 'b""', '-1', 'b""', '4'],
    mount_setattr: [442, 442, '-100', 'b"/nowhere"', '0', 'None', '32'],
  }),
  attempt(
    'no other root folder',
    `os.mkdir('r')
asks('pivot_root', (155, 41), b'r', b'r')
tries('chroot', lambda: os.chroot('r'))`,
    { native: true },
  ),
  attempt(
    'no file is given to root, to a group or to a capability',
    `for uid, gid in ((0, 0), (0, -1), (-1, 0), (12345, 12345)):
    open('own', 'w').close()
    tries('owner %d:%d' % (uid, gid), lambda: os.chown('own', uid, gid))
    os.path.exists('own') and os.unlink('own')
open('able', 'w').close()
tries('a capability', lambda: os.setxattr('able', 'security.capability', bytes((1, 0, 0, 2, 255, 255, 255, 255) + (0,) * 12)))
tries('a trusted attribute', lambda: os.setxattr('able', 'trusted.bench', b'x'))`,
    { native: true },
  ),
  attempt(
    'no file is made immutable',
    `import fcntl, struct
with open('f', 'w') as file:
    def flag(bit):
        now = struct.unpack('l', fcntl.ioctl(file, 0x80086601, bytes(8)))[0]
        fcntl.ioctl(file, 0x40086602, struct.pack('l', now | bit)); fcntl.ioctl(file, 0x40086602, struct.pack('l', now))
    tries('immutable', lambda: flag(0x10))
    tries('append only', lambda: flag(0x20))`,
    { native: true },
  ),
  attempt(
    'no message queue is made',
    `def queue():
    descriptor = ctypes.CDLL('librt.so.1').mq_open(b'/bench-queue', 0o102, 0o600, None)
    if descriptor < 0: return False
    ctypes.CDLL('librt.so.1').mq_unlink(b'/bench-queue')
tries('a queue', queue)`,
    { native: true },
  ),
  attempt(
    'the working folder tells nothing of the host',
    `tries('a folder of the host', lambda: os.getcwd() not in ('/tmp/work', '/'))`,
  ),
  {
    name: 'a mounted folder is read and not written, whatever its modes',
    contains: true,
    forks: true,
    async run(at) {
      await mounted(at, false, async ({ out }, folder) => {
        expect(out).toBe('content True\ntried\n')
        expect(readdirSync(folder).sort()).toEqual(['deep', 'file'])
        expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content')
      })
    },
  },
  {
    name: 'a copy-on-write mount is written, and the host sees nothing of it',
    contains: true,
    forks: true,
    async run(at) {
      await mounted(at, true, async ({ out }, folder) => {
        expect(out.split('\n').filter((line) => line.startsWith('ESCAPED')).length).toBe(4)
        expect(readdirSync(folder).sort()).toEqual(['deep', 'file'])
        expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content')
        expect(readFileSync(join(folder, 'deep/er'), 'utf8')).toBe('content')
      })
    },
  },
  {
    name: 'what is written to a copy-on-write mount is there for the next command, and in no other box',
    contains: true,
    forks: true,
    async run({ open }) {
      const source = sourceFolder()
      const mounts = [{ source, target: '/opt/prepared', copyOnWrite: true }]
      try {
        await using one = await open({ mounts })
        await using two = await open({ mounts })
        await python(
          one,
          `open('/opt/prepared/new', 'w').write('x'); open('/opt/prepared/file', 'a').write(' and more')`,
        )
        const look = `import os
print(sorted(os.listdir('/opt/prepared')), open('/opt/prepared/file').read())`
        expect((await python(one, look)).out).toBe("['deep', 'file', 'new'] content and more\n")
        expect((await python(two, look)).out).toBe("['deep', 'file'] content\n")
      } finally {
        rmSync(source, { recursive: true })
      }
    },
  },
]

function sourceFolder(): string {
  const source = mkdtempSync(join(tmpdir(), 'bench-source-'))
  chmodSync(source, 0o777)
  writeFileSync(join(source, 'file'), 'content')
  chmodSync(join(source, 'file'), 0o666)
  const deep = join(source, 'deep')
  mkdirOpen(deep)
  writeFileSync(join(deep, 'er'), 'content')
  return source
}

function mkdirOpen(folder: string): void {
  mkdirSync(folder)
  chmodSync(folder, 0o777)
}

/** A program tries each way of writing below a mount; then what it said and what became of the source is looked at. */
async function mounted(
  { open }: Place,
  copyOnWrite: boolean,
  look: (result: { out: string }, source: string) => Promise<void>,
): Promise<void> {
  const source = sourceFolder()
  try {
    await using box = await open({ mounts: [{ source, target: '/opt/prepared', copyOnWrite }] })
    const result = await python(
      box,
      `import os
def tries(what, act):
    try: act()
    except OSError: return
    print('ESCAPED', what)
print(open('/opt/prepared/file').read(), os.path.exists('/opt/prepared/deep/er'))
tries('change', lambda: open('/opt/prepared/file', 'w').write('changed'))
tries('new', lambda: open('/opt/prepared/deep/new', 'w').write('new'))
tries('modes', lambda: os.chmod('/opt/prepared/deep', 0o755))
tries('deletion', lambda: os.unlink('/opt/prepared/deep/er'))
print('tried')`,
    )
    await look(result, source)
  } finally {
    rmSync(source, { recursive: true })
  }
}
