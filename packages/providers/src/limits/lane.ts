import { ProviderError } from '../errors.js'
import type { Clock } from '../retry.js'
import { Allowance, type Taken } from './allowance.js'
import { type Bounds, Concurrency } from './concurrency.js'
import { type Dimension, toldBy } from './headers.js'
import { TurnQueue, type Waiter } from './queue.js'
import type { LaneState, LimitedRequest, Permit } from './spec.js'

/** Tokens that a reply is taken to hold where there is no limit and no reply yet to go by. */
const guessedOutput = 1000

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

interface ModelFacts {
  /** What its own answers named last. Until then all of the lane's hold for it. */
  allowances?: readonly Allowance[]
  /** A moving mean of tokens per reply. */
  meanOutput?: number
}

/** All that is sent to one endpoint with one key: in turns by model, never more at once or per minute than it bears. */
export class Lane {
  readonly #name: string
  readonly #clock: Clock
  readonly #concurrency: Concurrency
  readonly #queue = new TurnQueue<Turn>()
  /** By dimension and limit: models that are told the same limit are taken to share it. */
  readonly #allowances = new Map<string, Allowance>()
  readonly #models = new Map<string, ModelFacts>()
  #running = 0
  #heldBy: LaneState['heldBy']
  #cancelWake: (() => void) | undefined

  constructor(name: string, bounds: Bounds, clock: Clock) {
    this.#name = name
    this.#clock = clock
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
    return this.#affordable(now)
  }

  /** Whose turn it is. One that has to wait for an allowance is not overtaken by others that need the same one. */
  #affordable(now: number): Waiter<Turn> | Hold {
    const spoken = new Set<Allowance>()
    let waitMs = never
    for (const waiter of this.#queue.heads()) {
      const { request, since } = waiter.value
      let wait = 0
      for (const allowance of this.#allowancesOf(request.model)) {
        const ms = spoken.has(allowance)
          ? never
          : allowance.waitFor(this.#cost(request, allowance.dimension), now)
        if (ms > 0) spoken.add(allowance)
        wait = Math.max(wait, ms)
      }
      const held = this.#running === 0 ? Math.max(0, since + longestHoldMs - now) : never
      wait = Math.min(wait, held)
      if (wait === 0) return waiter
      waitMs = Math.min(waitMs, wait)
    }
    return { heldBy: 'allowance', waitMs }
  }

  #permit(request: LimitedRequest, now: number): Permit {
    this.#running++
    const { era } = this.#concurrency
    const full = this.#running >= this.#concurrency.allowed
    const taken = new Map<Allowance, Taken>()
    for (const allowance of this.#allowancesOf(request.model)) {
      taken.set(allowance, allowance.take(this.#cost(request, allowance.dimension), now))
    }
    let open = true
    return {
      answered: (header) => {
        if (open) this.#answered(request, header, taken)
      },
      release: ({ usage, error }) => {
        if (!open) return
        open = false
        const running = this.#running--
        const then = this.#clock.now()
        const used = { requests: 1, ...tokensOf(usage) }
        for (const [allowance, part] of taken) {
          // What failed may have been counted all the same.
          allowance.settle(part, used[allowance.dimension] ?? part.amount, then)
        }
        if (usage?.output !== undefined) this.#learnOutput(request.model, usage.output)
        if (error === undefined) this.#concurrency.succeeded(era, full)
        else if (isPushback(error)) {
          this.#concurrency.pushedBack(era, running, error.retryAfterMs, request.retryDelayMs)
        }
        this.#serve()
      },
    }
  }

  #answered(
    request: LimitedRequest,
    header: (name: string) => string | undefined,
    taken: Map<Allowance, Taken>,
  ): void {
    const told = toldBy(header, Date.now())
    const now = this.#clock.now()
    const named = told.map((each) => {
      const key = `${each.dimension} ${each.limit}`
      let allowance = this.#allowances.get(key)
      if (!allowance) {
        allowance = new Allowance(each.dimension, each.limit)
        this.#allowances.set(key, allowance)
      }
      let part = taken.get(allowance)
      if (!part) {
        part = allowance.take(this.#cost(request, each.dimension), now)
        taken.set(allowance, part)
      }
      allowance.told(each, part, now)
      return allowance
    })
    for (const [allowance, part] of taken) {
      if (allowance.dimension === 'requests') allowance.settle(part, part.amount, now)
    }
    if (named.length === 0) return
    this.#factsOf(request.model).allowances = named
    this.#forgetUnnamed()
    this.#serve()
  }

  /** An allowance that no model is told of any more (its limit was changed) binds nobody. */
  #forgetUnnamed(): void {
    const named = new Set([...this.#models.values()].flatMap(({ allowances = [] }) => allowances))
    for (const [key, allowance] of this.#allowances) if (!named.has(allowance)) this.#allowances.delete(key)
  }

  #allowancesOf(model: string): Iterable<Allowance> {
    return this.#models.get(model)?.allowances ?? this.#allowances.values()
  }

  #cost(request: LimitedRequest, dimension: Dimension): number {
    if (dimension === 'requests') return 1
    const output = request.maxTokens ?? this.#models.get(request.model)?.meanOutput ?? guessedOutput
    const parts = { input: request.inputTokens, output, tokens: request.inputTokens + output }
    return Math.ceil(parts[dimension])
  }

  #learnOutput(model: string, output: number): void {
    const facts = this.#factsOf(model)
    facts.meanOutput = facts.meanOutput === undefined ? output : 0.9 * facts.meanOutput + 0.1 * output
  }

  #factsOf(model: string): ModelFacts {
    const known = this.#models.get(model)
    if (known) return known
    const facts: ModelFacts = {}
    this.#models.set(model, facts)
    return facts
  }
}

function tokensOf(usage: { readonly input?: number; readonly output?: number } = {}) {
  const { input, output } = usage
  return { input, output, tokens: input === undefined || output === undefined ? undefined : input + output }
}

const isPushback = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.code === 'rate_limit' || error.code === 'overloaded')
