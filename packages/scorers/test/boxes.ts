import { driver, type SandboxDriver, strongest } from '@bench/sandbox'

/** The strongest driver that has `start`; judging is the same in all of them. */
export async function anyDriver(): Promise<SandboxDriver> {
  const { driver: isolating } = await strongest({ exclude: ['wasm'] })
  return isolating ?? (await driver('process'))
}
