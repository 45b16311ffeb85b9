import { openQueue, type QueuedRun } from '@bench/runner/queue'
import { effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import { Exit, type ExitCode, exit } from '../exit.js'
import { fittingTable } from '../terminal/table.js'

/** The queue that was named, by option or variable. @throws Exit `usage` where none was */
export async function namedQueue(given: Given): Promise<string> {
  const { options } = await effective(given)
  if (options.queue === undefined) {
    throw new Exit(
      exit.usage,
      'no queue is named: give --queue postgres://user:password@host/database, or set BENCH_QUEUE',
    )
  }
  return options.queue
}

/** Lists the runs of a queue. */
export async function list(given: Given, json: boolean): Promise<ExitCode> {
  await using queue = await openQueue(await namedQueue(given))
  const runs = await queue.runs()
  if (json) {
    for (const run of runs) process.stdout.write(`${JSON.stringify(told(run))}\n`)
  } else if (runs.length === 0) {
    process.stderr.write(`no run in the queue at ${queue.label}. Make one with: bench bench --queue …\n`)
  } else {
    process.stdout.write(
      fittingTable(['RUN', 'BEGUN', 'DATASET', 'STATE', 'WAITING', 'UNDER WAY'], runs.map(cells)),
    )
  }
  return exit.complete
}

/** Ends a run: what workers are at is finished, the rest is not taken up. */
export async function stop(run: string, given: Given): Promise<ExitCode> {
  await using queue = await openQueue(await namedQueue(given))
  await queue.stop(run)
  process.stderr.write(
    `${run} is stopped: what is under way is finished. To go on: bench resume ${run} --queue …\n`,
  )
  return exit.complete
}

/** Forgets a run, with its lines and replies. Folders that followed it keep theirs. */
export async function remove(run: string, given: Given): Promise<ExitCode> {
  await using queue = await openQueue(await namedQueue(given))
  await queue.remove(run)
  process.stderr.write(`${run} is no longer in the queue at ${queue.label}\n`)
  return exit.complete
}

const told = ({ run, created, plan, waiting, active, ended }: QueuedRun) => ({
  run,
  created,
  dataset: `${plan.dataset.name}@${plan.dataset.version}`,
  models: plan.models.map(({ id }) => id),
  waiting,
  active,
  ...(ended === undefined ? {} : { ended }),
})

const cells = ({ run, created, plan, waiting, active, ended }: QueuedRun): string[] => [
  run,
  created.slice(0, 16).replace('T', ' '),
  `${plan.dataset.name}@${plan.dataset.version}`,
  ended ?? 'open',
  String(waiting),
  String(active),
]
