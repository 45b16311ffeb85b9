import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { driver, wasm } from '../src/adapters/wasm.js'
import type { BoxSpec, ExecOptions, ExecResult, Sandbox } from '../src/spec.js'
import { testDriver } from '../src/testing.js'
import { wasmReady } from './wasm-ready.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const MiB = 2 ** 20

async function run(box: Sandbox, code: string, options?: ExecOptions): Promise<ExecResult & { out: string }> {
  const result = await box.exec(['python3', '-I', '-S', '-c', code], options)
  return { ...result, out: text(result.stdout) }
}

/** Runs it in a box of its own; it must end well. */
async function say(code: string, spec?: BoxSpec, options?: ExecOptions): Promise<string> {
  await using box = await driver.open(spec)
  const { out, code: status, stderr } = await run(box, code, options)
  if (status !== 0) throw new Error(text(stderr))
  return out
}

if (wasmReady) {
  testDriver('wasm', () => driver, {
    skip: {
      'a busy and an idle command end at their time, and the box lives on': 'nothing can wait in WebAssembly',
    },
  })
}

describe('before anything is fetched', () => {
  test('the probe is at once, without a connection, and says what is to come', async () => {
    const probe = await wasm({ cacheDir: '/nowhere', registry: 'http://127.0.0.1:1' }).probe()
    expect(probe).toMatchObject({
      ok: true,
      version: 'Python 3.11.3',
      runtimes: { python: { command: 'python3', version: '3.11.3' } },
    })
    expect(probe.ok && probe.notes).toContain('fetched on first use (48 MB)')
  })

  test('a box without a connection says what to do, and the next attempt tries anew', async () => {
    const offline = wasm({ cacheDir: '/dev/null', registry: 'http://127.0.0.1:1' })
    for (const _attempt of [1, 2]) {
      await expect(offline.open()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('bubblewrap or Docker'),
      })
    }
  })
})

describe.skipIf(!wasmReady)('Python in WebAssembly', () => {
  test('is what the probe ran', async () => {
    expect(await driver.probe()).toMatchObject({ ok: true, version: 'Python 3.11.3' })
    expect(await say('import sys; print(sys.version.split()[0])')).toBe('3.11.3\n')
  })

  test('takes and gives text and bytes as they are', async () => {
    const words = 'naïve 日本語 🎉 \u0000\r\n'
    expect(await say('import sys; sys.stdout.write(sys.stdin.read())', {}, { stdin: 'é🎉\n' })).toBe('é🎉\n')
    expect(await say(`print(${JSON.stringify('é🎉')})`)).toBe('é🎉\n')
    await using box = await driver.open()
    const echo = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.stderr.write("é")'
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256)
    for (const stdin of [bytes, Buffer.from(words), Buffer.of()]) {
      const { stdout, stderr } = await run(box, echo, { stdin })
      expect(Buffer.compare(stdout, stdin)).toBe(0)
      expect(text(stderr)).toBe('é')
    }
  })

  test('tells how a program ended', async () => {
    await using box = await driver.open()
    expect(await run(box, 'pass')).toMatchObject({ reason: 'ok', code: 0, signal: null })
    expect(await run(box, 'raise SystemExit(3)')).toMatchObject({ reason: 'ok', code: 3, signal: null })
    expect(await run(box, '1/0')).toMatchObject({ reason: 'ok', code: 1, signal: null })
    expect(await run(box, 'import os; os.abort()')).toMatchObject({
      reason: 'ok',
      code: null,
      signal: 'SIGABRT',
    })
  })

  test('survives a stack that runs over', async () => {
    await using box = await driver.open()
    const deep =
      'import sys; sys.setrecursionlimit(10**9)\nclass A:\n  def __getattr__(self, name): return getattr(self, name)\nA().x'
    const { reason, code, signal } = await run(box, deep)
    expect({ reason, code }).toEqual({ reason: 'ok', code: null })
    expect(signal).toMatch(/^SIG(ABRT|SEGV)$/)
    expect(await run(box, 'print(1)')).toMatchObject({ out: '1\n' })
  })

  test('recurses deeply where a program asks for it', async () => {
    const code = 'import sys; sys.setrecursionlimit(10**6)\nf = lambda n: n and 1 + f(n - 1)\nprint(f(50000))'
    expect(await say(code)).toBe('50000\n')
  })
})

