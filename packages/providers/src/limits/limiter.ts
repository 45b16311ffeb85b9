import { type Clock, systemClock } from '../clock.js'
import type { Bounds } from './concurrency.js'
import { Lane } from './lane.js'
import type { ConcurrencyRange, LaneState, Limiter } from './spec.js'

/** Where a person asks for no other numbers. */
const presets = { usual: { start: 5, min: 1, max: 32 }, serial: { start: 1, min: 1, max: 1 } } as const

export interface LimiterOptions {
  /** Milliseconds between two requests of one lane, at least; none by default. */
  readonly requestDelayMs?: number
}

/**
 * A limiter for one process. A number holds in every lane at once, and is lowered for the while that a provider asks
 * for quiet. Bounds let it find out how many at once a provider bears: from 5 up to 32 by default; a server that works
 * on one request after the other gets them so, unless asked otherwise.
 * @throws RangeError for bounds that are not whole, positive and in order, and for a delay that is no time
 */
export function limiter(
  range: ConcurrencyRange = {},
  clock: Clock = systemClock,
  { requestDelayMs = 0 }: LimiterOptions = {},
): Limiter {
  if (!(requestDelayMs >= 0 && Number.isFinite(requestDelayMs))) {
    throw new RangeError(`request delay: must be milliseconds from 0, not ${requestDelayMs}`)
  }
  const bounds = { usual: boundsOf(range, presets.usual), serial: boundsOf(range, presets.serial) }
  const lanes = new Map<string, Lane>()
  return {
    acquire(request) {
      let lane = lanes.get(request.lane)
      if (!lane) {
        lane = new Lane(request.lane, request.serial ? bounds.serial : bounds.usual, clock, requestDelayMs)
        lanes.set(request.lane, lane)
      }
      return lane.acquire(request)
    },
    lanes: (): LaneState[] => Array.from(lanes.values(), (lane) => lane.state()),
  }
}

/** The most requests that a limiter of that range lets through at once, in each lane. */
export const mostAtOnce = (range: ConcurrencyRange = {}): number => boundsOf(range, presets.usual).max

/**
 * The one of all models that were given none. How many at once is the caller's own affair then; what a provider says of
 * its limits holds all the same.
 */
export function processLimiter(clock: Clock = systemClock): Limiter {
  let one = shared.get(clock)
  if (!one) {
    one = limiter({ start: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY }, clock)
    shared.set(clock, one)
  }
  return one
}

/** Time of another clock is another time: only tests have more than one. */
const shared = new WeakMap<Clock, Limiter>()

function boundsOf(range: ConcurrencyRange, preset: Bounds): Bounds {
  const asked = typeof range === 'number' ? { start: range, min: range, max: range } : range
  const max = asked.max ?? Math.max(preset.max, asked.start ?? 1, asked.min ?? 1)
  const min = asked.min ?? Math.min(preset.min, max)
  const start = asked.start ?? Math.min(max, Math.max(min, preset.start))
  for (const [name, value] of Object.entries({ min, start, max })) {
    if (value < 1 || !(Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) {
      throw new RangeError(`concurrency: ${name} must be a whole number from 1, not ${value}`)
    }
  }
  if (min > start || start > max) {
    throw new RangeError(`concurrency: ${min} (min), ${start} (start), ${max} (max) are not in order`)
  }
  return { start, min, max }
}
