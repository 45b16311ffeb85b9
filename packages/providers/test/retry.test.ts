import { type Clock, ProviderError, type RetryPolicy, withRetries } from '@bench/providers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** Time that moves only when someone waits for it: the earliest timer fires as soon as nothing else can happen. */
class TestClock implements Clock {
  time = 0
  readonly waits: number[] = []
  readonly draws: number[]
  #timers = new Map<() => void, number>()
  constructor(draws: number[] = [1]) {
    this.draws = draws
  }
  now = () => this.time
  random = () => this.draws[Math.min(this.waits.length, this.draws.length - 1)] ?? 1
  after = (ms: number, callback: () => void) => {
    if (this.#timers.size > 0) this.waits.push(ms)
    this.#timers.set(callback, this.time + ms)
    return () => void this.#timers.delete(callback)
  }
  get pending() {
    return this.#timers.size
  }
  /** Runs a call to its end, time included. */
  async run<T>(call: Promise<T>): Promise<T> {
    let over = false
    const settled = call.finally(() => {
      over = true
    })
    settled.catch(() => {})
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve))
      const [next] = [...this.#timers].sort((a, b) => a[1] - b[1])
      if (over || !next) continue
      this.time = next[1]
      this.#timers.delete(next[0])
      next[0]()
    }
    return settled
  }
}

const busy = (more: { retryAfterMs?: number; usage?: object; possiblyBilled?: boolean } = {}) =>
  new ProviderError('rate_limit', 'x: busy.', { retryable: true, status: 429, ...more })
const policy = (more: Partial<RetryPolicy> = {}): RetryPolicy => ({
  maxRetries: 3,
  delayMs: 2000,
  timeoutMs: 120_000,
  onTimeout: () => new ProviderError('timeout', 'x: too slow.'),
  ...more,
})
const failing = (times: number, error: () => unknown = busy) => {
  const seen: number[] = []
  const call = async (_signal: AbortSignal, tries: number) => {
    seen.push(tries)
    if (tries <= times) throw error()
    return `after ${tries}`
  }
  return { call, seen }
}

