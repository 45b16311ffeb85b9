import type { Dataset } from '@bench/datasets'
import type { Limiter, Model } from '@bench/providers'
import {
  budgetOf,
  type ChosenSandbox,
  errorLog,
  type Judges,
  loadSolver,
  openBatches,
  openBlobStore,
  openGauge,
  openInFlight,
  openKeptCalls,
  openRunLog,
  type RunCache,
  type RunDeps,
  type RunFolder,
  type RunLog,
  RunnerError,
  run,
} from '@bench/runner'
import type { Line } from '@bench/runner/record'
import { cleanContainers } from '@bench/sandbox'
import { type ExitCode, exit } from '../exit.js'
import { RunTally } from '../progress/tally.js'
import type { Screen } from '../terminal/screen.js'
import { pollingOf, waitForBatches } from './batches.js'
import { conclude } from './conclude.js'
import { resumeCommand, savedWords } from './ending.js'
import { follow } from './follow.js'
import type { BenchOptions } from './options.js'
import type { Interruption } from './signals.js'

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
  readonly screen: Screen
}

/** Runs the plan to its end, an interrupt or a bound, then folds the log into the table and the files. */
export async function execute(execution: Execution): Promise<ExitCode> {
  const { folder, options, stop, screen } = execution
  const { plan } = folder
  const say = screen.print
  await using log = await openRunLog(folder.dir, {
    onHealed: (bytes) =>
      say(`healed: the last line of the log was torn by a crash (${bytes} bytes); it will be asked again`),
  })
  await using blobs = await openBlobStore(folder.dir)
  await using inFlight = await openInFlight(folder.dir)
  const tally = new RunTally(plan)
  const gauge = openGauge()

  const deps: RunDeps = {
    models: execution.models,
    tasks: () => execution.dataset.tasks(),
    solver: await loadSolver(plan.solver),
    scorer: execution.judges.scorer,
    log: lookedOver(log, (line) => tally.recall(line)),
    blobs,
    inFlight,
    keptCalls: openKeptCalls(folder.dir),
    sinks: [errorLog(folder.dir)],
    gauge,
    signal: stop.signal,
    ...(execution.sandbox === undefined
      ? {}
      : { sandbox: execution.sandbox.driver, sandboxLabel: execution.sandbox.label }),
    ...(execution.cache === undefined ? {} : { cache: execution.cache }),
    ...(options.judges === undefined ? {} : { judges: options.judges }),
    ...(options.maxCost === undefined ? {} : { budget: await budgetOf(options.maxCost, log.lines()) }),
  }
  await using batches =
    options.batch === true ? await openBatches(folder.dir, plan.run, pollingOf(options.batchPoll)) : undefined
  const goOn = { folder, options, models: [] }
  stop.tells(() => `${savedWords(tally)}; to go on: ${resumeCommand({ ...goOn, reason: 'interrupted' })}`)
  if (execution.sandbox?.driver.name === 'docker') {
    stop.forces(cleanContainers)
  }
  if (
    batches !== undefined &&
    !(await waitForBatches(batches.collect(plan, deps), { folder, options, stop, say }))
  ) {
    say(' batches that were handed in go on without us; nothing is paid twice when the run is resumed')
    say(` resume  ${resumeCommand({ ...goOn, reason: 'interrupted' })}`)
    return stop.code() ?? exit.interrupted
  }
  const { reason, strain } = await follow(
    run(plan, batches === undefined ? deps : { ...deps, batches: batches.answers }),
    { ...execution, tally, gauge, runsCode: execution.sandbox !== undefined },
  ).catch((error: unknown) => {
    // A disk that is full: once there is room, this goes on.
    if (error instanceof RunnerError && error.code === 'storage') {
      say(` resume  ${resumeCommand({ ...goOn, reason: 'interrupted' })}`)
    }
    throw error
  })

  return await conclude({ folder, options, stop, say, log, blobs, reason, strain, unjudged: tally.unjudged })
}

/** A log whose first reading somebody else looks over as well: a long one is not read twice. */
function lookedOver(log: RunLog, look: (line: Line) => void): RunLog {
  let looks = true
  return {
    append: (line) => log.append(line),
    async *lines() {
      const first = looks
      looks = false
      for await (const line of log.lines()) {
        if (first) {
          look(line)
        }
        yield line
      }
    },
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  }
}
