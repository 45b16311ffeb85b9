import { describe, test } from 'vitest'
import type { SandboxDriver } from '../src/spec.js'

/** The suite's programs are Python: without the driver or without Python its tests say so by name, and fail in CI. */
export async function withPython(driver: SandboxDriver, tests: () => void): Promise<void> {
  const probe = await driver.probe()
  const reason = !probe.ok
    ? probe.reason
    : probe.runtimes.python === undefined
      ? `${driver.name} has no Python here: install python3 under /usr/bin`
      : undefined
  if (reason === undefined) {
    tests()
    return
  }
  describe(driver.name, () => {
    test('is there to be tested', (context) => {
      if (process.env.CI) throw new Error(reason)
      context.skip(reason)
    })
  })
}
