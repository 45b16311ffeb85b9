import { mostAtOnce } from '@bench/providers'
import { openQueue, work } from '@bench/runner/queue'
import { openParts } from '../bench/worker-parts.js'
import { effective } from '../config/effective.js'
import type { Given } from '../config/flags.js'
import { type ExitCode, exit } from '../exit.js'
import { screen } from '../terminal/screen.js'
import { version } from '../version.js'
import { namedQueue } from './queue.js'

export interface WorkerOptions {
  /** Ends when nothing is left. */
  readonly drain: boolean
}

/** Makes attempts of the runs in a queue, until it is stopped. */
export async function worker(given: Given, { drain }: WorkerOptions): Promise<ExitCode> {
  const url = await namedQueue(given)
  const { options } = await effective(given)
  const { print: say } = screen(process.stderr)
  const stopping = new AbortController()
  const cut = new AbortController()
  let code: ExitCode = exit.complete
  const on = (name: NodeJS.Signals) => {
    if (cut.signal.aborted) process.exit(code)
    code = name === 'SIGINT' ? exit.interrupted : exit.terminated
    if (stopping.signal.aborted) {
      say('cutting off what is under way: others take it up')
      cut.abort(new Error(name))
    } else {
      say('stopping: finishing what is under way (once more cuts it off)')
      stopping.abort(new Error(name))
    }
  }
  process.on('SIGINT', on)
  process.on('SIGTERM', on)
  try {
    await using queue = await openQueue(url, {
      signal: cut.signal,
      onAway: (away) => say(away ? 'Postgres is out of reach: waiting for it' : 'Postgres is back'),
    })
    say(`bench ${version} · worker ${process.pid} at ${queue.label}`)
    await work(queue, {
      open: (plan, limiter) => openParts(plan, limiter, options, stopping.signal),
      drain,
      stopping: stopping.signal,
      signal: cut.signal,
      say,
      ...(options.concurrency === undefined ? {} : { concurrency: mostAtOnce(options.concurrency) }),
      ...(options.judges === undefined ? {} : { judges: options.judges }),
    })
    return code
  } catch (error) {
    if (!cut.signal.aborted) throw error
    return code
  } finally {
    process.off('SIGINT', on)
    process.off('SIGTERM', on)
  }
}
