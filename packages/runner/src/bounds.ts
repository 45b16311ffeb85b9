import type { Line } from './record/lines.js'
import type { RunPlan } from './record/plan-file.js'
import type { EndReason } from './spec.js'

/** What ends a run before all is asked, besides money. */
export interface Bounds extends Disposable {
  /** Sees each line, once it is durable. */
  saw(line: Line): void
  /** Which one was reached. */
  reached(): Extract<EndReason, 'time' | 'errors'> | undefined
  /** Aborts when the time is over. */
  readonly late: AbortSignal
}

/** Node's timers hold no more. */
const longestTimer = 2 ** 31 - 1

/** Counts from now: a session that is resumed has its time and its errors anew. */
export function watchBounds({ maxTimeMs, maxErrors }: NonNullable<RunPlan['bounds']> = {}): Bounds {
  const late = new AbortController()
  let errors = 0
  const timer =
    maxTimeMs !== undefined && maxTimeMs <= longestTimer
      ? setTimeout(() => late.abort(new Error('the time is over')), maxTimeMs)
      : undefined
  return {
    late: late.signal,
    saw(line) {
      if (isError(line)) errors++
    },
    reached() {
      if (maxErrors !== undefined && errors >= maxErrors) return 'errors'
      return late.signal.aborted ? 'time' : undefined
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}

/** Whether a line tells of an attempt that failed for no fault of the model. */
export const isError = (line: Line): boolean =>
  line.kind === 'attempt' ? line.what === 'infra' : line.headline && line.outcome === 'infra'
