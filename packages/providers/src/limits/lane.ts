import type { Clock } from '../clock.js'
import { ProviderError } from '../errors.js'
import type { Allowance } from './allowance.js'
import { type Bounds, Concurrency } from './concurrency.js'
import { toldBy } from './headers.js'
import { Ledger } from './ledger.js'
import { TurnQueue, type Waiter } from './queue.js'
import type { LaneState, LimitedRequest, Permit } from './spec.js'

/**
 * The longest that a used-up allowance holds a request back. Limits per minute are whole again before; what lasts longer
 * (a limit per day, a wrong header) is for the provider itself to refuse, so that somebody hears of it.
 */
const longestHoldMs = 90_000

interface Turn {
  readonly request: LimitedRequest
  readonly since: number
  go(permit: Permit): void
}

/** Why nobody may go, and for how long; `never` where something under way has to end first. */
interface Hold {
  readonly heldBy: NonNullable<LaneState['heldBy']>
  readonly waitMs: number
}

const never = Number.POSITIVE_INFINITY

/** All that is sent to one endpoint with one key: in turns by model, never more at once or per minute than it bears. */
export class Lane {
  readonly #name: string
  readonly #clock: Clock
  readonly #delayMs: number
  readonly #concurrency: Concurrency
  readonly #queue = new TurnQueue<Turn>()
  readonly #ledger = new Ledger()
  #running = 0
  #sentAt = Number.NEGATIVE_INFINITY
  #heldBy: LaneState['heldBy']
  #cancelWake: (() => void) | undefined

  /** @param delayMs from one request to the next, at least */
  constructor(name: string, bounds: Bounds, clock: Clock, delayMs = 0) {
    this.#name = name
    this.#clock = clock
    this.#delayMs = delayMs
    this.#concurrency = new Concurrency(bounds, clock)
  }

  acquire(request: LimitedRequest): Promise<Permit> {
    const { signal, model, again = false } = request
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#queue.remove(waiter)
        reject(signal?.reason)
        this.#serve()
      }
      const turn: Turn = {
        request,
        since: this.#clock.now(),
        go(permit) {
          signal?.removeEventListener('abort', leave)
          resolve(permit)
        },
      }
      const waiter = this.#queue.add(model, turn, again)
      signal?.addEventListener('abort', leave, { once: true })
      this.#serve()
    })
  }

  state(): LaneState {
    const quiet = this.#concurrency.pauseMs(this.#clock.now()) > 0
    return {
      lane: this.#name,
      running: this.#running,
      allowed: quiet ? 0 : this.#concurrency.allowed,
      waiting: this.#queue.size,
      ...(this.#queue.size > 0 && this.#heldBy ? { heldBy: this.#heldBy } : {}),
    }
  }

  /** Lets everybody go who may, and sets the alarm for the next one. */
  #serve(): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    this.#heldBy = undefined
    while (this.#queue.size > 0) {
      const now = this.#clock.now()
      const next = this.#next(now)
      if ('heldBy' in next) {
        this.#heldBy = next.heldBy
        if (Number.isFinite(next.waitMs)) {
          this.#cancelWake = this.#clock.after(next.waitMs, () => this.#serve())
        }
        return
      }
      this.#queue.serve(next)
      next.value.go(this.#permit(next.value.request, now))
    }
  }

  #next(now: number): Waiter<Turn> | Hold {
    const pause = this.#concurrency.pauseMs(now)
    if (pause > 0) return { heldBy: 'pause', waitMs: pause }
    if (this.#running >= this.#concurrency.allowed) return { heldBy: 'concurrency', waitMs: never }
    const delay = this.#sentAt + this.#delayMs - now
    if (delay > 0) return { heldBy: 'delay', waitMs: delay }
    return this.#affordable(now)
  }

  /** Whose turn it is. One that has to wait for an allowance is not overtaken by others that need the same one. */
  #affordable(now: number): Waiter<Turn> | Hold {
    const spoken = new Set<Allowance>()
    let waitMs = never
    for (const waiter of this.#queue.heads()) {
      const { request, since } = waiter.value
      const heldSince = Math.max(since, this.#sentAt)
      const held = this.#running === 0 ? Math.max(0, heldSince + longestHoldMs - now) : never
      const wait = Math.min(this.#ledger.waitFor(request, spoken, now), held)
      if (wait === 0) return waiter
      waitMs = Math.min(waitMs, wait)
    }
    return { heldBy: 'allowance', waitMs }
  }

  #permit(request: LimitedRequest, now: number): Permit {
    this.#running++
    this.#sentAt = now
    const { era } = this.#concurrency
    const full = this.#running >= this.#concurrency.allowed
    const entry = this.#ledger.take(request, now)
    let open = true
    return {
      answered: (header) => {
        if (!open) return
        this.#ledger.answered(entry, toldBy(header, Date.now()), this.#clock.now())
        this.#serve()
      },
      release: ({ usage, error }) => {
        if (!open) return
        open = false
        const running = this.#running--
        this.#ledger.settle(entry, usage ?? {}, this.#clock.now())
        if (error === undefined) this.#concurrency.succeeded(era, full)
        else if (isPushback(error)) {
          this.#concurrency.pushedBack(era, running, error.retryAfterMs, request.retryDelayMs)
        }
        this.#serve()
      },
    }
  }
}

const isPushback = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.code === 'rate_limit' || error.code === 'overloaded')
