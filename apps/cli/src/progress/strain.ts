import type { RunGauge, Strain } from '@bench/runner'
import { judgingLags } from './words.js'

/** Looks once a second whether replies wait to be judged, until disposed of. */
export interface Backlog extends Disposable {
  readonly seconds: number
  /** Of them, those in which more replies waited than were being judged. */
  readonly lagging: number
}

export function watchBacklog(gauge: RunGauge): Backlog {
  const seen = { seconds: 0, lagging: 0 }
  const timer = setInterval(() => {
    seen.seconds++
    seen.lagging += judgingLags(gauge) ? 1 : 0
  }, 1000).unref()
  return Object.assign(seen, { [Symbol.dispose]: () => clearInterval(timer) })
}

/** Of a shorter run nothing can be said. */
const leastSeconds = 3
/** A loop that is idle for less than a tenth of the time is the bottleneck. */
const saturated = 0.9
/** Later than this, it spoils what is measured by milliseconds. */
const tooLateMs = 250

/** What held a run back on this machine, and what to do about it; nothing where the models took the time. */
export function strainWords(
  strain: Strain | undefined,
  { seconds, lagging }: Pick<Backlog, 'seconds' | 'lagging'>,
): readonly string[] {
  if (seconds < leastSeconds) {
    return []
  }
  const { loop, lateMs } = strain ?? { loop: 0, lateMs: 0 }
  const busy = `its event loop was busy ${Math.round(loop * 100)} % of the time and up to ${Math.round(lateMs)} ms late`
  return [
    ...(loop >= saturated || lateMs >= tooLateMs
      ? [
          `bench itself was the bottleneck: ${busy}, so latencies and tok/s are worse than the models'. Lower --concurrency, or share the work with --queue`,
        ]
      : []),
    ...(lagging > seconds / 2
      ? [
          'judging was the bottleneck: most of the time replies waited for it. Raise --judges, or use more cores',
        ]
      : []),
  ]
}
