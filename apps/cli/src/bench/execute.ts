import type { Dataset } from '@bench/datasets'
import type { Limiter, Model } from '@bench/providers'
import {
  type Budget,
  budget,
  type ChosenSandbox,
  errorLog,
  type Judges,
  loadSolver,
  openBatches,
  openBlobStore,
  openInFlight,
  openRunLog,
  type RunCache,
  type RunDeps,
  type RunEvent,
  type RunFolder,
  run,
} from '@bench/runner'
import { foldLines, type ModelSummary } from '@bench/runner/record'
import { type ExitCode, exit } from '../exit.js'
import { type ProgressState, progress } from '../terminal/progress.js'
import { pollingOf, waitForBatches } from './batches.js'
import { boundBy, printSummary, reportOf, shown, writeFiles } from './finish.js'
import type { BenchOptions } from './options.js'
import type { Interruption } from './signals.js'

type Reason = Extract<RunEvent, { type: 'end' }>['reason']

interface Execution {
  readonly folder: RunFolder
  readonly models: readonly Model[]
  /** Theirs. */
  readonly limiter: Limiter
  readonly dataset: Dataset
  readonly judges: Judges
  readonly sandbox: ChosenSandbox | undefined
  readonly cache: RunCache | undefined
  readonly options: BenchOptions
  readonly stop: Interruption
  say(text: string): void
}

/** More than this share of infrastructure errors and silent models, and a run says nothing about its models. */
const tolerableInfra = 0.1