describe('withRetries', () => {
  it('doubles the most it may wait, and draws below it', async () => {
    const clock = new TestClock([1, 0.5, 0.25])
    const { call, seen } = failing(3)
    await expect(clock.run(withRetries(call, policy(), clock))).resolves.toMatchObject({ value: 'after 4' })
    expect(seen).toEqual([1, 2, 3, 4])
    expect(clock.waits).toEqual([2000, 2000, 2000])
  })

  it('gives up after the retries allowed, with the tries in code and message', async () => {
    const clock = new TestClock()
    const { call, seen } = failing(9)
    await expect(clock.run(withRetries(call, policy(), clock))).rejects.toMatchObject({
      code: 'rate_limit',
      status: 429,
      tries: 4,
      message: 'x: busy. Tried 4 times.',
    })
    expect(seen).toHaveLength(4)
    expect(clock.waits).toEqual([2000, 4000, 8000])
    expect(clock.pending).toBe(0)
  })

  it('waits as long as the server asked', async () => {
    for (const asked of [7000, 0, 59_999, 60_000]) {
      const clock = new TestClock()
      const { call } = failing(1, () => busy({ retryAfterMs: asked }))
      await clock.run(withRetries(call, policy(), clock))
      expect(clock.waits).toEqual([asked])
    }
  })

  it('asked for a longer wait than is allowed, fails at once with what to do', async () => {
    for (const [asked, maxRetryAfterMs, said] of [
      [60_001, undefined, 'a wait of 61 s'],
      [7_200_000, undefined, 'a wait of 120 min'],
      [1001, 1000, 'a wait of 2 s'],
    ] as const) {
      const clock = new TestClock()
      const { call, seen } = failing(1, () => busy({ retryAfterMs: asked }))
      await expect(
        clock.run(withRetries(call, policy({ maxRetryAfterMs, timeoutMs: 1e9 }), clock)),
      ).rejects.toMatchObject({
        code: 'rate_limit',
        retryAfterMs: asked,
        message: `x: busy. It asks for ${said}: resume then, or raise maxRetryAfterMs.`,
      })
      expect({ seen, waits: clock.waits }).toEqual({ seen: [1], waits: [] })
    }
  })

  it('keeps every try: when it was sent, how long it took, what became of it', async () => {
    const lost = { usage: { input: 9 }, possiblyBilled: true }
    const { call } = failing(2, () => busy({ retryAfterMs: 500, ...lost }))
    const clock = new TestClock()
    const error = { code: 'rate_limit', message: 'x: busy.', status: 429 }
    const { attempts } = await clock.run(withRetries(call, policy(), clock))
    expect(attempts).toEqual([
      { sentMs: 0, durationMs: 0, error, ...lost },
      { sentMs: 500, durationMs: 0, error, ...lost },
      { sentMs: 1000, durationMs: 0 },
    ])
    const { call: never } = failing(9, () => busy({ retryAfterMs: 500, ...lost }))
    const fault = await clock
      .run(withRetries(never, policy({ maxRetries: 1 }), clock))
      .catch((thrown) => thrown)
    expect(fault).toMatchObject({ tries: 2, possiblyBilled: true, attempts: [{ error }, { error }] })
  })

  it('does not begin a wait that would outlast the deadline', async () => {
    const clock = new TestClock()
    const { call, seen } = failing(9, () => busy({ retryAfterMs: 30_000 }))
    await expect(clock.run(withRetries(call, policy({ timeoutMs: 30_000 }), clock))).rejects.toMatchObject({
      code: 'rate_limit',
      message: 'x: busy. It asks for a wait of 30 s, more than the time limit leaves.',
    })
    expect({ seen, now: clock.time }).toEqual({ seen: [1], now: 0 })
  })

  it('ends a call that outlasts the deadline, all tries together', async () => {
    const clock = new TestClock()
    const call = async (_signal: AbortSignal, tries: number) => {
      if (tries === 1) throw busy({ retryAfterMs: 4000 })
      return new Promise<never>(() => {})
    }
    await expect(clock.run(withRetries(call, policy({ timeoutMs: 10_000 }), clock))).rejects.toMatchObject({
      code: 'timeout',
      tries: 2,
    })
    expect(clock.time).toBe(10_000)
  })

  it('takes a deadline beyond what a timer can hold', async () => {
    const call = () => new Promise((resolve) => setTimeout(resolve, 20, 'here'))
    await expect(withRetries(call, policy({ timeoutMs: 1e12 }))).resolves.toMatchObject({ value: 'here' })
  })

  it('never tries again what will not pass, and passes on what is no fault of a provider', async () => {
    for (const error of [new ProviderError('auth', 'no'), new TypeError('a bug')]) {
      const clock = new TestClock()
      const { call, seen } = failing(9, () => error)
      await expect(clock.run(withRetries(call, policy(), clock))).rejects.toBeInstanceOf(error.constructor)
      expect(seen).toEqual([1])
    }
  })

  it('rejects with the reason of the signal: before, within a call, within a wait', async () => {
    const reason = new Error('stop')
    const { call, seen } = failing(0)
    await expect(withRetries(call, policy({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect(seen).toEqual([])

    const within = new AbortController()
    const deaf = withRetries(() => new Promise(() => {}), policy({ signal: within.signal }))
    within.abort(reason)
    await expect(deaf).rejects.toBe(reason)

    const waiting = new AbortController()
    let tries = 0
    const sleeper = withRetries(
      async () => {
        tries++
        setImmediate(() => waiting.abort(reason))
        throw busy({ retryAfterMs: 60_000 })
      },
      policy({ signal: waiting.signal }),
    )
    await expect(sleeper).rejects.toBe(reason)
    expect(tries).toBe(1)
  })

  it('for any faults and draws: tries are bounded, waits too, time never passes the deadline', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.nat(10),
        fc.nat(60_000),
        fc.integer({ min: 1, max: 300_000 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 12 }),
        async (faults, maxRetries, delayMs, timeoutMs, draws) => {
          const clock = new TestClock(draws)
          const { call, seen } = failing(faults)
          const ended = await clock
            .run(withRetries(call, policy({ maxRetries, delayMs, timeoutMs }), clock))
            .then(
              () => true,
              () => false,
            )
          expect(seen.length).toBeLessThanOrEqual(Math.min(faults, maxRetries) + 1)
          expect(Math.max(0, ...clock.waits)).toBeLessThanOrEqual(60_000)
          expect(clock.time).toBeLessThanOrEqual(timeoutMs)
          if (ended) expect(seen.length).toBe(faults + 1)
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 150 },
    )
  })
})
