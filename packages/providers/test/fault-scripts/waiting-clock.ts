import type { Clock } from '@bench/providers'

/** Turns of the event loop after which whatever was written on the loopback has been read. */
const quietTurns = 60
/**
 * Time that passes only for those who wait: at once between tries, in a silence once nothing more is to come. Waits are
 * whole milliseconds; limits, which the test sets, are not.
 */
export class WaitingClock implements Clock {
  time = 0
  /** Waits between tries. */
  readonly waits: number[] = []
  readonly #silent: boolean
  #timers = new Map<() => void, { readonly ms: number; readonly at: number }>()

  /** @param silent whether limits of silence are reached too */
  constructor(silent: boolean) {
    this.#silent = silent
  }

  readonly now = () => this.time
  readonly random = () => 1
  readonly after = (ms: number, callback: () => void) => {
    this.#timers.set(callback, { ms, at: this.time + ms })
    return () => void this.#timers.delete(callback)
  }

  get pending(): number {
    return this.#timers.size
  }

  /** Runs a call to its end, time included. */
  async run<T>(call: Promise<T>): Promise<T> {
    let over = false
    const done = () => {
      over = true
    }
    call.then(done, done)
    let quiet = 0
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve))
      const [next] = [...this.#timers].sort((a, b) => a[1].at - b[1].at)
      if (!next || over) continue
      const [callback, { ms, at }] = next
      const wait = Number.isInteger(ms)
      if (!wait && (!this.#silent || quiet++ < quietTurns)) continue
      quiet = 0
      if (wait) this.waits.push(ms)
      this.time = at
      this.#timers.delete(callback)
      callback()
    }
    return call
  }
}
