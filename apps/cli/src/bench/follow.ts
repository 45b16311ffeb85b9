import type { Limiter, Model } from '@bench/providers'
import type { EndReason, RunEvent, RunFolder, RunGauge, Strain } from '@bench/runner'
import { displayFor, openDisplay } from '../progress/display.js'
import { watchGpu } from '../progress/gpu-watch.js'
import { strainWords, watchBacklog } from '../progress/strain.js'
import type { RunTally } from '../progress/tally.js'
import type { Screen } from '../terminal/screen.js'
import { keepHeapSmall } from './memory.js'
import type { BenchOptions } from './options.js'

export interface Following {
  readonly folder: RunFolder
  readonly options: Pick<BenchOptions, 'display' | 'flagged' | 'json' | 'maxCost'>
  readonly models: readonly Model[]
  /** Theirs. */
  readonly limiter: Limiter
  readonly tally: RunTally
  readonly gauge: RunGauge
  readonly runsCode: boolean
  readonly screen: Screen
}

/** Shows a run while it goes. @returns how it ended, and what held it back on this machine */
export async function follow(
  events: AsyncIterable<RunEvent>,
  { folder, options, models, limiter, tally, gauge, runsCode, screen }: Following,
): Promise<{ reason: EndReason; strain: readonly string[] }> {
  const { plan } = folder
  const json = options.json === true
  const kind = displayFor(options.display, {
    stderr: process.stderr,
    stdout: process.stdout,
    json,
    env: process.env,
    flagged: options.flagged?.has('display') === true,
  })
  using backlog = watchBacklog(gauge)
  const hosted = new Set(models.filter((model) => model.local && model.control !== true).map(({ id }) => id))
  using gpu = kind === 'full' && hosted.size > 0 ? watchGpu() : undefined
  const around = {
    capUsd: options.maxCost,
    runsCode,
    gauge,
    lanes: () => limiter.lanes?.() ?? [],
    gpu: () => gpu?.line(),
  }
  const now = () => performance.now()
  const color = !process.env.NO_COLOR
  using _display = openDisplay(kind, { tally, around, screen, repeats: plan.repeats, color, now })
  let reason: EndReason = 'interrupted'
  let strain: Strain | undefined
  for await (const event of events) {
    if (json) {
      process.stdout.write(`${JSON.stringify({ run: plan.run, ...event })}\n`)
    }
    if (event.type === 'end') {
      reason = event.reason
      strain = event.strain
      break
    }
    if (event.type === 'start') {
      keepHeapSmall()
    }
    tally.count(event)
    if (event.type === 'stopped') {
      screen.print(`${event.model} is asked no further: ${event.message}`)
    } else if (event.type === 'enough') {
      const half = (event.halfWidth * 100).toFixed(1)
      screen.print(
        `${event.model} is asked no further: its score is known to ±${half} by ${event.n} attempts`,
      )
    }
    if (gpu !== undefined && hosted.has(eventModel(event)) && isAllAsked(tally, hosted)) {
      gpu[Symbol.dispose]()
    }
  }
  // Controls answer at once: whatever comes of them, no model's time was spoilt.
  const wired = models.some(({ control }) => control !== true)
  return { reason, strain: wired ? strainWords(strain, backlog) : [] }
}

const eventModel = (event: RunEvent): string => (event.type === 'attempt' ? event.line.model : '')

/** Nothing of this machine's own models is under way any more. */
const isAllAsked = (tally: RunTally, hosted: ReadonlySet<string>): boolean =>
  tally.models.every(
    (model) => !hosted.has(model.id) || model.state !== 'asked' || model.settled >= model.total,
  )
