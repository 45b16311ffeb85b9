import { spawnSync } from 'node:child_process'
import { driver, type SandboxDriver, SandboxError, type ToolChain } from '@bench/sandbox'
import { beforeEach } from 'vitest'

/**
 * Drivers that contain what runs in them, the quickest first, or the one that `SANDBOX` names. Never `process`: forgeries
 * signal every process there is, which without a box is every process of this machine.
 */
async function* containing(toolChains?: readonly ToolChain[]) {
  const wanted = process.env.SANDBOX
  for (const name of wanted === undefined ? ['bubblewrap', 'docker'] : [wanted]) {
    const candidate = await driver(name)
    if (!candidate.isolates) throw new Error(`SANDBOX=${name} contains nothing: name bubblewrap or docker`)
    const probe = await candidate.probe(toolChains)
    if (probe.ok) yield { candidate, runtimes: probe.runtimes }
  }
}

/** A driver with warm boxes and a Python; judging is the same in all of them. */
export async function pythonDriver(): Promise<SandboxDriver | undefined> {
  for await (const { candidate, runtimes } of containing())
    if (runtimes.python !== undefined) return candidate
  if (process.env.CI) throw new Error('no sandbox here has a Python: install bubblewrap and python3')
  return undefined
}

/** The driver for a file whose every test runs Python; without one they are skipped, and say why. */
export async function anyDriver(): Promise<SandboxDriver> {
  const found = await pythonDriver()
  if (found === undefined)
    beforeEach((context) => context.skip('no sandbox here has a Python: install bubblewrap and python3'))
  return found ?? (await driver('process'))
}

/** A driver by which no stage can be opened: every test is joined to the candidate's process. */
export const withoutStages = (driver: SandboxDriver): SandboxDriver => ({
  ...driver,
  open: () => Promise.reject(new SandboxError('unavailable', 'no stage here')),
})

/** The driver for a file whose every test runs JavaScript in warm boxes; without one they are skipped, and say why. */
export async function nodeDriver(): Promise<SandboxDriver> {
  for await (const { candidate, runtimes } of containing())
    if (candidate.forkServer && runtimes.node && runtimes.python) return candidate
  if (process.env.CI) throw new Error('no sandbox here has a Node: install bubblewrap, python3 and node')
  beforeEach((context) => context.skip('no sandbox here has a Node: install bubblewrap, python3 and node'))
  return driver('process')
}

/** The driver for a project's tests in Node, which need no warm boxes; without one they are skipped, and say why. */
export async function projectDriver(): Promise<SandboxDriver> {
  for await (const { candidate, runtimes } of containing()) if (runtimes.node !== undefined) return candidate
  if (process.env.CI) throw new Error('no sandbox here has a Node: install bubblewrap and node')
  beforeEach((context) => context.skip('no sandbox here has a Node: install bubblewrap and node'))
  return driver('process')
}

/** The driver for a file whose every test compiles a language; without its compiler they are skipped, and say why. */
export async function compilerDriver(name: ToolChain): Promise<SandboxDriver> {
  for await (const { candidate, runtimes } of containing([name]))
    if (candidate.forkServer && runtimes[name] && runtimes.python) return candidate
  const reason = `no sandbox here has what compiles ${name}: install bubblewrap, python3 and the packages that .ci/setup names`
  if (process.env.CI) throw new Error(reason)
  beforeEach((context) => context.skip(reason))
  return driver('process')
}

/** Whether a `python3` can be started by its name, outside any box. */
export function hasPython(): boolean {
  const found = spawnSync('python3', ['--version']).status === 0
  if (!found && process.env.CI) throw new Error('python3 is not on PATH')
  return found
}
