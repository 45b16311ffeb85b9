/** Every containment program of the shared collection, on every driver that isolates by the kernel. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { driver } from '@bench/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

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

describe.each(['bubblewrap', 'docker'])('hostile programs on %s', async (name) => {
  const sandbox = await driver(name)
  const probe = await sandbox.probe()
  const reason = !present ? `no programs at ${folder}` : probe.ok ? undefined : probe.reason
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

  test.runIf(reason === undefined).each(programs)('$name', async ({ name: file, result: expected }) => {
    const code = readFileSync(join(folder, file), 'utf8').replaceAll('__PORT__', String(port))
    await using box = await sandbox.open({ limits: { timeoutSec: 4 } })
    await box.write({ [file]: code })
    const language = file.endsWith('.js') ? 'node' : 'python'
    const command = box.runtimes[language]?.command
    if (command === undefined) throw new Error(`No ${language} in the box.`)
    const result = await box.exec([command, file])
    const said = `${new TextDecoder().decode(result.stdout)}\n${new TextDecoder().decode(result.stderr)}`
    expect(said).not.toMatch(/^ESCAPED/m)
    // As the index names it: a program that ended is `ok`, whatever its exit code.
    if (expected !== 'any') expect(result.reason).toBe(expected)
    // The box is still ours.
    expect((await box.exec([command, language === 'node' ? '-e' : '-c', '0'])).reason).toBe('ok')
  })
})
