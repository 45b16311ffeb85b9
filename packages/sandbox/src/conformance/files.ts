import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Case, python, text } from './case.js'

const badPaths = [
  '',
  '/',
  '/etc/passwd',
  '..',
  '../x',
  'a/../b',
  'a/../../b',
  './a',
  'a/.',
  'a//b',
  'a/',
  'a\0b',
  'a\nb',
  'a\u001b[2Jb',
  'a\\b',
  'C:/x',
  'c:x',
  'x'.repeat(256),
  `${'x/'.repeat(600)}y`,
  '\ud800',
  'a\u2028b',
  '\u007f',
]

/** What goes in and out, and by which paths it may not. */
export const files: readonly Case[] = [
  {
    name: 'what is written is there, and what a command leaves can be read',
    async run({ open }) {
      await using box = await open()
      const blob = new Uint8Array(1_000_000).map((_, i) => (i * 31) % 256)
      const long = `${'d'.repeat(120)}/${'é'.repeat(100)}.txt`
      await box.write({
        'a.txt': 'first\n',
        'deep/er/b.bin': blob,
        empty: '',
        'ünï cödé 😀': 'named',
        [long]: 'long',
        '-rf': 'dash',
      })
      const result = await python(
        box,
        `import os
blob = open('deep/er/b.bin', 'rb').read()
open('out.bin', 'wb').write(blob[::-1]); os.makedirs('x/y'); open('x/y/z', 'w').write(open('a.txt').read() * 2)
print(open('ünï cödé 😀', encoding='utf-8').read(), os.path.getsize('empty'))`,
      )
      expect(result.out).toBe('named 0\n')
      const read = await box.read(['out.bin', 'x/y/z', 'empty', long, '-rf', 'missing', 'missing/too'])
      expect(Object.keys(read).sort()).toEqual(['out.bin', 'x/y/z', 'empty', long, '-rf'].sort())
      expect(Buffer.from(read['out.bin'] ?? '').equals(Buffer.from(blob).reverse())).toBe(true)
      expect(text(read['x/y/z'])).toBe('first\nfirst\n')
      expect([text(read.empty), text(read[long]), text(read['-rf'])]).toEqual(['', 'long', 'dash'])
    },
  },
  {
    name: 'writing again replaces',
    async run({ open }) {
      await using box = await open()
      await box.write({ f: 'a much longer first content' })
      await box.write({ f: 'second' })
      await box.write({})
      expect(text((await box.read(['f'])).f)).toBe('second')
      expect(await box.read([])).toEqual({})
    },
  },
  {
    name: 'paths out of the working folder are refused',
    async run({ open }) {
      await using box = await open()
      for (const path of badPaths) {
        await expect(box.write({ [path]: 'x' }), JSON.stringify(path)).rejects.toMatchObject({
          code: 'bad_path',
        })
        await expect(box.read([path]), JSON.stringify(path)).rejects.toMatchObject({ code: 'bad_path' })
      }
    },
  },
  {
    name: 'one bad path among good ones writes nothing',
    async run({ open }) {
      await using box = await open()
      await expect(box.write({ good: 'x', '../bad': 'x' })).rejects.toMatchObject({ code: 'bad_path' })
      expect(await box.read(['good'])).toEqual({})
    },
  },
  {
    name: 'links, folders, pipes and what lies behind links are not read',
    forks: true,
    async run({ open }) {
      await using box = await open()
      await python(
        box,
        `import os
os.symlink('/etc/hostname', 'link'); os.symlink('main.py', 'inner'); os.symlink('/etc', 'folder'); os.symlink('.', 'self')
os.symlink('loop', 'loop'); os.mkdir('plain'); os.mkfifo('pipe'); os.link('main.py', 'hard'); os.symlink('/proc/self/environ', 'env')`,
      )
      const wanted = [
        'link',
        'inner',
        'folder/hostname',
        'self/main.py',
        'loop',
        'plain',
        'pipe',
        'env',
        'main.py',
        'hard',
      ]
      expect(Object.keys(await box.read(wanted)).sort()).toEqual(['hard', 'main.py'])
    },
  },
  {
    name: 'a planted link leads no write out of the box',
    forks: true,
    async run({ open }) {
      const outside = mkdtempSync(join(tmpdir(), 'bench-outside-'))
      try {
        await using box = await open()
        await python(
          box,
          `import os\nos.symlink(${JSON.stringify(outside)}, 'd')\nos.symlink(${JSON.stringify(join(outside, 'f'))}, 'f')`,
        )
        await box.write({ 'd/planted': 'x' }).catch(() => {})
        await box.write({ f: 'x' }).catch(() => {})
        await box.write({ plain: 'x' })
        expect(Object.keys(await box.read(['plain']))).toEqual(['plain'])
        expect(readdirSync(outside)).toEqual([])
      } finally {
        rmSync(outside, { recursive: true })
      }
    },
  },
  {
    name: 'a file larger than the disk may be is absent',
    forks: true,
    async run({ open }) {
      await using box = await open({ limits: { diskBytes: 4_000_000 } })
      await python(
        box,
        `import os
for name in ('a', 'b', 'c'):
    try: open(name, 'wb').truncate(3_900_000)
    except OSError: pass
for i in range(200): os.link('a', 'a%d' % i)
try: open('huge', 'wb').truncate(1 << 40)
except OSError: pass
open('small', 'w').write('kept')`,
      )
      const names = ['small', 'huge', ...Array.from({ length: 200 }, (_, i) => `a${i}`)]
      const read = await box.read(names)
      expect(text(read.small)).toBe('kept')
      expect(Object.values(read).reduce((sum, content) => sum + content.length, 0)).toBeLessThan(12_000_000)
    },
  },
]
