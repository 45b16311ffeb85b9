import {
  createRun,
  errorLog,
  openBlobStore,
  openGauge,
  openRunLog,
  type RunEvent,
  type RunFolder,
} from '@bench/runner'
import { follow as followQueue, openQueue, type Queue } from '@bench/runner/queue'
import type { Line } from '@bench/runner/record'
import { Exit, type ExitCode, exit } from '../exit.js'
import { RunTally } from '../progress/tally.js'
import type { Screen } from '../terminal/screen.js'
import { conclude } from './conclude.js'
import { follow } from './follow.js'
import type { BenchOptions } from './options.js'
import { findRun } from './resume.js'
import type { Interruption } from './signals.js'

/** A run that the workers of a queue make. */
interface Queued {
  readonly options: BenchOptions
  readonly stop: Interruption
  readonly screen: Screen
}

/** Nothing of what is asked of workers is asked here. */
const noLimits = { acquire: () => Promise.reject(new Error('nothing is asked from here')) }

/** @throws Exit `usage` for what cannot be where many machines make a run */
export function refuseWithQueue({ batch, cacheOnly, cache, untilCi }: BenchOptions): void {
  const flag =
    batch === true
      ? '--batch'
      : cacheOnly === true
        ? '--cache-only'
        : cache === true
          ? '--cache'
          : untilCi !== undefined
            ? '--until-ci'
            : undefined
  if (flag !== undefined) {
    throw new Exit(exit.usage, `${flag} is of one process, and --queue of many: give one of them`)
  }
}

/**
 * Hands a run to the workers of a queue, follows it to its end, and reports as for a run of one's own.
 *
 * @param make its folder, once the queue is reached
 */
export async function executeQueued(
  make: () => Promise<RunFolder>,
  url: string,
  queued: Queued,
): Promise<ExitCode> {
  await using queue = await open(url, queued)
  return await followFolder(await make(), queue, queued)
}

/** Goes on with a run of a queue: from its folder, or, on another machine, from what the queue has. */
export async function resumeQueued(
  named: string | undefined,
  url: string,
  queued: Queued,
): Promise<ExitCode> {
  await using queue = await open(url, queued)
  return await followFolder(await folderOf(named, queue, queued.options.output), queue, queued)
}

async function folderOf(named: string | undefined, queue: Queue, output: string): Promise<RunFolder> {
  const here = await findRun(named, output).catch((error: unknown) => error)
  if (!(here instanceof Error)) return here as RunFolder
  if (named === undefined) throw here
  return createRun(output, await queue.plan(named))
}

const open = (url: string, { stop, screen }: Queued): Promise<Queue> =>
  openQueue(url, {
    signal: stop.signal,
    onAway: (away) => screen.print(away ? 'Postgres is out of reach: waiting for it' : 'Postgres is back'),
  })

async function followFolder(
  folder: RunFolder,
  queue: Queue,
  { options, stop, screen }: Queued,
): Promise<ExitCode> {
  const { plan } = folder
  const say = screen.print
  const goOn = `to follow it again: bench resume ${plan.run} --queue …; to end it: bench queue stop ${plan.run} --queue …`
  stop.tells(() => `workers go on with it; ${goOn}`)
  await using log = await openRunLog(folder.dir)
  await using blobs = await openBlobStore(folder.dir)
  const tally = new RunTally(plan)
  for await (const line of log.lines()) {
    tally.recall(line)
  }
  say(`queue   ${queue.label} · run ${plan.run}`)
  let caughtUp = false
  // What workers made before this following is of an earlier session too, and no event tells of it.
  const recall = (line: Line): void => {
    if (!caughtUp) tally.recall(line)
  }
  const events = followQueue(queue, plan, {
    log,
    blobs,
    sinks: [errorLog(folder.dir), { write: recall }],
    signal: stop.signal,
    say,
    ...(options.maxCost === undefined ? {} : { maxCost: options.maxCost }),
  })
  const told = heard(events, () => {
    caughtUp = true
  })
  const { reason, strain } = await follow(told, {
    folder,
    options,
    models: [],
    limiter: noLimits,
    tally,
    gauge: openGauge(),
    runsCode: plan.sandbox !== undefined,
    screen,
  })
  if (stop.code() !== undefined) {
    say(` workers go on with ${plan.run}; ${goOn}`)
  }
  return await conclude({
    folder,
    options: { ...options, queue: queue.label },
    stop,
    say,
    log,
    blobs,
    reason,
    strain,
    unjudged: tally.unjudged,
  })
}

async function* heard(events: AsyncIterable<RunEvent>, begun: () => void): AsyncGenerator<RunEvent> {
  for await (const event of events) {
    begun()
    yield event
  }
}
