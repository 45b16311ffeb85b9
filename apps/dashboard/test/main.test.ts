import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { emptyFolder, record } from './folder.js'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The built program, as people start it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  return {
    child,
    firstOutput: () =>
      Promise.race([once(child.stdout, 'data'), once(child, 'close')]).then(() => out.trim()),
    ended: async () => {
      if (child.exitCode === null) await once(child, 'close')
      return { code: child.exitCode, out, err }
    },
  }
}

describe('the program', () => {
  it('serves a results folder on a free port of 127.0.0.1, and ends when told to', async () => {
    await using folder = await emptyFolder()
    await record(folder.path, {
      run: 'one',
      created: '2026-11-20T07:15:00.000Z',
      models: { 'a:one': ['pass'] },
    })
    const program = start('--results', folder.path, '--port', '0')
    try {
      const address = await program.firstOutput()
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(await (await fetch(`${address}/api/runs`)).json()).toMatchObject({
        total: 1,
        runs: [{ id: 'one' }],
      })
      expect((await fetch(`${address}/runs/one/report.html`)).status).toBe(200)
    } finally {
      program.child.kill('SIGTERM')
    }
    expect(await program.ended()).toMatchObject({ code: 0, err: '' })
  })

  it.each([
    [['--port', 'x'], "--port takes a number from 0 to 65535, not 'x'"],
    [['--port', '70000'], '--port takes a number'],
    [['--prt', '1'], "Unknown option '--prt'"],
    [['stray'], 'stray'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await start(...args).ended()
    expect([code, out]).toEqual([2, ''])
    expect(err.split('\n')[0]).toContain(message)
    expect(err).not.toMatch(/^\s+at /m)
  })

  it('prints its usage', async () => {
    expect(await start('--help').ended()).toMatchObject({
      code: 0,
      out: expect.stringContaining('--results DIR'),
    })
  })
})
