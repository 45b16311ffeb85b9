import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Attempt, RunGauge, Strain } from './spec.js'

/** A gauge as the run moves it. */
export interface Meter extends RunGauge, Disposable {
  /** @returns what takes it back */
  judges(attempt: Attempt): () => void
  /** How busy this process was since it was opened. */
  strain(): Strain
}

/** Of the timer that the delay is measured by: what it shows when nothing is late. */
const resolution = 20
const lookEveryMs = 500

/**
 * Opens a gauge and has it watched by {@link Symbol.dispose}, which must be called. Its figures are moved in place: whoever looks costs
 * the run nothing.
 *
 * @param shown where a live view looks, if there is one: it gets the same figures
 */
export function openMeter(shown: RunGauge | undefined): Meter {
  const delay = monitorEventLoopDelay({ resolution })
  const whole = monitorEventLoopDelay({ resolution })
  const atStart = performance.eventLoopUtilization()
  // In the order in which they began: the first is the oldest.
  const underWay = new Map<Attempt, number>()
  const own: RunGauge = { asking: 0, judging: 0, waiting: 0, lagMs: 0, oldest: () => undefined }
  const gauge = shown ?? own
  gauge.oldest = () => {
    for (const [attempt, sinceMs] of underWay) return { attempt, sinceMs }
    return undefined
  }
  delay.enable()
  whole.enable()
  const timer = setInterval(() => {
    gauge.lagMs = lateBy(delay.mean)
    delay.reset()
  }, lookEveryMs)
  timer.unref()
  return Object.assign(gauge, {
    judges(attempt: Attempt) {
      underWay.set(attempt, performance.now())
      gauge.judging = underWay.size
      return () => {
        underWay.delete(attempt)
        gauge.judging = underWay.size
      }
    },
    strain: (): Strain => ({
      loop: performance.eventLoopUtilization(atStart).utilization,
      lateMs: lateBy(whole.percentile(99)),
    }),
    [Symbol.dispose]() {
      clearInterval(timer)
      delay.disable()
      whole.disable()
    },
  })
}

/** What a live view gives a run as `deps.gauge` and looks at. */
export const openGauge = (): RunGauge => ({
  asking: 0,
  judging: 0,
  waiting: 0,
  lagMs: 0,
  oldest: () => undefined,
})

/** Nanoseconds between two looks, as milliseconds past what they should be; not a number where none was made. */
const lateBy = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution) || 0
