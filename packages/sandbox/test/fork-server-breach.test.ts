/** What no job may do, done from outside: the server must be thrown away and say so. */
import { readdirSync, readFileSync } from 'node:fs'
import { driver, type Job } from '@bench/sandbox'
import { expect, test } from 'vitest'
import { alone, programs, python } from '../src/fork-server/conformance/case.js'
import { withPython } from './python.js'

const bubblewrap = await driver('bubblewrap')

await withPython(bubblewrap, () => {
  const open = async () => {
    const before = new Set(agents())
    const server = await bubblewrap.forkServer!({ programs })
    await alone(server, python('tell(1)'))
    return { server, pids: agents().filter((pid) => !before.has(pid)) }
  }
  const job = { processes: [python('import time\ntime.sleep(0.2)')], wallSec: 0.5 } as const

  test('a server that is killed ends its job as a breach, and what waits is refused', async () => {
    const { server, pids } = await open()
    await using _ = server
    const running = server.run(job)
    const waiting = server.run(job)
    for (const pid of pids) signal(pid, 'SIGKILL')
    expect(await running).toMatchObject({
      ends: [{ reason: 'killed', code: null }],
      breach: expect.any(String),
    })
    await expect(waiting).rejects.toMatchObject({ code: 'failed' })
    expect(server.alive).toBe(false)
  })

  test('a server that ends while nobody asks refuses the next, of which nothing has begun', async () => {
    const { server, pids } = await open()
    await using _ = server
    for (const pid of pids) signal(pid, 'SIGKILL')
    await expect.poll(() => server.alive).toBe(false)
    await expect(server.run(job)).rejects.toMatchObject({ code: 'failed' })
  })

  test('a server that has lost a template refuses the next, of which nothing has begun', async () => {
    const { server, pids } = await open()
    await using _ = server
    const under = (pid: number) => pids.filter((one) => parentOf(one) === pid)
    // It has what waits in it below it, and nothing below that.
    const templates = pids.filter(
      (pid) => under(pid).length > 0 && under(pid).every((one) => under(one).length === 0),
    )
    expect(templates.length).toBeGreaterThan(0)
    const [template = 0] = templates
    // What waits in it holds its line to the server too.
    const all = [template, ...under(template)]
    signal(template, 'SIGKILL')
    await expect.poll(() => all.every(hasEnded)).toBe(true)
    const [one] = job.processes
    const both: Job = { ...job, processes: [one, one] }
    await expect(server.run(both)).rejects.toMatchObject({ code: 'failed' })
    expect(server.alive).toBe(false)
  })

  test('a server that falls silent is thrown away in time', async () => {
    const { server, pids } = await open()
    await using _ = server
    for (const pid of pids) signal(pid, 'SIGSTOP')
    expect(await server.run(job)).toMatchObject({
      ends: [{ reason: 'killed' }],
      breach: 'the agent does not answer',
    })
    expect(agents().filter((pid) => pids.includes(pid))).toEqual([])
  })

  test('of a server that is closed no process is left', async () => {
    const { server, pids } = await open()
    expect(pids.length).toBeGreaterThan(0)
    await server[Symbol.asyncDispose]()
    expect(agents().filter((pid) => pids.includes(pid))).toEqual([])
  })
})

/** Processes of agents that this one has started, by the mark that their command line holds. */
function agents(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isOurs(name))
    .map(Number)
}

/** A process loses its command line before its open files: of one that has ended both are gone. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return true
  }
}

function isOurs(pid: string): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bench-agent')) return false
    for (let at = pid; Number(at) > 1; ) {
      if (Number(at) === process.pid) return true
      const parent = parentOf(at)
      if (parent === undefined) return false
      at = String(parent)
    }
    return false
  } catch {
    return false // Gone since.
  }
}

/** Of one that is alive. */
function parentOf(pid: number | string): number | undefined {
  const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
  return parent === undefined || state === 'Z' ? undefined : Number(parent)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone with the first of its namespace.
  }
}
