/** The fork server seam's conformance suite. Needs vitest. */
import { describe, test } from 'vitest'
import { type Case, type Place, programs } from './fork-server/conformance/case.js'
import { hostile } from './fork-server/conformance/hostile.js'
import { isolation } from './fork-server/conformance/isolation.js'
import { jobs } from './fork-server/conformance/jobs.js'
import { left } from './fork-server/conformance/left.js'
import { limits } from './fork-server/conformance/limits.js'
import { nodes } from './fork-server/conformance/nodes.js'
import type { SandboxDriver } from './spec.js'

const cases: readonly Case[] = [
  ...jobs,
  ...nodes,
  ...limits,
  ...[...left, ...isolation, ...hostile].map((one) => ({ ...one, harms: true })),
]

/**
 * Tests the fork servers of a driver against the seam.
 * @param options.skip name of a case → why this driver does not hold to it
 * @param options.unprotected the driver protects nothing: what would harm the machine is not tried
 * @example testForkServer('mine', () => mine(), { skip: { 'a fork bomb that never stops is stopped': 'no such limit in …' } })
 */
export function testForkServer(
  name: string,
  makeDriver: () => SandboxDriver | Promise<SandboxDriver>,
  options: { readonly skip?: Readonly<Record<string, string>>; readonly unprotected?: boolean } = {},
): void {
  const skip = options.skip ?? {}
  const unknown = Object.keys(skip).filter((skipped) => !cases.some((known) => known.name === skipped))
  if (unknown.length > 0) throw new Error(`No such conformance case: ${unknown.join('; ')}`)
  describe(`${name} as a fork server`, () => {
    let place: Promise<Place & { node: boolean }> | undefined
    const arrive = () => {
      place ??= visit(makeDriver)
      return place
    }
    for (const one of cases) {
      const reason = skip[one.name] ?? (one.harms && options.unprotected ? 'nothing confines it' : undefined)
      if (reason !== undefined) {
        test.skip(`${one.name} (${reason})`, () => {})
        continue
      }
      test(one.name, { timeout: 120_000 }, async (context) => {
        const at = await arrive()
        if (one.node && !at.node) context.skip(`${name}: no Node in the box`)
        await one.run(at)
      })
    }
  })
}

async function visit(makeDriver: () => SandboxDriver | Promise<SandboxDriver>) {
  const driver = await makeDriver()
  const open: Place['open'] = (spec) => {
    if (driver.forkServer === undefined) throw new Error(`${driver.name} has no fork server.`)
    return driver.forkServer({ programs, ...spec })
  }
  await using first = await open()
  return { driver, open, node: first.runtimes.node !== undefined }
}
