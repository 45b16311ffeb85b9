import { ProviderError } from '../errors.js'
import type { LimitedRequest, Limiter } from '../limits/spec.js'
import type { FakeClock } from './fake-clock.js'

export interface Rules {
  readonly renewal: 'refill' | 'window'
  readonly requests: number
  readonly tokens: number
}

/** A provider with limits per minute that counts what it has to refuse, and tells in headers how it stands. */
export class LimitedProvider {
  refused = 0
  served = 0
  readonly #rules: Rules
  readonly #clock: FakeClock
  readonly #left: { requests: number; tokens: number }
  #at = 0

  constructor(rules: Rules, clock: FakeClock) {
    this.#rules = rules
    this.#clock = clock
    this.#left = { requests: rules.requests, tokens: rules.tokens }
  }

  /** @returns whether it is served */
  receive(tokens: number): boolean {
    this.#renew()
    // Shares of a minute do not add up exactly.
    const enough = 1 - 1e-6
    if (this.#left.requests < enough || this.#left.tokens < tokens * enough) {
      this.refused++
      return false
    }
    this.#left.requests--
    this.#left.tokens -= tokens
    this.served++
    return true
  }

  readonly headers = () => {
    this.#renew()
    const told = new Map<string, string>()
    for (const what of ['requests', 'tokens'] as const) {
      const limit = this.#rules[what]
      const left = this.#left[what]
      told.set(`x-ratelimit-limit-${what}`, String(limit))
      told.set(`x-ratelimit-remaining-${what}`, String(Math.floor(left)))
      told.set(
        `x-ratelimit-reset-${what}`,
        this.#rules.renewal === 'refill'
          ? `${(((limit - left) * 60_000) / limit).toFixed(3)}ms`
          : String((60_000 - (this.#clock.now() % 60_000)) / 1000),
      )
    }
    return (name: string) => told.get(name)
  }

  #renew(): void {
    const now = this.#clock.now()
    const { renewal, requests, tokens } = this.#rules
    if (renewal === 'refill') {
      const share = (now - this.#at) / 60_000
      this.#left.requests = Math.min(requests, this.#left.requests + requests * share)
      this.#left.tokens = Math.min(tokens, this.#left.tokens + tokens * share)
    } else if (Math.floor(now / 60_000) > Math.floor(this.#at / 60_000)) {
      this.#left.requests = requests
      this.#left.tokens = tokens
    }
    this.#at = now
  }
}

export interface Work {
  readonly model: string
  readonly input: number
  readonly output: number
  /** Milliseconds to reach the provider, until its headers, until its end. */
  readonly there: number
  readonly back: number
  readonly rest: number
}

export const request = (more: Partial<LimitedRequest> = {}): LimitedRequest => ({
  lane: 'host#key',
  model: 'm',
  inputTokens: 10,
  retryDelayMs: 1000,
  ...more,
})

/** Sends one request by a limiter to a provider, again and again until it is served. @returns its tries */
export async function send(
  limiter: Limiter,
  provider: LimitedProvider,
  clock: FakeClock,
  work: Work,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    const permit = await limiter.acquire(
      request({
        model: work.model,
        inputTokens: work.input,
        maxTokens: work.output,
        again: tries > 1,
      }),
    )
    await clock.wait(work.there)
    const served = provider.receive(work.input + work.output)
    const headers = provider.headers()
    await clock.wait(work.back)
    permit.answered(headers)
    if (!served) {
      permit.release({
        error: new ProviderError('rate_limit', 'busy', { retryAfterMs: 1000, retryable: true }),
      })
      await clock.wait(1000)
      continue
    }
    await clock.wait(work.rest)
    permit.release({ usage: { input: work.input, output: work.output } })
    return tries
  }
}
