import type { BenchOptions } from '../bench/options.js'
import { findRun } from '../bench/resume.js'
import type { ExitCode } from '../exit.js'
import { bench } from './bench.js'

/** Goes on with a run by its own plan. */
export async function resume(
  named: string | undefined,
  options: Partial<BenchOptions> & { readonly output: string },
): Promise<ExitCode> {
  const { dir } = await findRun(named, options.output)
  return bench({ repeats: 1, export: 'both', preflight: true, ...options, resume: dir })
}
