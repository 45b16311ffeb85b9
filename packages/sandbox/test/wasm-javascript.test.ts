import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { driver } from '../src/adapters/wasm.js'
import type { BoxSpec, ExecOptions, ExecResult } from '../src/spec.js'
import { wasmReady } from './wasm-ready.js'

const MiB = 2 ** 20

async function run(
  code: string,
  options: ExecOptions & { args?: readonly string[] } = {},
  spec?: BoxSpec,
): Promise<ExecResult & { out: string; err: string }> {
  await using box = await driver.open(spec)
  await box.write({ 'main.js': code })
  const result = await box.exec(['qjs', 'main.js', ...(options.args ?? [])], options)
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
  return { ...result, out: text(result.stdout), err: text(result.stderr) }
}

describe.skipIf(!wasmReady)('JavaScript in WebAssembly', () => {
  test('is one of its runtimes', async () => {
    const probe = await driver.probe()
    expect(probe.ok && probe.runtimes.javascript?.command).toBe('qjs')
  })

  test('takes arguments and input, and says what it is told to', async () => {
    const code = `import * as std from 'std'
console.log(args.slice(1).join(','), std.in.readAsString(), 2n ** 70n, [...'é🎉'].length)`
    const { out, reason } = await run(code, { stdin: 'näh 🎉', args: ['a b', '$(id)'] })
    expect({ out, reason }).toEqual({ out: 'a b,$(id) näh 🎉 1180591620717411303424 2\n', reason: 'ok' })
  })

  test('modules beside it are found, promises are kept', async () => {
    await using box = await driver.open()
    await box.write({
      'main.js': "import { x } from './deep/b.js'; Promise.resolve(x).then(console.log)",
      'deep/b.js': 'export const x = 5',
    })
    const { stdout } = await box.exec(['qjs', 'main.js'])
    expect(new TextDecoder().decode(stdout)).toBe('5\n')
  })

  test('what was thrown is on stderr', async () => {
    expect((await run('throw new TypeError("näh")')).err).toMatch(/TypeError: näh/)
    expect((await run('exit(7)')).code).toBe(7)
  })

  test.each([
    ['an endless loop', 'while (true);'],
    ['an endless promise', '(async () => { for (;;) await null })()'],
    ['an endless regular expression', '/^(a+)+$/.test("a".repeat(40) + "b")'],
  ])('%s ends at its time', async (_, code) => {
    expect((await run(code, { limits: { timeoutSec: 0.5 } })).reason).toBe('timeout')
  })

  test.each([
    ['arrays', 'const kept = []; while (true) kept.push(new Uint8Array(1e6))'],
    ['strings', 'let s = "x"; while (true) s += s + 1'],
  ])('memory ends at its limit: %s', async (_, code) => {
    const { reason, peakBytes, out } = await run(`${code}\nprint('had it all')`, {
      limits: { memoryBytes: 64 * MiB, timeoutSec: 30 },
    })
    expect(out).toBe('')
    expect(['memory', 'ok']).toContain(reason)
    expect(peakBytes).toBeLessThanOrEqual(64 * MiB)
  })

  test('a flood ends at the cap', async () => {
    const { reason, stdout } = await run('while (true) print("x".repeat(999))', {
      limits: { outputBytes: 10_000 },
    })
    expect([reason, stdout.length]).toEqual(['output_limit', 10_000])
  })

  test.each([
    ['a program of the host', "std.popen('id', 'r').readAsString()"],
    ['a program of the host, by descriptor', "os.exec(['id'])"],
    ['a signal', 'os.kill(1, 0)'],
    ['a file of the host', "std.loadFile('/etc/passwd')"],
    ['a file above', "std.loadFile('../../../../etc/passwd')"],
    ['a file of the host, through Node’s names', "fs.openSync('/etc/passwd', 0)"],
    ['the environment of the host', "std.getenv('PATH') ?? std.getenv('HOME')"],
    ['a link to the host', "(os.symlink('/etc', 'l'), std.loadFile('l/passwd'))"],
    ['a descriptor that was never given', 'os.write(9, new ArrayBuffer(1), 0, 1) > 0 || undefined'],
    ['the realm of the host', "this?.constructor?.constructor('return process')?.()"],
    ['a module of Node', "std.loadScript('node:fs')"],
    ['a terminal', 'os.isatty(0) || undefined'],
  ])('there is no way to %s', async (_, attempt) => {
    const code = `import * as std from 'std'; import * as os from 'qjs:os'; import * as fs from '_node:fs'
let got
try { got = ${attempt} } catch {}
print(got === undefined || got === null || got < 0 ? 'nothing' : 'GOT ' + String(got))`
    expect((await run(code)).out).not.toContain('GOT')
  })

  test('what it writes is the box’s alone', async () => {
    const name = `/tmp/bench-quickjs-${process.pid}`
    await run(
      `import * as std from 'std'; std.open('${name}', 'w')?.puts('x'); std.open('/written', 'w')?.puts('x')`,
    )
    expect([name, '/written'].filter((path) => existsSync(path))).toEqual([])
  })

  test.each([
    ['connection', (port: number) => `net.WasiTcpConn.connect('127.0.0.1:${port}')`],
    ['server', () => 'new net.WasiTcpServer(8123)'],
    ['look-up of names', () => "net.nsloopup('localhost', '80')"],
  ])('there is no %s', async (_, attempt) => {
    let reached = 0
    const server = createServer((socket) => {
      reached++
      socket.destroy()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const code = `import * as net from 'wasi_net'
try { ${attempt((server.address() as AddressInfo).port)}; print('GOT') } catch (error) { print(error) }`
      const { out } = await run(code, { limits: { timeoutSec: 3 } })
      expect(out).toMatch(/^InternalError/)
      expect(reached).toBe(0)
    } finally {
      server.close()
    }
  })
})
