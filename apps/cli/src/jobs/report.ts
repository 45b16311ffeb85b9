import { clean, format } from '@bench/report'
import { openBlobStore, readRunLog } from '@bench/runner'
import { printSummary, reportOf, shown, writeFiles } from '../bench/finish.js'
import { keepHeapSmall } from '../bench/memory.js'
import { findRun } from '../bench/resume.js'
import { type ExitCode, exit } from '../exit.js'

export interface ReportOptions {
  readonly output: string
  readonly export: 'json' | 'csv' | 'both'
  /** A format's name: it is printed, and nothing else. */
  readonly format?: string
}

/** Folds a run's log again: the table on the screen, the files beside the log. Needs no model and no dataset. */
export async function report(named: string | undefined, options: ReportOptions): Promise<ExitCode> {
  keepHeapSmall()
  const { dir, plan } = await findRun(named, options.output)
  await using blobs = await openBlobStore(dir)
  const printed = options.format === undefined ? undefined : await format(options.format)
  const found = await reportOf(plan, { lines: () => readRunLog(dir) }, blobs)
  if (printed !== undefined) {
    await printed.write(found, { write: (chunk) => void process.stdout.write(chunk) })
    return exit.complete
  }
  process.stderr.write(
    `${clean(`${plan.run} · ${plan.dataset.name}@${plan.dataset.version} · ${plan.created}`)}\n`,
  )
  printSummary(found, process.stdout)
  const html = await writeFiles(dir, found, options.export)
  process.stderr.write(` report  ${shown(html)}\n`)
  return exit.complete
}
