import { ensureBuilt } from '../scripts/workspace.mjs'

/** Tests that start the command itself start the build of these very sources. */
export default function setup(): void {
  ensureBuilt()
}
