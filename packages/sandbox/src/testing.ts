/** The sandbox seam's conformance suite: what every driver holds to. Needs vitest. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Case, Place } from './conformance/case.js'
import { commands } from './conformance/commands.js'
import { confinement } from './conformance/confinement.js'
import { ends } from './conformance/ends.js'
import { files } from './conformance/files.js'
import { filesystem } from './conformance/filesystem.js'
import { isolation } from './conformance/isolation.js'
import { kernel } from './conformance/kernel.js'
import { limits } from './conformance/limits.js'
import { memory } from './conformance/memory.js'
import { network } from './conformance/network.js'
import { proc } from './conformance/proc.js'
import { processes } from './conformance/processes.js'
import { workspace } from './conformance/workspace.js'
import type { SandboxDriver } from './spec.js'

/** All of them: what is given and told, then what is contained. */
export const cases: readonly Case[] = [
  ...commands,
  ...files,
  ...workspace,
  ...limits,
  ...memory,
  ...ends,
  ...processes,
  ...isolation,
  ...network,
  ...proc,
  ...filesystem,
  ...confinement,
  ...kernel,
]

export interface Skips {
  /** Name of a case → why this driver does not hold to it. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * Tests a driver against the seam.
 * @example testDriver('mine', () => mine(), { skip: { 'empty files end at a number': 'no such limit in …' } })
 */
export function testDriver(
  name: string,
  makeDriver: () => SandboxDriver | Promise<SandboxDriver>,
  options: Skips = {},
): void {
  const skip = options.skip ?? {}
  const unknown = Object.keys(skip).filter((skipped) => !cases.some((known) => known.name === skipped))
  if (unknown.length > 0) throw new Error(`No such conformance case: ${unknown.join('; ')}`)
  describe(`${name} as a sandbox driver`, () => {
    let place: Promise<Place & { forks: boolean }> | undefined
    const arrive = () => {
      place ??= visit(makeDriver)
      return place
    }
    for (const one of cases) {
      const reason = skip[one.name]
      if (reason !== undefined) {
        test.skip(`${one.name} (${reason})`, () => {})
        continue
      }
      test(one.name, async (context) => {
        const at = await arrive()
        if (one.forks && !at.forks) context.skip(`${name}: a process cannot start another`)
        if (one.stays && !at.driver.kinds.includes('assert')) context.skip(`${name}: no command can stay`)
        if (one.contains && !at.driver.isolates) context.skip(`${name}: contains nothing`)
        if (one.harmful && !at.driver.isolates) context.skip(`${name}: it would harm this machine`)
        await one.run(at)
      })
    }
    afterAll(() => {
      place = undefined
    })
  })
}

async function visit(
  makeDriver: () => SandboxDriver | Promise<SandboxDriver>,
): Promise<Place & { forks: boolean }> {
  const driver = await makeDriver()
  const probe = await driver.probe()
  expect(probe.ok || probe.reason, 'the driver must work here to be tested').toBe(true)
  await using box = await driver.open()
  return { driver, notes: probe.ok ? probe.notes : [], open: (spec) => driver.open(spec), forks: box.forks }
}

export { testForkServer } from './fork-server-testing.js'
