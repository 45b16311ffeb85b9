import type { Clock } from '../clock.js'

/** The longest quiet, whatever the server asks for: as long as the longest wait between two tries. */
const longestPauseMs = 60_000

/** Whole numbers from 1, `min` ≤ `start` ≤ `max`. */
export interface Bounds {
  readonly start: number
  readonly min: number
  readonly max: number
}

/**
 * How many requests may be under way: additive increase, multiplicative decrease, as TCP finds out what a network
 * carries (RFC 5681). It starts low and each success admits one more, until the provider pushes back. Then all is quiet
 * for as long as it asked, one request tries, and each success admits one more up to half of what was too much; from
 * there on it takes a whole round of successes to admit one more.
 */
export class Concurrency {
  readonly #bounds: Bounds
  readonly #clock: Clock
  /** What was found to be right. */
  #target: number
  /** What is admitted on the way there. */
  #admitted: number
  #quietUntil = Number.NEGATIVE_INFINITY
  /** Refusals of the one that tries, in a row. */
  #refused = 0
  /** Grows with each decrease: what was sent before one must not cause another. */
  #era = 0

  constructor(bounds: Bounds, clock: Clock) {
    this.#bounds = bounds
    this.#clock = clock
    this.#target = bounds.max
    this.#admitted = bounds.start
  }

  /** Milliseconds of quiet left. */
  pauseMs(now: number): number {
    return Math.max(0, this.#quietUntil - now)
  }

  /** Leaving the quiet aside. */
  get allowed(): number {
    return Math.max(1, Math.floor(Math.min(this.#admitted, this.#target)))
  }

  /** To be kept with a request until it ends. */
  get era(): number {
    return this.#era
  }

  /** @param full as many were under way as are allowed: else nothing was learned about one more */
  succeeded(era: number, full: boolean): void {
    if (era !== this.#era) return
    this.#refused = 0
    if (this.#admitted < this.#target) {
      if (full) this.#admitted = Math.min(this.#target, this.#admitted + 1)
    } else if (full) {
      this.#target = Math.min(this.#bounds.max, this.#target + 1 / this.#target)
      this.#admitted = this.#target
    }
  }

  /** @param running how many were under way, this one among them */
  pushedBack(era: number, running: number, retryAfterMs: number | undefined, retryDelayMs: number): void {
    const now = this.#clock.now()
    const trying = era === this.#era && this.#admitted === 1
    if (trying) this.#refused++
    const asked = retryAfterMs ?? retryDelayMs * 2 ** Math.min(this.#refused, 16)
    const pause = Math.min(asked, longestPauseMs)
    // Others may share the limit and wait as long: each comes back at a time of its own, none too soon.
    const spread = this.#clock.random() * Math.min(1000, pause / 4)
    this.#quietUntil = Math.max(this.#quietUntil, now + pause + spread)
    if (era !== this.#era) return
    this.#era++
    if (!trying) this.#target = Math.max(this.#bounds.min, Math.min(this.allowed, running) / 2)
    this.#admitted = 1
  }
}
