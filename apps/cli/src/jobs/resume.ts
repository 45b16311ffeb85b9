import { findRun } from '../bench/resume.js'
import { effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import type { ExitCode } from '../exit.js'
import { bench } from './bench.js'

/** Goes on with a run by its own plan. */
export async function resume(named: string | undefined, given: Given): Promise<ExitCode> {
  const { options } = await effective(given)
  const { dir } = await findRun(named, options.output)
  return bench({ ...given, values: { ...given.values, resume: dir } })
}
