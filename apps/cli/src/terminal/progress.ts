import { dollars, duration } from './duration.js'

/** What the progress line is drawn from. */
export interface ProgressState {
  readonly total: number
  /** Finished before this session: not counted in the rate. */
  readonly before: number
  readonly done: number
  readonly passed: number
  readonly infra: number
  readonly spentUsd: number
  readonly capUsd?: number
  /** How each provider's requests stand; absent where there is none. */
  readonly lanes?: readonly Lane[]
}

interface Lane {
  readonly running: number
  readonly allowed: number
  readonly heldBy?: 'concurrency' | 'allowance' | 'pause' | 'delay' | undefined
}

export interface Progress {
  update(state: ProgressState): void
  /** Takes the line away, so that whatever is printed next starts clean. */
  end(): void
}

interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

const redrawMs = 100
const plainEveryMs = 30_000

/**
 * One line on a terminal, redrawn at most ten times a second; elsewhere a plain line per 30 seconds or 10 %.
 * @param now milliseconds of a monotonic clock
 */
export function progress(out: Terminal, now: () => number = () => performance.now()): Progress {
  const started = now()
  let drawn = Number.NEGATIVE_INFINITY
  let tenth = 0
  let onScreen = false

  const live = (state: ProgressState) => {
    if (now() - drawn < redrawMs && state.done < state.total) {
      return
    }
    drawn = now()
    onScreen = true
    out.write(`\r\u001b[2K${progressLine(state, now() - started).slice(0, (out.columns ?? 80) - 1)}`)
  }
  const plain = (state: ProgressState) => {
    const reached = Math.floor((10 * state.done) / Math.max(1, state.total))
    if (reached === tenth && now() - Math.max(drawn, started) < plainEveryMs) {
      return
    }
    tenth = reached
    drawn = now()
    out.write(`${progressLine(state, now() - started).trim()}\n`)
  }
  return {
    update: out.isTTY === true ? live : plain,
    end() {
      if (onScreen) {
        out.write('\r\u001b[2K')
        onScreen = false
      }
    },
  }
}

/** ` 93/240 · 2m12s · ETA 3m · 0.7/s · at once 12 of 16 · passed 61 · $1.42 of $5 · infra errors 0` */
function progressLine(state: ProgressState, elapsedMs: number): string {
  const here = state.done - state.before
  const rate = elapsedMs > 0 ? (here / elapsedMs) * 1000 : 0
  const parts = [`${state.done}/${state.total}`, duration(elapsedMs)]
  if (rate > 0 && state.done < state.total) {
    parts.push(`ETA ${duration(((state.total - state.done) / rate) * 1000)}`)
  }
  if (rate > 0) {
    parts.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`)
  }
  if (state.lanes !== undefined && state.lanes.length > 0 && state.done < state.total) {
    parts.push(atOnce(state.lanes))
  }
  parts.push(`passed ${state.passed}`)
  if (state.spentUsd > 0 || state.capUsd !== undefined) {
    parts.push(dollars(state.spentUsd) + (state.capUsd === undefined ? '' : ` of ${dollars(state.capUsd)}`))
  }
  parts.push(`infra errors ${state.infra}`)
  return ` ${parts.join(' · ')}`
}

/** Requests under way at once, of how many the providers bear, and what holds the others back besides. */
function atOnce(lanes: readonly Lane[]): string {
  const running = lanes.reduce((sum, lane) => sum + lane.running, 0)
  const allowed = lanes.reduce((sum, lane) => sum + lane.allowed, 0)
  const held = lanes.some((lane) => lane.heldBy === 'pause')
    ? ', told to wait'
    : lanes.some((lane) => lane.heldBy === 'allowance')
      ? ', rate limit used up'
      : ''
  return `at once ${running}${allowed > running ? ` of ${allowed}` : ''}${held}`
}
