/** Every containment program of the shared collection, on every driver that isolates: a table of what became of each. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { driver, wasmIsCached } from '@bench/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docker } from '../src/adapters/docker.js'
import { survivors } from '../src/conformance/case.js'
import type { SandboxDriver } from '../src/spec.js'
import { engines } from './engines.js'

const folder = fileURLToPath(new URL('../../../../shared/data/hostile', import.meta.url))
const present = existsSync(join(folder, 'index.json'))

interface Program {
  readonly name: string
  readonly expect: string
  readonly result: string
}

const programs: readonly Program[] = present
  ? (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Program[]).filter(
      ({ name, expect }) => expect === 'contained' && existsSync(join(folder, name)),
    )
  : []

/** WebAssembly's root folder is the working folder, in the memory of the run: to write there is no way out. */
const ownRoot: readonly string[] = ['c07_write_outside.py', 'c39_import_machinery.py']
const rootWritten = /^ESCAPED: wrote \/[^/\n]*$/gm

/** What never ends need not be waited for, and what does may take its time where many others run. */
const seconds: Readonly<Record<string, number>> = { timeout: 1.5, any: 4 }

const asUser = process.env.BENCH_TEST_AS_USER !== undefined
const drivers: readonly (readonly [string, SandboxDriver])[] = [
  [process.getuid?.() === 0 ? 'bubblewrap (root)' : 'bubblewrap (user)', await driver('bubblewrap')],
  // In the run as a user there are no engines, and no cache of root's.
  ...(asUser ? [] : engines.map(({ name, host }) => [name, docker({ host })] as const)),
  ...(asUser ? [] : [['wasm', await driver('wasm')] as const]),
]

const table = new Map<string, Map<string, string>>()

describe.each(drivers)('hostile programs on %s', async (name, sandbox) => {
  const probe = await sandbox.probe()
  const fetched = sandbox.name !== 'wasm' || (await wasmIsCached())
  const reason = !present
    ? `no programs at ${folder}`
    : !probe.ok
      ? probe.reason
      : fetched
        ? undefined
        : 'run: bench sandbox fetch'
  const mark = `hostile-${randomBytes(6).toString('hex')}`
  const before = host()
  const servers: Server[] = []
  let port = 0

  beforeAll(async () => {
    process.env.CANARY_API_KEY = 'canary-of-the-harness'
    for (const where of [
      { port: 0, host: '127.0.0.1' },
      ...(process.platform === 'linux' ? [{ path: '\0bench-canary' }] : []),
    ]) {
      const server = createServer((socket) => socket.destroy())
      server.on('error', () => {}) // The name is taken where the suite runs twice at once: it is listened on all the same.
      server.listen(where)
      servers.push(server)
    }
    const [tcp] = servers
    if (tcp === undefined) return
    if (!tcp.listening) await once(tcp, 'listening')
    port = (tcp.address() as AddressInfo).port
  })
  afterAll(() => {
    delete process.env.CANARY_API_KEY
    for (const server of servers) server.close()
  })

  test('there are programs to run', (context) => {
    if (reason !== undefined) {
      if (process.env.CI) throw new Error(reason)
      context.skip(reason)
    }
    expect(programs.length).toBeGreaterThan(30)
  })

  test.runIf(reason === undefined).each(programs)(
    '$name: contained',
    async ({ name: file, result: expected }) => {
      const code = readFileSync(join(folder, file), 'utf8').replaceAll('__PORT__', String(port))
      const marked = `${mark}-${file}`
      const row = table.get(file) ?? new Map<string, string>()
      table.set(file, row)
      row.set(name, 'ESCAPED')
      {
        await using box = await sandbox.open()
        const language = file.endsWith('.js') ? 'node' : 'python'
        const command = (
          box.runtimes[language] ?? (language === 'node' ? box.runtimes.javascript : undefined)
        )?.command
        if (command === undefined) {
          row.set(name, `no ${language}`)
          return
        }
        await box.write({ [marked]: code })
        const result = await box.exec([command, marked], { limits: { timeoutSec: seconds[expected] ?? 20 } })
        const all = [result.stdout, result.stderr].map((bytes) => new TextDecoder().decode(bytes)).join('\n')
        const own = sandbox.name === 'wasm' && ownRoot.includes(file)
        const said = own ? all.replace(rootWritten, '') : all
        expect(said).not.toMatch(/^ESCAPED/m)
        // As the index names it: a program that ended is `ok`, whatever its exit code. WebAssembly lacks most of what they try.
        if (expected !== 'any' && box.forks) expect(result.reason).toBe(expected)
        // The box is still ours.
        if (box.forks)
          expect((await box.exec([command, language === 'node' ? '-e' : '-c', '0'])).reason).toBe('ok')
        row.set(name, `contained (${result.reason})`)
      }
      expect(survivors(marked)).toEqual([])
    },
  )

  test.runIf(reason === undefined)('nothing of them is left on the host', async () => {
    expect(survivors(mark)).toEqual([])
    // Others use the machine too: what they hold by the way they give back, and what is left stays.
    const taken = () => {
      const now = host()
      return Math.max(
        (now.sharedBytes - before.sharedBytes) / 2 ** 28,
        (before.freeBytes - now.freeBytes) / 2 ** 31,
      )
    }
    await expect.poll(taken, { timeout: 30_000 }).toBeLessThan(1)
  })
})

afterAll(() => {
  const names = drivers.map(([name]) => name)
  const lines = [...table].map(
    ([file, row]) => `| ${[file, ...names.map((name) => row.get(name) ?? '–')].join(' | ')} |`,
  )
  if (lines.length > 0)
    console.log(
      [`| ${['program', ...names].join(' | ')} |`, `|${' --- |'.repeat(names.length + 1)}`, ...lines].join(
        '\n',
      ),
    )
})

/** Memory in files and segments, and room on the disk. */
function host(): { sharedBytes: number; freeBytes: number } {
  const kilobytes = /^Shmem:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  const { bavail, bsize } = statfsSync(tmpdir())
  return { sharedBytes: Number(kilobytes ?? 0) * 1024, freeBytes: bavail * bsize }
}
