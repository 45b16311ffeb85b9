import { ensureBuilt } from '../scripts/workspace.mjs'

/** Tests that start the command itself start the build of these very sources. */
export default function setup(): void {
  if (!process.env.BENCH_TESTS_WITHOUT_BUILD) ensureBuilt()
}
