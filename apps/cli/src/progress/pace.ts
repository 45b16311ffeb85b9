/**
 * How fast one pool of a run works, from the times at which it finished things. Of what has passed the last half
 * decides: a run that found out how much its provider bears is not held to its slow beginning.
 */
export class Pace {
  readonly #start: number
  /** How many were finished at which time, the oldest first; never more than 64. */
  #marks: { readonly at: number; readonly n: number }[]
  #everyMs = 100
  /** When the stretch of time began that the next mark is of. */
  #stretch: number
  /** The widest gap of that stretch, where it began, and how many were finished by then. */
  #widest: { readonly gapMs: number; readonly at: number; readonly n: number }
  #last: number
  #n = 0
  /** About the longest time between two of late. */
  #gapMs = 0

  /** @param start milliseconds of a monotonic clock, as all times here */
  constructor(start: number) {
    this.#start = start
    this.#last = start
    this.#stretch = start
    this.#widest = { gapMs: 0, at: start, n: 0 }
    this.#marks = [this.#widest]
  }

  /** How many were finished. */
  get n(): number {
    return this.#n
  }

  add(now: number): void {
    // What is finished together must not be cut in two: a mark is set at the widest gap of its stretch of time.
    if (now - this.#last > this.#widest.gapMs) {
      this.#widest = { gapMs: now - this.#last, at: this.#last, n: this.#n }
    }
    if (now - this.#stretch >= this.#everyMs) {
      this.#mark(this.#widest)
      this.#stretch = now
      this.#widest = { gapMs: 0, at: now, n: this.#n + 1 }
    }
    this.#gapMs = Math.max(now - this.#last, this.#gapMs * 0.99)
    this.#last = now
    this.#n++
  }

  /** Finished in a second; undefined while there is nothing to tell it by. */
  perSecond(): number | undefined {
    const from = this.#from()
    const ms = this.#last - from.at
    return ms <= 0 ? undefined : ((this.#n - from.n) / ms) * 1000
  }

  /** Milliseconds until `left` more are finished; undefined while there is nothing to tell it by. */
  remainingMs(left: number, now: number): number | undefined {
    if (left <= 0) {
      return 0
    }
    const perSecond = this.perSecond()
    if (perSecond === undefined) {
      return undefined
    }
    const silence = now - this.#last
    const steady = Math.max(0, (left / perSecond) * 1000 - silence)
    if (silence <= 1.5 * this.#gapMs) {
      return steady
    }
    // In an unusual silence it grows: the next comes now at the earliest.
    const from = this.#from()
    return Math.max(steady, ((left - 1) * (now - from.at)) / (this.#n + 1 - from.n))
  }

  #mark(mark: { readonly at: number; readonly n: number }): void {
    if (mark.n === this.#marks.at(-1)!.n) {
      return
    }
    this.#marks.push(mark)
    if (this.#marks.length > 64) {
      this.#marks = this.#marks.filter((_, i) => i % 2 === 0)
      this.#everyMs *= 2
    }
  }

  #from(): { readonly at: number; readonly n: number } {
    const half = this.#start + (this.#last - this.#start) / 2
    const from = this.#marks.findLast((mark) => mark.at <= half)!
    return this.#n - from.n < 8 ? this.#marks[0]! : from
  }
}