/** Runs the plan to its end, an interrupt or the budget, then folds the log into the table and the files. */
export async function execute(execution: Execution): Promise<ExitCode> {
  const { folder, options, stop, say } = execution
  await using log = await openRunLog(folder.dir, {
    onHealed: (bytes) =>
      say(`healed: the last line of the log was torn by a crash (${bytes} bytes); it will be asked again`),
  })
  await using blobs = await openBlobStore(folder.dir)
  await using inFlight = await openInFlight(folder.dir)
  const money =
    options.maxCost === undefined ? undefined : budget(options.maxCost, await spentBefore(log.lines()))

  const deps: RunDeps = {
    models: execution.models,
    tasks: () => execution.dataset.tasks(),
    solver: await loadSolver(folder.plan.solver),
    scorer: execution.judges.scorer,
    log,
    blobs,
    inFlight,
    sinks: [errorLog(folder.dir)],
    signal: stop.signal,
    ...(execution.sandbox === undefined
      ? {}
      : { sandbox: execution.sandbox.driver, sandboxLabel: execution.sandbox.label }),
    ...(execution.cache === undefined ? {} : { cache: execution.cache }),
    ...(money === undefined ? {} : { budget: money }),
  }
  await using batches =
    options.batch === true
      ? await openBatches(folder.dir, folder.plan.run, pollingOf(options.batchPoll))
      : undefined
  if (batches !== undefined && !(await waitForBatches(batches.collect(folder.plan, deps), execution))) {
    say(' batches that were handed in go on without us; nothing is paid twice when the run is resumed')
    say(` resume  ${resumeCommand(folder, options, 'interrupted')}`)
    return stop.code() ?? exit.interrupted
  }
  const reason = await follow(
    run(folder.plan, batches === undefined ? deps : { ...deps, batches: batches.answers }),
    execution,
    money,
  )

  const report = await reportOf(folder.plan, log, blobs)
  const html = await writeFiles(folder.dir, report, options.export)
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ type: 'summary', run: folder.plan.run, models: report.models, report: html })}\n`,
    )
  } else {
    printSummary(report, process.stdout)
  }
  const bound = boundBy(report.models)
  if (bound !== undefined) {
    say(` time    ${bound}`)
  }
  say(` report  ${shown(html)}    view  bench view ${folder.plan.run}`)
  if (reason !== 'complete') {
    say(` resume  ${resumeCommand(folder, options, reason)}`)
  }
  return endCode(reason, report.models, options, stop, say)
}

/** The line that goes on with the run: with what a plan does not keep, since it may differ or be secret. */
function resumeCommand(folder: RunFolder, options: BenchOptions, reason: Reason): string {
  const again = [
    ...(options.endpoint === undefined ? [] : ['--endpoint', options.endpoint]),
    ...(options.replies === undefined ? [] : ['--replies', options.replies]),
    ...(reason === 'budget' ? ['--max-cost', '…'] : []),
  ]
  return ['bench bench --resume', shown(folder.dir), ...again].join(' ')
}

/** Draws every event and tells how the run ended. */
async function follow(
  events: AsyncIterable<RunEvent>,
  { options, folder, limiter, say }: Execution,
  money: Budget | undefined,
): Promise<Reason> {
  const line = progress(process.stderr)
  const state = { total: 0, before: 0, done: 0, passed: 0, infra: 0, spentUsd: money?.spent ?? 0 }
  let reason: Reason = 'interrupted'
  try {
    for await (const event of events) {
      if (options.json === true) {
        process.stdout.write(`${JSON.stringify({ run: folder.plan.run, ...event })}\n`)
      }
      if (event.type === 'end') {
        reason = event.reason
        break
      }
      if (event.type === 'stopped') {
        line.end()
        say(`${event.model} is asked no further: ${event.message}`)
      }
      count(state, event)
      const shown: ProgressState = { ...state, lanes: limiter.lanes?.() ?? [] }
      line.update(options.maxCost === undefined ? shown : { ...shown, capUsd: options.maxCost })
    }
  } finally {
    line.end()
  }
  return reason
}

function count(state: { -readonly [K in keyof ProgressState]: ProgressState[K] }, event: RunEvent): void {
  if (event.type === 'start') {
    state.total = event.total
    state.before = event.done
    state.done = event.done
  } else if (event.type === 'attempt') {
    state.spentUsd += event.line.cost?.usd ?? 0
    if (event.line.what !== 'replied') {
      state.done += 1
      state.infra += event.line.what === 'infra' ? 1 : 0
    }
  } else if (event.type === 'score' && event.line.headline) {
    state.done += 1
    state.passed += event.line.outcome === 'pass' ? 1 : 0
    state.infra += event.line.outcome === 'infra' ? 1 : 0
  }
}

async function spentBefore(lines: Parameters<typeof foldLines>[0]): Promise<number> {
  const { spend } = await foldLines(lines, { details: 0 })
  return [...spend.values()].reduce((sum, each) => sum + (each.costUsd ?? 0) - (each.savedUsd ?? 0), 0)
}

function endCode(
  reason: Reason,
  models: readonly ModelSummary[],
  options: BenchOptions,
  stop: Interruption,
  say: (text: string) => void,
): ExitCode {
  const interrupted = stop.code()
  if (reason === 'interrupted' || interrupted !== undefined) {
    return interrupted ?? exit.interrupted
  }
  if (reason === 'stopped') {
    return exit.noModel
  }
  const planned = models.reduce((sum, model) => sum + model.planned, 0)
  const lost = models.reduce((sum, model) => sum + (model.counts.infra ?? 0) + (model.counts.timeout ?? 0), 0)
  if (lost > planned * tolerableInfra) {
    say(
      `${lost} of ${planned} attempts failed for no fault of the model (see errors.log): too many to judge by`,
    )
    return exit.infra
  }
  if (reason === 'budget') {
    return exit.partial
  }
  const gate = options.failUnder
  const low = gate === undefined ? undefined : models.find((model) => (model.score ?? 0) * 100 < gate)
  if (low !== undefined) {
    say(
      `${low.model} scores ${((low.score ?? 0) * 100).toFixed(1)}, under the ${gate} asked for by --fail-under`,
    )
    return exit.gateFailed
  }
  return exit.complete
}
