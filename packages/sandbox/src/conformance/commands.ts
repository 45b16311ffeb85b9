import { expect } from 'vitest'
import { type Case, python, run, text } from './case.js'

/** What commands are given, and what is told of their end. */
export const commands: readonly Case[] = [
  {
    name: 'exit codes are told as they are',
    async run({ open }) {
      await using box = await open()
      for (const code of [0, 1, 7, 100])
        expect(await python(box, `import sys\nsys.exit(${code})`)).toMatchObject({
          reason: 'ok',
          code,
          signal: null,
        })
    },
  },
  {
    name: 'an uncaught error is code 1 with its message on stderr',
    async run({ open }) {
      await using box = await open()
      const result = await python(box, 'raise ValueError("näh")')
      expect(result).toMatchObject({ reason: 'ok', code: 1, out: '' })
      expect(result.err).toContain('ValueError: näh')
    },
  },
  {
    name: 'stdout and stderr stay apart, byte for byte',
    async run({ open }) {
      await using box = await open()
      const result = await python(
        box,
        `import sys
every = bytes(range(256))
sys.stdout.buffer.write(every * 300); sys.stderr.buffer.write(every[::-1] * 300)`,
      )
      const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      expect(Buffer.from(result.stdout)).toEqual(Buffer.concat(Array(300).fill(every)))
      expect(Buffer.from(result.stderr)).toEqual(Buffer.concat(Array(300).fill(Buffer.from(every).reverse())))
    },
  },
  {
    name: 'stdin arrives whole and ends',
    async run({ open }) {
      await using box = await open()
      const stdin = new Uint8Array(500_000).map((_, i) => (i * 7919) % 251)
      const result = await python(box, 'import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())', {
        stdin,
      })
      expect(Buffer.from(result.stdout).equals(stdin)).toBe(true)
      const none = await python(box, 'import sys\nprint(repr(sys.stdin.read()))')
      expect(none.out).toBe("''\n")
    },
  },
  {
    name: 'stdin that is not read hinders nobody',
    async run({ open }) {
      await using box = await open()
      const result = await python(box, 'print("done")', { stdin: new Uint8Array(4_000_000) })
      expect(result).toMatchObject({ reason: 'ok', code: 0, out: 'done\n' })
    },
  },
  {
    name: 'arguments arrive as they are',
    async run({ open }) {
      await using box = await open()
      const args = ['a b', '"\'$(id)`;&|', 'ünï→😀', '-x', '--', 'line\nbreak', '']
      const result = await python(box, 'import json, sys\nprint(json.dumps(sys.argv[1:]))', { args })
      expect(JSON.parse(result.out)).toEqual(args)
    },
  },
  {
    name: 'a missing command is code 127',
    forks: true,
    async run({ open }) {
      await using box = await open()
      expect(await run(box, ['no-such-program-here'])).toMatchObject({ reason: 'ok', code: 127 })
    },
  },
  {
    name: 'death by a signal is told',
    forks: true,
    async run({ open }) {
      await using box = await open()
      const result = await python(box, 'import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)')
      expect(result).toMatchObject({ reason: 'ok', code: null, signal: 'SIGSEGV' })
    },
  },
  {
    name: 'the environment is what was given, and nothing of ours',
    async run({ open }) {
      process.env.BENCH_TEST_CANARY = 'canary-in-environment'
      try {
        await using box = await open({ env: { GIVEN: 'é = "x"', EMPTY: '' } })
        const result = await python(box, 'import json, os\nprint(json.dumps(dict(os.environ)))')
        const env = JSON.parse(result.out) as Record<string, string>
        expect(env).toMatchObject({ GIVEN: 'é = "x"', EMPTY: '' })
        expect(result.out).not.toContain('canary-in-environment')
        const known = [
          'GIVEN',
          'EMPTY',
          'PATH',
          'HOME',
          'TMPDIR',
          'LANG',
          'LC_CTYPE',
          'PWD',
          'HOSTNAME',
          'SHLVL',
          '_',
          'OLDPWD',
        ]
        expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([])
      } finally {
        delete process.env.BENCH_TEST_CANARY
      }
    },
  },
  {
    name: 'the working folder is empty at first, and writable',
    async run({ open }) {
      await using box = await open()
      const result = await python(box, 'import os\nprint(os.listdir("."))\nopen("new", "w").write("x")')
      expect(result.out).toBe("['main.py']\n")
      expect(text((await box.read(['new'])).new)).toBe('x')
    },
  },
  {
    name: 'commands side by side do not mix',
    async run({ open }) {
      await using box = await open()
      await box.write({ 'echo.py': 'print(input() * 1000)' })
      const letters = ['a', 'b', 'c']
      const results = await Promise.all(
        letters.map((stdin) => run(box, [box.runtimes.python?.command ?? 'python3', 'echo.py'], { stdin })),
      )
      expect(results.map(({ out }) => out)).toEqual(letters.map((letter) => `${letter.repeat(1000)}\n`))
    },
  },
  {
    name: 'a closed box says so',
    async run({ open }) {
      const box = await open()
      await box[Symbol.asyncDispose]()
      await box[Symbol.asyncDispose]()
      await expect(box.exec(['true'])).rejects.toMatchObject({ name: 'SandboxError', code: 'failed' })
    },
  },
]
