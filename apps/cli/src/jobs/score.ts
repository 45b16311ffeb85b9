import { availableParallelism } from 'node:os'
import { chooseJudges, chooseTasks, openBlobStore, openRunLog, rescore } from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
import { printSummary, reportOf, shown, writeFiles } from '../bench/finish.js'
import type { MappingOptions } from '../bench/mapping.js'
import { keepHeapSmall } from '../bench/memory.js'
import { findRun, openPlanned } from '../bench/resume.js'
import { sandboxFor } from '../bench/sandbox.js'
import { interruption } from '../bench/signals.js'
import { type ExitCode, exit } from '../exit.js'
import { type Display, displayFor, openDisplay } from '../progress/display.js'
import { RunTally } from '../progress/tally.js'
import { type Screen, screen } from '../terminal/screen.js'

export interface ScoreOptions extends MappingOptions {
  readonly output: string
  readonly export: 'json' | 'csv' | 'both'
  readonly scorer?: readonly string[]
  /** Where the dataset is now, if it has moved. */
  readonly dataset?: string
  readonly sandbox?: string
}

/** Judges a run's replies again and shows what came of it. No model is asked. */
export async function score(named: string | undefined, options: ScoreOptions): Promise<ExitCode> {
  keepHeapSmall()
  const terminal = screen(process.stderr)
  const say = terminal.print
  const stop = interruption(say)
  try {
    const { dir, plan } = await findRun(named, options.output)
    stop.tells(() => `what was judged is saved; the rest by the same command: bench score ${plan.run}`)
    const dataset = await openPlanned(plan, options, stop.signal)
    const scorers = options.scorer ?? plan.scorers ?? []
    const judges = await chooseJudges(scorers)
    const tasks = await chooseTasks(dataset, judges, {}, plan.tasks)
    const sandbox = tasks.runsCode
      ? await sandboxFor(tasks, options.sandbox ?? plan.sandbox?.driver)
      : undefined
    await using log = await openRunLog(dir)
    await using blobs = await openBlobStore(dir)
    say(
      `${plan.run} · ${dataset.name}@${dataset.version}${sandbox === undefined ? '' : ` · ${sandbox.label}`}`,
    )
    const tally = new RunTally(plan, { total: 0 })
    for await (const line of log.lines()) {
      tally.recallReply(line)
    }
    const events = rescore(plan, {
      tasks: () => dataset.tasks(),
      scorer: judges.scorer,
      scorers,
      log,
      blobs,
      signal: stop.signal,
      atOnce: availableParallelism(),
      ...(sandbox === undefined ? {} : { sandbox: sandbox.driver, sandboxLabel: sandbox.label }),
    })
    {
      using _display = displayOf(tally, plan, terminal, sandbox !== undefined)
      for await (const event of events) {
        tally.count(event)
      }
    }
    const report = await reportOf(plan, log, blobs)
    printSummary(report, process.stdout)
    say(` report  ${shown(await writeFiles(dir, report, options.export))}`)
    return stop.code() ?? exit.complete
  } finally {
    stop.stop()
  }
}

function displayOf(tally: RunTally, { repeats }: RunPlan, terminal: Screen, runsCode: boolean): Display {
  const { stderr, stdout, env } = process
  return openDisplay(displayFor(undefined, { stderr, stdout, json: false, env }), {
    ...{ tally, screen: terminal, repeats, color: true },
    around: { runsCode, lanes: () => [], gpu: () => undefined },
    now: () => performance.now(),
  })
}
