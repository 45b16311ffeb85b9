import { spawnSync } from 'node:child_process'
import { driver, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { beforeEach } from 'vitest'

/** The quickest driver with warm boxes and a Python, or the one that `SANDBOX` names; judging is the same in all of them. */
export async function pythonDriver(): Promise<SandboxDriver | undefined> {
  const wanted = process.env.SANDBOX
  for (const name of wanted === undefined ? ['bubblewrap', 'docker', 'process'] : [wanted]) {
    const candidate = await driver(name)
    const probe = await candidate.probe()
    if (probe.ok && probe.runtimes.python !== undefined) return candidate
  }
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
  const wanted = process.env.SANDBOX
  for (const name of wanted === undefined ? ['bubblewrap', 'docker', 'process'] : [wanted]) {
    const candidate = await driver(name)
    const probe = await candidate.probe()
    if (candidate.forkServer && probe.ok && probe.runtimes.node && probe.runtimes.python) return candidate
  }
  if (process.env.CI) throw new Error('no sandbox here has a Node: install bubblewrap, python3 and node')
  beforeEach((context) => context.skip('no sandbox here has a Node: install bubblewrap, python3 and node'))
  return driver('process')
}

/** Whether a `python3` can be started by its name, outside any box. */
export function hasPython(): boolean {
  const found = spawnSync('python3', ['--version']).status === 0
  if (!found && process.env.CI) throw new Error('python3 is not on PATH')
  return found
}
