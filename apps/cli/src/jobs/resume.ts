import { findRun } from '../bench/resume.js'
import { effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import type { ExitCode } from '../exit.js'
import { bench } from './bench.js'

/** Goes on with a run by its own plan; one of a queue may have no folder here yet. */
export async function resume(named: string | undefined, given: Given): Promise<ExitCode> {
  const { options } = await effective(given)
  const run = options.queue === undefined ? undefined : named
  const folder = run ?? (await findRun(named, options.output)).dir
  return bench({ ...given, values: { ...given.values, resume: folder } })
}
