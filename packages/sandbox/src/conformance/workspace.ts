import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Case, python, pythonOf, text } from './case.js'

/** What is read back from a folder that belongs to the code that ran in it. */
export const workspace: readonly Case[] = [
  absent('a link to a file of the system is not read', "os.symlink('/etc/passwd', 'it')"),
  absent(
    'a link to a file beside it is not read',
    "open('beside', 'w').write('x'); os.symlink('beside', 'it')",
  ),
  absent('a pipe is not read, and holds up nobody', "os.mkfifo('it')"),
  absent('a socket is not read', "import socket; socket.socket(socket.AF_UNIX).bind('it')"),
  absent('a folder is not read', "os.mkdir('it')"),
  absent('a file of /proc is not read by a link', "os.symlink('/proc/self/environ', 'it')"),
  absent('a link that leads to itself is not read', "os.symlink('it', 'it')"),
  absent('a file behind a linked folder is not read', "os.symlink('/etc', 'folder')", 'folder/passwd'),
  absent(
    'a file behind two linked folders is not read',
    "os.mkdir('a'); os.symlink('/', 'a/b')",
    'a/b/etc/passwd',
  ),
  absent(
    'a file too long to be kept is not read',
    "open('part', 'w').truncate(60 << 20); os.rename('part', 'it')",
  ),
  {
    name: 'odd names beside it hinder the reading of nothing',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = `import os
for name in (b'new\\nline', b'\\xff\\xfe', b'-rf', b'--help', b'\\x1b[2J', b'a b', b'*', b'%s%n', b"'", b'"', b'\`id\`', b'x' * 255, b'--checkpoint=1', b'--checkpoint-action=exec=sh'):
    open(name, 'w').write('odd')
os.mkdir(b'-C'); os.mkdir(b'folder\\n'); open('good', 'w').write('good')`
      expect(await python(box, code)).toMatchObject({ code: 0 })
      const read = await box.read(['good', '--help', '*', '--checkpoint-action=exec=sh', "'"])
      expect(Object.values(read).map(text)).toEqual(['good', 'odd', 'odd', 'odd', 'odd'])
    },
  },
  {
    name: 'a file that cannot be read hinders the reading of no other',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = `import os
open('closed', 'w').write('x'); os.chmod('closed', 0); open('good', 'w').write('good')
os.mkdir('shut'); open('shut/in', 'w').write('x'); os.chmod('shut', 0)`
      expect(await python(box, code)).toMatchObject({ code: 0 })
      expect(text((await box.read(['closed', 'shut/in', 'good'])).good)).toBe('good')
    },
  },
  {
    name: 'files with many names count each time',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 4_000_000 } })
      const code = `import os
open('a', 'wb').write(bytes(3_000_000))
for i in range(50): os.link('a', 'a%d' % i)`
      expect(await python(box, code)).toMatchObject({ code: 0 })
      const read = await box.read(Array.from({ length: 50 }, (_, i) => `a${i}`))
      expect(Object.keys(read)).not.toEqual([])
      expect(Object.values(read).reduce((sum, content) => sum + content.length, 0)).toBeLessThan(8_000_000)
    },
  },
  {
    // Within the box it may lead anywhere: what runs there could have copied that file as well.
    name: 'a folder that turns into a link while it is read leads to no file outside',
    stays: true,
    async run({ open }) {
      const outside = mkdtempSync(join(tmpdir(), 'bench-outside-'))
      try {
        writeFileSync(join(outside, 'it'), 'not to be seen')
        await using box = await open()
        await box.write({
          'flip.py': `import os
os.mkdir('d'); open('d/it', 'w').write('own')
print('begun', flush=True)
while True:
    os.rename('d', 'e'); os.symlink(${JSON.stringify(outside)}, 'd'); os.unlink('d'); os.rename('e', 'd')`,
        })
        const flipping = await box.start([pythonOf(box), 'flip.py'])
        await new Promise((resolve) => flipping.stdout.once('data', resolve))
        flipping.stdout.resume()
        for (let turn = 0; turn < 8; turn++) {
          const { 'd/it': read } = await box.read(['d/it'])
          if (read !== undefined) expect(text(read)).toBe('own')
        }
        await flipping.kill()
      } finally {
        rmSync(outside, { recursive: true })
      }
    },
  },
  {
    name: 'a working folder that was put elsewhere leads no reader and no writer with it',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const { out } = await python(
        box,
        `import os, shutil
here = os.getcwd(); os.chdir('/')
for act in (lambda: shutil.rmtree(here), lambda: os.rename(here, here + '-gone'), lambda: os.symlink('/etc', here)):
    try: act()
    except OSError: pass
print('tried')`,
      )
      expect(out).toBe('tried\n')
      expect(await box.read(['passwd', 'hostname']).catch(() => ({}))).toEqual({})
    },
  },
  {
    name: 'folders that a command has shut are open to the next, and to reader and writer',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const code = `import os
open('kept', 'w').write('kept')
for path in (os.getcwd(), os.path.dirname(os.getcwd())):
    try: os.chmod(path, 0)
    except OSError: pass # Another's.`
      expect(await python(box, code)).toMatchObject({ code: 0 })
      await box.write({ more: 'more' })
      expect((await python(box, 'print(open("more").read())')).out).toBe('more\n')
      expect(Object.keys(await box.read(['kept', 'more'])).sort()).toEqual(['kept', 'more'])
    },
  },
  {
    name: 'programs that were planted are not ours to run',
    forks: true,
    harmful: true, // They stay in /tmp, whoever's it is.
    async run({ open }) {
      await using box = await open()
      const code = `import os
for folder in ('.', 'bin', '/tmp', '/tmp/bin', '/tmp/usr/bin'):
    os.makedirs(folder, exist_ok=True)
    for name in ('tar', 'sh', 'bash', 'prlimit', 'python3', 'node', 'cat', 'ls'):
        with open(folder + '/' + name, 'w') as file: file.write('#!/bin/sh\\ntouch /tmp/work/planted\\nexit 0\\n')
        os.chmod(folder + '/' + name, 0o755)
for name in ('.profile', '.bashrc', '.tarrc', '.npmrc', 'sitecustomize.py', 'usercustomize.py'): open(name, 'w').write('touch planted')
open('good', 'w').write('good')`
      expect(await python(box, code)).toMatchObject({ code: 0 })
      await box.write({ more: 'more' })
      const read = await box.read(['good', 'more', 'planted'])
      expect(Object.keys(read).sort()).toEqual(['good', 'more'])
    },
  },
  {
    name: 'folders within folders without end are left to the box, which closes',
    contains: true,
    harmful: true, // Few programs can delete them.
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 8 * 2 ** 20 } })
      const code = `import os
made = 0
try:
    while made < 50_000: os.mkdir('d'); os.chdir('d'); made += 1
except OSError: pass
print(made)`
      const { out } = await python(box, code)
      expect(Number(out)).toBeGreaterThan(500)
      expect(Number(out)).toBeLessThanOrEqual(2048)
      expect(await box.read(['d/d'])).toEqual({})
    },
  },
  {
    name: 'attributes of files take no room without end',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 8 * 2 ** 20 } })
      const code = `import os
stored = 0
try:
    for number in range(3000):
        open('f%d' % number, 'w').close()
        os.setxattr('f%d' % number, 'user.bomb', b'x' * 60_000); stored += 60_000
except OSError: pass
print(stored)`
      const { out } = await python(box, code)
      expect(out).toMatch(/^\d+\n$/)
      expect(Number(out)).toBeLessThanOrEqual(16 * 2 ** 20)
    },
  },
]

/** What a program makes in place of a file is not in what is read; the file beside it is. */
function absent(name: string, code: string, path = 'it'): Case {
  return {
    name,
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 48 * 2 ** 20 } })
      await python(box, `import os\ntry:\n    ${code}\nexcept OSError: pass\nopen('good', 'w').write('good')`)
      const read = await box.read(['good', path])
      expect(Object.keys(read)).toEqual(['good'])
    },
  }
}
