import { mergeRuns } from '@bench/runner'
import { findRun } from '../bench/resume.js'
import type { ExitCode } from '../exit.js'
import { report } from './report.js'

export interface MergeOptions {
  /** Folder of the new run. */
  readonly output: string
  /** Where runs that are named by id are kept. */
  readonly from: string
  readonly export: 'json' | 'csv' | 'both'
}

/** Makes one run of several, and shows it. */
export async function merge(named: readonly string[], options: MergeOptions): Promise<ExitCode> {
  const dirs: string[] = []
  for (const name of named) {
    dirs.push((await findRun(name, options.from)).dir)
  }
  const { dir } = await mergeRuns(dirs, options.output)
  return report(dir, options)
}
