import { expect } from 'vitest'
import { alone, both, type Case, MiB, python } from './case.js'

/** What a job is given and what comes of it. */
export const jobs: readonly Case[] = [
  {
    name: 'a job has its payload and stdin, and its result, output and exit are told apart',
    async run({ open }) {
      await using server = await open()
      const code = `print('out', sys.stdin.read()); print('err', file=sys.stderr); tell('result'); sys.exit(3)`
      expect(await alone(server, python(code, { stdin: 'input' }))).toMatchObject({
        reason: 'ok',
        code: 3,
        signal: null,
        told: 'result',
        out: 'out input\n',
        err: 'err\n',
      })
      expect(server.served).toBe(1)
    },
  },
  {
    name: 'what is long arrives whole, in both directions',
    async run({ open }) {
      await using server = await open()
      const stdin = 'abcdefgh'.repeat(500_000)
      const payload = `tell(sys.stdin.read() + 'x' * 1000000)\n#${'p'.repeat(3 * MiB)}`
      const end = await alone(server, python(payload, { stdin }))
      expect(end.reason).toBe('ok')
      expect(end.told === stdin + 'x'.repeat(1_000_000)).toBe(true)
    },
  },
  {
    name: 'stdin is at its end where none is given, and can be opened again by name',
    async run({ open }) {
      await using server = await open()
      expect((await alone(server, python('tell(repr(sys.stdin.read()))'))).told).toBe("''")
      const again = python("tell(open('/dev/stdin').read(), os.read(0, 10))", { stdin: 'in' })
      expect((await alone(server, again)).told).toBe("in b'in'")
    },
  },
  {
    name: 'two are joined both ways, and the end of the last is the end of the first',
    async run({ open }) {
      await using server = await open()
      const first = python('while True: say(hear().upper())')
      const last = python("say('a'); one = hear(); say('b'); tell(one + hear())")
      const ends = await both(server, first, last)
      expect(ends[0]).toMatchObject({ reason: 'ok', told: '' })
      expect(ends[1]).toMatchObject({ reason: 'ok', code: 0, told: 'AB' })
    },
  },
  {
    name: 'the first may end before the last, which then reads an end of file',
    async run({ open }) {
      await using server = await open()
      const ends = await both(
        server,
        python("say('last words'); tell('gone')"),
        python('tell(hear(), repr(hear()))'),
      )
      expect(ends[0]).toMatchObject({ code: 0, told: 'gone' })
      expect(ends[1].told).toBe("last words ''")
    },
  },
  {
    name: 'it has the descriptors it should have and no others',
    async run({ open }) {
      await using server = await open()
      const list = `found = []
for n in range(300):
    try: os.fstat(n); found.append(n)
    except OSError: pass
tell(found)`
      expect((await alone(server, python(list))).told).toBe('[0, 1, 2, 3]')
      const ends = await both(server, python(list), python(`hear()\n${list}`))
      expect(ends.map(({ told }) => told)).toEqual(['[0, 1, 2, 3, 4, 5]', '[0, 1, 2, 3, 4, 5]'])
    },
  },
  {
    name: 'it starts in an empty folder of its own, which is also its home and for its temporary files',
    async run({ open }) {
      await using server = await open()
      const code = `import tempfile
open('kept', 'w').write('x')
tell(os.listdir('.'), os.environ['HOME'] == os.getcwd() == tempfile.gettempdir())`
      expect((await alone(server, python(code))).told).toBe("['kept'] True")
    },
  },
  {
    name: 'its environment is what was asked for',
    async run({ open }) {
      await using server = await open({ env: { ASKED: 'for' } })
      const { told } = await alone(server, python("tell(os.environ.get('ASKED'), *sorted(os.environ))"))
      expect(told).toMatch(/^for ASKED HOME LANG PATH .*TMPDIR/)
      expect(told.split(' ').length).toBeLessThan(12)
    },
  },
  {
    name: 'an exception is a traceback and exit code 1; a signal is told by name',
    async run({ open }) {
      await using server = await open()
      const raised = await alone(server, python('def f(): raise ValueError("so")\nf()'))
      expect(raised).toMatchObject({ reason: 'ok', code: 1 })
      expect(raised.err).toMatch(/line 1, in f\nValueError: so\n$/)
      expect(
        await alone(server, python('import signal; os.kill(os.getpid(), signal.SIGSEGV)')),
      ).toMatchObject({
        reason: 'ok',
        code: null,
        signal: 'SIGSEGV',
      })
      expect((await alone(server, python('this is no Python'))).err).toContain('SyntaxError')
    },
  },
  {
    name: 'threads and exit functions have their time, and a print without a flush is not lost',
    async run({ open }) {
      await using server = await open()
      const code = `import atexit, threading, time
atexit.register(print, 'at exit')
threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()
sys.stdout.write('main ')`
      expect(await alone(server, python(code))).toMatchObject({ code: 0, out: 'main thread\nat exit\n' })
    },
  },
  {
    name: 'jobs asked for at once wait their turn and each has its own answer',
    async run({ open }) {
      await using server = await open()
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => alone(server, python(`tell(${i})\nprint(${i})`))),
      )
      expect(answers.map(({ told }) => Number(told))).toEqual(answers.map((_, i) => i))
      expect(answers.map(({ out }) => Number(out))).toEqual(answers.map((_, i) => i))
      expect(server).toMatchObject({ served: 30, alive: true })
    },
  },
  {
    name: 'CPU time and memory are told by process, with what its children used',
    async run({ open }) {
      await using server = await open()
      const burn = 'import time\nwhile time.process_time() < 0.3: pass'
      const child = `if os.fork() == 0:\n    ${burn.replaceAll('\n', '\n    ')}\n    os._exit(0)\nos.wait()`
      const [first, last] = await both(
        server,
        python('x = bytearray(80 << 20)\nsay("x")'),
        python(`hear()\n${child}`),
      )
      expect(first.peakBytes).toBeGreaterThan(80 * MiB)
      expect(last.peakBytes).toBeLessThan(80 * MiB)
      expect(first.cpuMs).toBeLessThan(290)
      expect(last.cpuMs).toBeGreaterThan(290)
    },
  },
  {
    name: 'a program of the shell has its payload as a file',
    async run({ open }) {
      await using server = await open()
      const shell = {
        program: 'run.sh',
        payload: 'read -r line; echo "$line" >&3; exit 4',
        stdin: 'a line\n',
        cpuSec: 5,
      }
      expect(await alone(server, shell)).toMatchObject({ code: 4, told: 'a line\n' })
    },
  },
  {
    name: 'a program that is not there is an error before anything begins',
    async run({ open }) {
      await using server = await open()
      await expect(alone(server, python('', { program: 'other.py' }))).rejects.toMatchObject({
        code: 'failed',
      })
      expect((await alone(server, python('tell(1)'))).told).toBe('1')
    },
  },
  {
    name: 'an abort ends a job, and one from before never begins',
    async run({ open }) {
      await using server = await open()
      const abort = new AbortController()
      const sleeping = server.run(
        { processes: [python('import time\ntime.sleep(1000)')], wallSec: 100 },
        abort.signal,
      )
      const waiting = server.run({ processes: [python('tell(1)')], wallSec: 100 }, abort.signal)
      waiting.catch(() => {}) // It may be refused before anybody looks.
      setTimeout(() => abort.abort(), 50)
      await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' })
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
      expect((await alone(server, python('tell(2)'))).told).toBe('2')
    },
  },
  {
    name: 'once it is closed nothing begins, and what ran is dead',
    async run({ open }) {
      const server = await open()
      const running = server.run({ processes: [python('import time\ntime.sleep(1000)')], wallSec: 100 })
      await new Promise((resolve) => setTimeout(resolve, 50))
      await server[Symbol.asyncDispose]()
      expect(await running).toMatchObject({ ends: [{ reason: 'killed' }] })
      expect(server.alive).toBe(false)
      await expect(alone(server, python('tell(1)'))).rejects.toMatchObject({ code: 'failed' })
    },
  },
]
