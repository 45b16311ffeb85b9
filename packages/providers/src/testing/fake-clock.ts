import type { Clock } from '../clock.js'

/** Time that moves only when nothing else can happen, to the next timer. */
export class FakeClock implements Clock {
  #time = 0
  #drawn = 1
  readonly #timers = new Map<symbol, { readonly at: number; readonly callback: () => void }>()

  now = () => this.#time
  /** The same numbers in every run, spread over 0 to 1. */
  random = () => {
    this.#drawn = (this.#drawn * 16_807) % 2_147_483_647
    return this.#drawn / 2_147_483_647
  }
  after = (ms: number, callback: () => void) => {
    const id = Symbol()
    this.#timers.set(id, { at: this.#time + ms, callback })
    return () => void this.#timers.delete(id)
  }

  get pending(): number {
    return this.#timers.size
  }

  wait = (ms: number) => new Promise<void>((resolve) => void this.after(ms, resolve))

  /** Until nothing is left to happen, or until then. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const [first] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)
      if (first === undefined || first[1].at > until) {
        if (Number.isFinite(until)) this.#time = until
        return
      }
      this.#timers.delete(first[0])
      this.#time = Math.max(this.#time, first[1].at)
      first[1].callback()
    }
  }
}
