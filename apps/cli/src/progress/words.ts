import type { LaneState } from '@bench/providers'
import { clean, percent } from '@bench/report'
import type { RunGauge } from '@bench/runner'
import { dollars, duration } from '../terminal/duration.js'
import { remainingMs } from './eta.js'
import type { ModelTally, RunTally } from './tally.js'

/** What a view is drawn from besides the tally: looked at for each drawing. */
export interface Surroundings {
  /** The run may spend this many US dollars. */
  readonly capUsd?: number | undefined
  readonly runsCode: boolean
  readonly gauge?: RunGauge | undefined
  lanes(): readonly LaneState[]
  /** `GPU 91 % 6.1 GB`; absent where there is none, or no tool that tells. */
  gpu(): string | undefined
}

/** `62/120` */
export const doneOf = (model: ModelTally): string => `${model.done}/${model.total}`

/** `71.4`; a dash while nothing is judged. */
export const scoreOf = ({ score }: ModelTally): string => (score.mean === null ? '–' : percent(score.mean))

/** `±6.1`: half of the 95 % interval. */
export function halfOf({ score }: ModelTally): string {
  const interval = score.interval()
  return interval === null ? '' : `±${percent((interval.high - interval.low) / 2)}`
}

/** `$1.42`, `local`, `≥$1.42` where some replies have no known price. */
export function spendOf({ local, spentUsd, unpriced }: ModelTally): string {
  if (spentUsd === 0 && (local || unpriced > 0)) {
    return local ? 'local' : '–'
  }
  return `${unpriced > 0 ? '≥' : ''}${dollars(spentUsd)}`
}

/** `62 tok/s`, the mean over replies. */
export const speedOf = ({ speed }: ModelTally): string =>
  speed.n === 0 ? '' : `${Math.round(speed.sum / speed.n)} tok/s`

/** What is being judged for longest, once that is a second: `interval-merge #2` and `running tests 4 s`. */
export function oldestOf(
  { gauge, runsCode }: Surroundings,
  repeats: number,
  now: number,
): { readonly task: string; readonly doing: string } | undefined {
  const oldest = gauge?.oldest()
  const ms = oldest === undefined ? 0 : now - oldest.sinceMs
  if (oldest === undefined || ms < 1000) {
    return undefined
  }
  const { taskId, repeat } = oldest.attempt
  const seconds = ms < 60_000 ? `${Math.floor(ms / 1000)} s` : duration(ms)
  return {
    task: clean(taskId) + (repeats > 1 ? ` #${repeat + 1}` : ''),
    doing: `${runsCode ? 'running tests' : 'judging'} ${seconds}`,
  }
}

/** A part of the line of totals, and how long it stays where there is little room: the highest longest. */
export interface Part {
  readonly text: string
  readonly keep: number
}

/** `93/240 · 2m12s · ETA 3m · $1.42 of $5 · at once 12 of 16 · retries 3 · infra errors 0` */
export function totals(tally: RunTally, around: Surroundings, elapsedMs: number, now: number): Part[] {
  const lanes = around.lanes()
  const running = lanes.reduce((sum, lane) => sum + lane.running, 0)
  const left = tally.done < tally.total ? remainingMs(tally, running, now) : undefined
  const waiting = judgingLags(around.gauge) ? around.gauge!.waiting : 0
  const { spentUsd } = tally
  const spent = spentUsd > 0 || around.capUsd !== undefined
  const cap = around.capUsd === undefined ? '' : ` of ${dollars(around.capUsd).replace(/\.00$/, '')}`
  return [
    { text: `${tally.done}/${tally.total}`, keep: 9 },
    { text: duration(elapsedMs), keep: 7 },
    ...(left === undefined || left === 0 ? [] : [{ text: `ETA ${roughly(left)}`, keep: 8 }]),
    ...(spent ? [{ text: dollars(spentUsd) + cap, keep: 6 }] : []),
    ...(waiting > 0 ? [{ text: `${waiting} replies wait to be judged`, keep: 2 }] : []),
    ...(lanes.length > 0 && tally.done < tally.total ? [{ text: atOnce(lanes), keep: 1 }] : []),
    { text: `retries ${tally.retries}`, keep: 3 },
    { text: `infra errors ${tally.infra}`, keep: tally.infra > 0 ? 5 : 4 },
  ]
}

/** Whether models wait for their replies to be judged: more do than are being judged. */
export const judgingLags = (gauge: RunGauge | undefined): boolean =>
  gauge !== undefined && gauge.waiting >= 10 && gauge.waiting > gauge.judging

/** Requests under way at once, of how many the providers bear, and what holds the others back besides. */
function atOnce(lanes: readonly LaneState[]): string {
  const running = lanes.reduce((sum, lane) => sum + lane.running, 0)
  const allowed = lanes.reduce((sum, lane) => sum + lane.allowed, 0)
  const held = lanes.some((lane) => lane.heldBy === 'pause')
    ? ', told to wait'
    : lanes.some((lane) => lane.heldBy === 'allowance')
      ? ', rate limit used up'
      : lanes.some((lane) => lane.heldBy === 'delay')
        ? ', held to --request-delay'
        : ''
  return `at once ${running}${allowed > running ? ` of ${allowed}` : ''}${held}`
}

/** `45s`, `3m`, `1h05m`: as exact as it is known. */
const roughly = (ms: number): string =>
  ms < 119_500 || ms >= 3_600_000 ? duration(ms) : `${Math.round(ms / 60_000)}m`
