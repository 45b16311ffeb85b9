import { availableParallelism } from 'node:os'
import { clean } from '@bench/report'
import { chooseJudges, chooseTasks, openBlobStore, openRunLog, rescore } from '@bench/runner'
import { printSummary, reportOf, shown, writeFiles } from '../bench/finish.js'
import { openNamed } from '../bench/hub.js'
import type { MappingOptions } from '../bench/mapping.js'
import { keepHeapSmall } from '../bench/memory.js'
import { findRun } from '../bench/resume.js'
import { sandboxFor } from '../bench/sandbox.js'
import { interruption } from '../bench/signals.js'
import { type ExitCode, exit } from '../exit.js'
import { progress } from '../terminal/progress.js'

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
  const say = (text: string) => process.stderr.write(`${clean(text)}\n`)
  const stop = interruption(say)
  try {
    const { dir, plan } = await findRun(named, options.output)
    const dataset = await openNamed(options.dataset ?? plan.dataset.source, options, stop.signal)
    const scorers = options.scorer ?? plan.scorers ?? []
    const judges = await chooseJudges(scorers)
    const tasks = await chooseTasks(dataset, judges, {})
    const sandbox = tasks.runsCode
      ? await sandboxFor(tasks, options.sandbox ?? plan.sandbox?.driver)
      : undefined
    await using log = await openRunLog(dir)
    await using blobs = await openBlobStore(dir)
    say(
      `${plan.run} · ${dataset.name}@${dataset.version}${sandbox === undefined ? '' : ` · ${sandbox.label}`}`,
    )
    const line = progress(process.stderr)
    const state = { total: 0, before: 0, done: 0, passed: 0, infra: 0, spentUsd: 0 }
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
    for await (const event of events) {
      if (event.type === 'start') {
        state.total = event.total
      } else if (event.type === 'score' && event.line.headline) {
        state.done += 1
        state.passed += event.line.outcome === 'pass' ? 1 : 0
        state.infra += event.line.outcome === 'infra' ? 1 : 0
      }
      line.update(state)
    }
    line.end()
    const report = await reportOf(plan, log, blobs)
    printSummary(report, process.stdout)
    say(` report  ${shown(await writeFiles(dir, report, options.export))}`)
    return stop.code() ?? exit.complete
  } finally {
    stop.stop()
  }
}