describe.skipIf(!wasmReady)('limits', () => {
  test('an endless loop is ended, and what it said before is kept', async () => {
    await using box = await driver.open()
    const limits = { timeoutSec: 0.5 }
    const result = await run(box, 'print("before", flush=True)\nwhile True: pass', { limits })
    expect(result).toMatchObject({ reason: 'timeout', code: null, signal: 'SIGKILL', out: 'before\n' })
    expect(await run(box, 'print(2)')).toMatchObject({ reason: 'ok', out: '2\n' })
  })

  test.each([
    ['of objects', 'x = []\nwhile True: x.append(object())'],
    ['of bytes', 'x = []\nwhile True: x.append(bytes(10**6))'],
    ['at once', 'bytes(10**9)'],
  ])('memory can be had up to the limit: a bomb %s', async (_name, code) => {
    await using box = await driver.open({ limits: { memoryBytes: 64 * MiB, timeoutSec: 60 } })
    const { reason, code: status, peakBytes } = await run(box, code)
    expect({ reason, status }).toEqual({ reason: 'memory', status: 1 })
    expect(peakBytes).toBeLessThanOrEqual(64 * MiB)
    expect(await run(box, 'print(len(bytes(10**6)))')).toMatchObject({ reason: 'ok', out: '1000000\n' })
  })

  test('memory that a bomb took is given back to the host', async () => {
    await using box = await driver.open({ limits: { memoryBytes: 512 * MiB, timeoutSec: 60 } })
    await run(box, 'pass')
    const before = process.memoryUsage().rss
    const { reason, peakBytes } = await run(box, 'x = []\nwhile True: x.append(b"x" * 10**6)')
    expect(reason).toBe('memory')
    expect(peakBytes).toBeGreaterThan(400 * MiB)
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MiB)
  })

  test('a program that handles its lack of memory has ended well', async () => {
    const code = 'try: bytes(10**9)\nexcept MemoryError: print("handled")'
    await using box = await driver.open({ limits: { memoryBytes: 64 * MiB } })
    expect(await run(box, code)).toMatchObject({ reason: 'ok', code: 0, out: 'handled\n' })
  })

  test.each(['stdout', 'stderr'] as const)('a flood on %s ends at the cap, to the byte', async (name) => {
    await using box = await driver.open({ limits: { outputBytes: 100_000 } })
    for (const flood of ['while True: f.write("x" * 7)', 'f.write("x" * 10**7); f.flush()']) {
      const result = await run(box, `import sys; f = sys.${name}\n${flood}`)
      expect(result).toMatchObject({ reason: 'output_limit', code: null })
      expect(text(result[name])).toBe('x'.repeat(100_000))
    }
    const full = await run(box, `import sys; sys.${name}.write("x" * 100_000)`)
    expect(full).toMatchObject({ reason: 'ok', code: 0 })
    expect(full[name].byteLength).toBe(100_000)
  })

  test('the disk holds what it may, and room comes back with what is deleted', async () => {
    await using box = await driver.open({ limits: { diskBytes: MiB } })
    const code = `
import os
def full(write):
    try: write()
    except OSError as e: return e.errno == 51
    return False
big = bytes(MiB)
assert full(lambda: open("a", "wb", 0).write(big + b"x"))
for i in range(50):
    open("a", "wb").write(big); os.remove("a")
f = open("held", "wb", 0); f.write(big); os.remove("held")
assert full(lambda: open("b", "wb", 0).write(b"xx"))
f.close()
f = open("far", "wb", 0); f.seek(2**40)
assert full(lambda: f.write(b"x"))
f.close()
def many():
    for i in range(10**6): open(f"n{i}", "w").close()
assert full(many)
print("ok")`.replaceAll('MiB', '2**20')
    expect(await run(box, code)).toMatchObject({ out: 'ok\n' })
  })

  test('no more run at once than there are workers, and waiting costs no time', async () => {
    const two = wasm({ workers: 2 })
    await using box = await two.open()
    await run(box, 'pass')
    const limits = { timeoutSec: 1 }
    const loops = Array.from({ length: 4 }, () => run(box, 'while True: pass', { limits }))
    const after = await run(box, 'print("done")', { limits })
    expect(after).toMatchObject({ reason: 'ok', out: 'done\n' })
    for (const { reason, ms } of await Promise.all(loops)) {
      expect(reason).toBe('timeout')
      expect(ms).toBeGreaterThanOrEqual(999)
    }
  })

  test('a signal ends a run, one that waits too; so does closing the box', async () => {
    const box = await wasm({ workers: 1 }).open()
    const stop = new AbortController()
    const runs = [1, 2].map(() => run(box, 'while True: pass', { signal: stop.signal }))
    setImmediate(() => stop.abort())
    for (const result of await Promise.all(runs))
      expect(result).toMatchObject({ reason: 'killed', code: null })
    const last = run(box, 'while True: pass')
    setImmediate(() => box[Symbol.asyncDispose]())
    expect(await last).toMatchObject({ reason: 'killed' })
    await expect(run(box, 'pass')).rejects.toMatchObject({ code: 'failed' })
  })
})

