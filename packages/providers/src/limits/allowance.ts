import type { Dimension, Told } from './headers.js'

/** What a limit per minute is per, wherever the provider does not say. */
const minuteMs = 60_000

/** What one request took out of an allowance. */
export interface Taken {
  amount: number
  /** All that was settled when it was sent: what the server surely knew of before it. */
  readonly settledBefore: number
  open: boolean
}

/**
 * One limit of a provider as far as its answers tell. Between them it reckons on: what is sent is taken off at once, what
 * grows back is added. The server's word is older than what is under way, so it bounds what is reckoned instead of
 * replacing it: at least what it said less everything it may not have known of yet, at most what it said.
 */
export class Allowance {
  readonly dimension: Dimension
  readonly #limit: number | undefined
  /** Undefined while nothing is known: no bound. */
  #available: number | undefined
  /** When `#available` was right. */
  #at = 0
  /** Grows back, per millisecond; 0 for a window. */
  #rate = 0
  /** When a window ends. */
  #renewedAt = Number.POSITIVE_INFINITY
  /** All that was ever taken, at what is now known of its size, and the part of it that is over. */
  #taken = 0
  #settled = 0

  constructor(dimension: Dimension, limit: number | undefined) {
    this.dimension = dimension
    this.#limit = limit
  }

  take(amount: number, now: number): Taken {
    this.#reckon(now)
    if (this.#available !== undefined) this.#available -= amount
    this.#taken += amount
    return { amount, settledBefore: this.#settled, open: true }
  }

  /** What it really was, once the server knows of it. Only the first call counts. */
  settle(taken: Taken, amount: number, now: number): void {
    if (!taken.open) return
    this.#reckon(now)
    const less = taken.amount - amount
    if (this.#available !== undefined) this.#available += less
    this.#taken -= less
    this.#settled += amount
    taken.amount = amount
    taken.open = false
  }

  /** @param taken what the request took that this is the answer to */
  told({ remaining, resetMs, renewal }: Told, taken: Taken, now: number): void {
    this.#reckon(now)
    // A request counts where it is received; its tokens may be counted later.
    const own = this.dimension === 'requests' ? taken.amount : 0
    const unknown = this.#taken - taken.settledBefore - own
    const least = remaining - Math.max(0, unknown)
    this.#available = Math.min(remaining, Math.max(least, this.#available ?? least))
    this.#at = now
    this.#renew(remaining, resetMs, renewal, now)
  }

  /** Milliseconds until so much may be taken; Infinity where something under way has to end first. */
  waitFor(amount: number, now: number): number {
    this.#reckon(now)
    if (this.#available === undefined) return 0
    // One that is larger than all there is goes when it is whole.
    const need = Math.min(amount, this.#limit ?? amount)
    if (this.#available >= need) return 0
    const unsettled = this.#taken - this.#settled
    if (this.#limit !== undefined && need > this.#limit - unsettled) return Number.POSITIVE_INFINITY
    return this.#rate > 0 ? Math.ceil((need - this.#available) / this.#rate) : this.#renewedAt - now
  }

  #renew(remaining: number, resetMs: number | undefined, renewal: Told['renewal'], now: number): void {
    if (renewal === 'refill' && this.#limit !== undefined) {
      // A reset is often rounded to seconds, which makes a rate from a short one worthless: hence the bound.
      const perMinute = this.#limit / minuteMs
      const missing = this.#limit - remaining
      this.#rate = resetMs && missing > 0 ? Math.min(perMinute, missing / resetMs) : perMinute
      this.#renewedAt = Number.POSITIVE_INFINITY
    } else {
      this.#rate = 0
      this.#renewedAt = now + (resetMs ?? minuteMs)
    }
  }

  #reckon(now: number): void {
    if (this.#available === undefined) return
    const unsettled = this.#taken - this.#settled
    if (this.#rate > 0 && this.#limit !== undefined) {
      const whole = Math.max(this.#available, this.#limit - unsettled)
      this.#available = Math.min(whole, this.#available + (now - this.#at) * this.#rate)
    } else if (now >= this.#renewedAt) {
      this.#available = this.#limit === undefined ? undefined : this.#limit - unsettled
      this.#renewedAt += minuteMs * (1 + Math.floor((now - this.#renewedAt) / minuteMs))
    }
    this.#at = now
  }
}
