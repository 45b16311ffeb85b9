import type { BlobStore, EndReason, RunFolder, RunLog } from '@bench/runner'
import { type ExitCode, exit } from '../exit.js'
import { endCode, endingWords, resumeCommand, runWord } from './ending.js'
import { boundBy, printSummary, reportOf, shown, writeFiles } from './finish.js'
import type { BenchOptions } from './options.js'
import type { Interruption } from './signals.js'
import { writeStepSummary } from './step-summary.js'

interface Conclusion {
  readonly folder: RunFolder
  readonly options: BenchOptions
  readonly stop: Interruption
  readonly log: Pick<RunLog, 'lines'>
  readonly blobs: BlobStore
  readonly reason: EndReason
  /** What held the run back on this machine, a line each. */
  readonly strain: readonly string[]
  /** Replies that have no verdict yet. */
  readonly unjudged: number
  say(text: string): void
}

/** Folds the log into the table and the files, and says how the run ended and how to go on. */
export async function conclude(conclusion: Conclusion): Promise<ExitCode> {
  const { folder, options, stop, log, blobs, reason, strain, unjudged, say } = conclusion
  const { plan } = folder
  const report = await reportOf(plan, log, blobs)
  const html = await writeFiles(folder.dir, report, options.export)
  if (options.json === true) {
    const summary = { type: 'summary', run: plan.run, reason, models: report.models, report: html }
    process.stdout.write(`${JSON.stringify(summary)}\n`)
  } else {
    printSummary(report, process.stdout)
  }
  const unwritten = await writeStepSummary(report, html)
  if (unwritten !== undefined) {
    say(` note    ${unwritten}`)
  }
  const bound = boundBy(report.models)
  if (bound !== undefined) {
    say(` time    ${bound}`)
  }
  for (const line of strain) {
    say(` note    ${line}`)
  }
  const ending = { reason, folder, options, models: report.models, interrupted: stop.code(), unjudged }
  const ended = endingWords(ending)
  if (ended !== undefined) {
    say(` ended   ${ended}`)
  }
  say(` report  ${shown(html)}    view  bench view ${runWord(folder)}`)
  const code = endCode(ending, say)
  // What failed for no fault of the model is asked again.
  if (reason !== 'complete' || code === exit.infra) {
    say(` resume  ${resumeCommand(ending)}`)
  }
  return code
}