describe.skipIf(!wasmReady)('isolation', () => {
  test('no network, loopback included', async () => {
    let visits = 0
    await using server = Object.assign(
      createServer((_request, response) => {
        visits++
        response.end()
      }),
      {
        async [Symbol.asyncDispose]() {
          server.close()
        },
      },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const code = `
import socket
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", ${port})),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    lambda: socket.socket(fileno=3).accept(),
    lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:${port}"),
):
    try: attempt()
    except Exception as e: print(type(e).__name__)
    else: print("OPEN")`
    const said = await say(code)
    expect(said.split('\n')).toHaveLength(5)
    expect(said).not.toContain('OPEN')
    expect(visits).toBe(0)
  })

  test('no file of the host', async () => {
    const own = fileURLToPath(import.meta.url)
    const paths = [
      '/etc/passwd',
      '../../../../etc/passwd',
      'tmp/../../etc/passwd',
      '/proc/self/environ',
      '/dev/null',
      own,
    ]
    const code = `
import os
print(sorted(os.listdir("/")), os.getcwd())
for path in ${JSON.stringify(paths)}:
    for attempt in (open, os.stat, os.listdir):
        try: attempt(path)
        except OSError: continue
        print("SEEN", path)
for link in (os.symlink, os.link):
    try: link("/etc/passwd", "l"); print("LINKED")
    except OSError: pass`
    expect(await say(code)).toBe('[] /\n')
  })

  test('no environment but its own', async () => {
    vi.stubEnv('BENCH_CANARY', 'sk-canary')
    expect(await say('import os; print(dict(os.environ))')).toBe('{}\n')
    expect(await say('import os; print(dict(os.environ))', { env: { A: 'é=1' } })).toBe("{'A': 'é=1'}\n")
  })

  test('no processes, no threads', async () => {
    const code = `
import os, threading
print(hasattr(os, "fork"), hasattr(os, "posix_spawn"))
for attempt in (
    lambda: __import__("subprocess").run(["/bin/sh", "-c", "echo out"]),
    lambda: os.system("echo out"),
    lambda: threading.Thread(target=print).start(),
):
    try: attempt()
    except Exception as e: print(type(e).__name__)
    else: print("RAN")`
    expect(await say(code)).not.toContain('RAN')
  })

  test('nothing of one run is left to the next, whatever it did to its interpreter', async () => {
    const one = wasm({ workers: 1 })
    const spoil = `
import builtins, os, sys, json
builtins.spoilt = True
json.dumps = None
for name in ("/usr/local/lib/python3.11/json/__init__.py", "/usr/local/lib/python311.zip", "/usr/evil", "/tmp/evil"):
    try: open(name, "w").write("spoilt = 1")
    except OSError: pass`
    {
      await using box = await one.open()
      await run(box, spoil)
    }
    await using box = await one.open()
    const code =
      'import os, json; print(json.dumps([1]), os.listdir("/tmp"), os.path.exists("/usr/evil")); spoilt'
    const { out, stderr } = await run(box, code)
    expect(out).toBe('[1] [] False\n')
    expect(text(stderr)).toContain('NameError')
  })

  test('many at once keep to themselves', async () => {
    await using box = await driver.open()
    const code = 'import sys; n = int(sys.stdin.read()); print(n * n)'
    const runs = Array.from({ length: 12 }, (_, n) => run(box, code, { stdin: String(n) }))
    expect((await Promise.all(runs)).map(({ out }) => Number(out))).toEqual(runs.map((_, n) => n * n))
  })
})

describe.skipIf(!wasmReady)('a box', () => {
  test('keeps its files from run to run, for itself alone', async () => {
    await using box = await driver.open()
    await using other = await driver.open()
    await box.write({ 'in/é.txt': 'naïve', 'bytes.bin': Uint8Array.of(0, 255, 10) })
    await run(
      box,
      'd = open("in/é.txt").read(); open("out.txt", "w").write(d.upper()); import os; os.remove("bytes.bin"); os.mkdir("empty")',
    )
    expect(
      await run(box, 'import os; print(sorted(os.listdir(".")), open("/out.txt").read())'),
    ).toMatchObject({
      out: "['empty', 'in', 'out.txt'] NAÏVE\n",
    })
    const files = await box.read(['out.txt', 'in/é.txt', 'bytes.bin', 'empty', 'nothing'])
    expect(Object.entries(files).map(([path, data]) => [path, Buffer.from(data).toString()])).toEqual([
      ['out.txt', 'NAÏVE'],
      ['in/é.txt', 'naïve'],
    ])
    expect(await other.read(['out.txt'])).toEqual({})
  })

  test('copies what it is given and what it gives', async () => {
    await using box = await driver.open()
    const data = Buffer.from('before')
    await box.write({ a: data })
    data.write('after!')
    const read = (await box.read(['a'])).a as Uint8Array
    expect(text(read)).toBe('before')
    read.fill(0)
    expect(await run(box, 'print(open("a").read())')).toMatchObject({ out: 'before\n' })
  })

  test('runs the module as it is now, not as it was', async () => {
    await using box = await driver.open()
    for (const value of ['one', 'two', 'six']) {
      await box.write({ 'answer.py': `value = "${value}"`, 'main.py': 'import answer; print(answer.value)' })
      const { stdout } = await box.exec(['python3', 'main.py'])
      expect(text(stdout)).toBe(`${value}\n`)
    }
  })

  test('has files that behave like files', async () => {
    const code = `
import os, tempfile, shutil, pathlib
with open("f", "w+b") as f:
    f.write(b"0123456789"); f.seek(4); f.write(b"xy"); f.seek(0); assert f.read() == b"0123xy6789"
    f.seek(12); f.write(b"!"); f.seek(0); assert f.read() == b"0123xy6789\\0\\0!"
with open("f", "ab") as f: f.write(b"A")
assert open("f", "rb").read().endswith(b"!A") and os.stat("f").st_size == 14
open("f", "w").close(); assert os.path.getsize("f") == 0
try: open("f", "x"); raise AssertionError
except FileExistsError: pass
open("g", "w").write("g"); os.replace("g", "f"); assert open("f").read() == "g" and not os.path.exists("g")
os.makedirs("a/b/c"); open("a/b/c/d", "w").write("d")
assert [(r, sorted(d), f) for r, d, f in os.walk("a")] == [("a", ["b"], []), ("a/b", ["c"], []), ("a/b/c", [], ["d"])]
try: os.rmdir("a"); raise AssertionError
except OSError: pass
os.rename("a", "z"); shutil.copytree("z", "y"); shutil.rmtree("z")
assert pathlib.Path("y/b/c/d").read_text() == "d" and not os.path.exists("z")
pathlib.Path("y/t").touch(); pathlib.Path("y/t").touch(); assert os.path.exists("y/t")
with tempfile.TemporaryDirectory() as d: open(d + "/x", "w").write("1")
assert not os.path.exists(d)
print("ok")`
    expect(await say(code)).toBe('ok\n')
  })

  test.each(['../a', '/a', 'a/../../b', '', 'a//b', 'a/', 'C:\\a', 'a\u0000b'])(
    'refuses the path %j',
    async (path) => {
      await using box = await driver.open()
      await expect(box.write({ [path]: 'x' })).rejects.toMatchObject({ code: 'bad_path' })
      await expect(box.read([path])).rejects.toMatchObject({ code: 'bad_path' })
    },
  )

  test('says what it has not', async () => {
    await using box = await driver.open()
    const unsupported = { code: 'unsupported', message: expect.stringContaining('bubblewrap or Docker') }
    await expect(box.exec(['node', '-e', '0'])).rejects.toMatchObject(unsupported)
    await expect(box.start(['python3'])).rejects.toMatchObject(unsupported)
    await expect(driver.open({ mounts: [{ source: '/etc', target: '/etc' }] })).rejects.toMatchObject(
      unsupported,
    )
    expect(box.forks).toBe(false)
  })

  test('compiles the interpreter once, however often it runs', async () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile(binary: Uint8Array): unknown } }
    const compile = vi.spyOn(WebAssembly, 'compile')
    const fresh = wasm()
    for (let index = 0; index < 15; index++) {
      await using box = await fresh.open()
      expect(await run(box, 'print(1)')).toMatchObject({ out: '1\n' })
      expect(await run(box, 'print(2)')).toMatchObject({ out: '2\n' })
    }
    expect(compile).toHaveBeenCalledTimes(1)
  })
})
