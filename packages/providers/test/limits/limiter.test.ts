import { limiter, ProviderError } from '@bench/providers'
import {
  FakeClock,
  LimitedProvider,
  limitedRequest as request,
  sendLimited as send,
  type LimitedWork as Work,
} from '@bench/providers/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const ms = (max: number) => fc.integer({ min: 0, max })
const work: fc.Arbitrary<Work> = fc.record({
  model: fc.constantFrom('a', 'b', 'c'),
  input: fc.integer({ min: 1, max: 300 }),
  output: fc.integer({ min: 1, max: 200 }),
  there: ms(400),
  back: ms(400),
  rest: ms(20_000),
})
const rules = fc.record({
  renewal: fc.constantFrom('refill' as const, 'window' as const),
  requests: fc.integer({ min: 1, max: 60 }),
  tokens: fc.integer({ min: 500, max: 20_000 }),
})
/** What a provider bears that nobody has asked yet. */
const bearable = ({ requests, tokens }: { readonly requests: number; readonly tokens: number }) =>
  Math.min(requests, Math.floor(tokens / 500))
const busy = (retryAfterMs?: number) =>
  new ProviderError('rate_limit', 'busy', { retryable: true, retryAfterMs })

describe('what a provider says of its limits', () => {
  it('is never overstepped, whatever the order of answers; all are served and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(work, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        async (given, works, most, asked) => {
          const clock = new FakeClock()
          const provider = new LimitedProvider(given, clock)
          // Before the first answer nobody knows of any limit.
          const start = Math.min(most, asked, bearable(given))
          // Those that follow on a first success would go before the first answer of a slow one.
          const max = start === 1 ? most : start
          const held = limiter({ start, max }, clock)
          let running = 0
          const all = works.map((one) => send(held, provider, clock, one))
          const watch = () => {
            running = Math.max(running, held.lanes?.()[0]?.running ?? 0)
          }
          for (const one of all) void one.then(watch)
          await clock.run()
          expect(await Promise.all(all)).toEqual(works.map(() => 1))
          expect(provider).toMatchObject({ refused: 0, served: works.length })
          expect(running).toBeLessThanOrEqual(max)
          expect(held.lanes?.()).toMatchObject([{ running: 0, waiting: 0 }])
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is used: a limit of 60 a minute is kept to, not far below', async () => {
    for (const renewal of ['refill', 'window'] as const) {
      const clock = new FakeClock()
      const provider = new LimitedProvider({ renewal, requests: 60, tokens: 1e6 }, clock)
      const held = limiter({ start: 1, max: 16 }, clock)
      const works = Array.from({ length: 600 }, (_, i) => ({
        ...{ model: 'm', input: 10, output: 10, there: 20 + (i % 7), back: 20, rest: 500 },
      }))
      const all = works.map((one) => send(held, provider, clock, one))
      await clock.run()
      await Promise.all(all)
      expect(provider.refused).toBe(0)
      // 60 at once, and 60 more a minute: nine minutes at the least.
      expect(clock.now() / 60_000).toBeLessThan(renewal === 'refill' ? 9.2 : 10.1)
    }
  })

  it('of one model does not hold back another that has a limit of its own', async () => {
    const clock = new FakeClock()
    const held = limiter(4, clock)
    const told = (limit: number, remaining: number) => (name: string) =>
      ({
        'x-ratelimit-limit-requests': `${limit}`,
        'x-ratelimit-remaining-requests': `${remaining}`,
        'x-ratelimit-reset-requests': '30s',
      })[name]
    for (const [model, limit, remaining] of [
      ['large', 1000, 900],
      ['small', 10, 0],
    ] as const) {
      const permit = await held.acquire(request({ model }))
      permit.answered(told(limit, remaining))
      permit.release({})
    }
    const small = held.acquire(request({ model: 'small' }))
    await held.acquire(request({ model: 'large' }))
    expect(held.lanes?.()).toMatchObject([{ running: 1, waiting: 1, heldBy: 'allowance' }])
    await clock.run()
    await small
  })

  it('is believed where others take of it too', async () => {
    const clock = new FakeClock()
    const held = limiter(10, clock)
    const told = (remaining: number) => (name: string) =>
      ({
        'anthropic-ratelimit-requests-limit': '100',
        'anthropic-ratelimit-requests-remaining': `${remaining}`,
        'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:50Z',
        date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      })[name]
    for (const remaining of [90, 2]) {
      const permit = await held.acquire(request())
      permit.answered(told(remaining))
      permit.release({})
    }
    await Promise.all([held.acquire(request()), held.acquire(request())])
    const third = held.acquire(request())
    expect(held.lanes?.()).toMatchObject([{ running: 2, waiting: 1, heldBy: 'allowance' }])
    await clock.run()
    await third
    // 98 are missing and come back in 50 s.
    expect(clock.now()).toBeGreaterThanOrEqual(510)
    expect(clock.now()).toBeLessThanOrEqual(610)
  })

  it('lets small requests not starve a large one', async () => {
    const clock = new FakeClock()
    const provider = new LimitedProvider({ renewal: 'refill', requests: 1000, tokens: 1000 }, clock)
    const held = limiter({ start: 1, max: 8 }, clock)
    const one = { input: 10, there: 1, back: 1, rest: 1 }
    const order: string[] = []
    const all = [
      ...Array.from({ length: 20 }, () => ({ ...one, model: 'small', output: 90 })),
      { ...one, model: 'large', output: 900 },
      ...Array.from({ length: 40 }, () => ({ ...one, model: 'small', output: 90 })),
    ].map((work) => send(held, provider, clock, work).then(() => order.push(work.model)))
    await clock.run()
    await Promise.all(all)
    expect(order.indexOf('large')).toBeLessThan(30)
  })

  it('that is no help to anybody holds nobody for ever', async () => {
    const clock = new FakeClock()
    const held = limiter(4, clock)
    const served: number[] = []
    const all = Array.from({ length: 3 }, async () => {
      const permit = await held.acquire(request())
      permit.answered((name) =>
        name.startsWith('x-ratelimit-remaining')
          ? '0'
          : name.startsWith('x-ratelimit-reset')
            ? '86400'
            : '50',
      )
      permit.release({})
      served.push(clock.now())
    })
    await clock.run()
    await Promise.all(all)
    expect(served.length).toBe(3)
    expect(Math.max(...served)).toBeLessThanOrEqual(200_000)
  })
})

describe('concurrency', () => {
  const serve = async (held: ReturnType<typeof limiter>, count: number, error?: ProviderError) => {
    const permits = await Promise.all(Array.from({ length: count }, () => held.acquire(request())))
    for (const permit of permits) permit.release(error ? { error } : {})
  }
  const allowed = (held: ReturnType<typeof limiter>) => held.lanes?.()[0]?.allowed

  it('grows by what is used of it, up to the most; a number stays', async () => {
    const clock = new FakeClock()
    const held = limiter({ start: 2, max: 8 }, clock)
    await serve(held, 1)
    expect(allowed(held)).toBe(2)
    for (let round = 0; round < 10; round++) await serve(held, allowed(held) ?? 0)
    expect(allowed(held)).toBe(8)
    const fixed = limiter(3, clock)
    for (let round = 0; round < 5; round++) await serve(fixed, 3)
    expect(allowed(fixed)).toBe(3)
  })

  it('after a refusal: quiet as long as asked, one that tries, then more with each success up to the half', async () => {
    const clock = new FakeClock()
    const held = limiter({ start: 16, max: 16 }, clock)
    const first = await Promise.all(Array.from({ length: 16 }, () => held.acquire(request())))
    // What was sent together is refused together, and is one refusal.
    for (const permit of first) permit.release({ error: busy(20_000) })
    expect(held.lanes?.()).toMatchObject([{ running: 0, allowed: 0 }])
    const sent: number[] = []
    let running = 0
    const peaks: number[] = []
    const all = Array.from({ length: 40 }, async () => {
      const permit = await held.acquire(request({ again: true }))
      sent.push(clock.now())
      peaks.push(++running)
      await clock.wait(1000)
      running--
      permit.release({})
    })
    await clock.run()
    await Promise.all(all)
    expect(sent[0]).toBeGreaterThanOrEqual(20_000)
    expect(sent[1]).toBeGreaterThanOrEqual((sent[0] as number) + 1000)
    expect(peaks.slice(0, 3)).toEqual([1, 1, 2])
    // Half of sixteen, and one more for each round after.
    expect(Math.max(...peaks)).toBeLessThanOrEqual(11)
  })

  it('a probe that is refused again doubles the quiet and halves no further', async () => {
    const clock = new FakeClock()
    const held = limiter({ start: 8, max: 8 }, clock)
    await serve(held, 8, busy())
    const at: number[] = []
    for (let i = 0; i < 4; i++) {
      const turn = held.acquire(request())
      await clock.run()
      at.push(clock.now())
      ;(await turn).release({ error: busy() })
    }
    const gaps = at.map((time, i) => time - (at[i - 1] ?? 0))
    gaps.forEach((gap, i) => {
      expect(gap).toBeGreaterThanOrEqual(1000 * 2 ** i)
      expect(gap).toBeLessThanOrEqual(1000 * 2 ** i * 1.25)
    })
    await clock.run(clock.now() + 60_000)
    // Half of eight, reached by one more with each success.
    for (const count of [1, 2, 3]) await serve(held, count)
    expect(allowed(held)).toBe(4)
  })

  it('what was sent before a refusal tells nothing of what is borne after it', async () => {
    const clock = new FakeClock()
    const held = limiter({ start: 4, max: 4 }, clock)
    const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => held.acquire(request())))
    first?.release({ error: busy(1000) })
    for (const permit of others) permit.release({})
    const turn = held.acquire(request())
    await clock.run(clock.now() + 5000)
    await turn
    expect(allowed(held)).toBe(1)
  })

  it('a server that works on one after the other gets them so, unless asked otherwise, and knows nothing of other lanes', async () => {
    const held = limiter({}, new FakeClock())
    await held.acquire(request({ lane: 'gpu', serial: true }))
    void held.acquire(request({ lane: 'gpu', serial: true }))
    await held.acquire(request({ lane: 'cloud' }))
    await held.acquire(request({ lane: 'cloud' }))
    expect(held.lanes?.()).toMatchObject([
      { lane: 'gpu', running: 1, waiting: 1, heldBy: 'concurrency' },
      { lane: 'cloud', running: 2, waiting: 0 },
    ])
  })

  it.each([[0], [1.5], [{ min: 4, max: 2 }], [{ start: 9, max: 8 }], [{ max: Number.NaN }]])(
    'refuses %j',
    (range) => {
      expect(() => limiter(range)).toThrow(RangeError)
    },
  )
})

describe('those that wait', () => {
  it('go in turns by model, each model in its own order, whoever leaves; a release counts once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ model: fc.constantFrom('a', 'b', 'c'), leaves: fc.boolean() }), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 5 }),
        async (asked, size) => {
          const clock = new FakeClock()
          const held = limiter(size, clock)
          const before = await Promise.all(Array.from({ length: size }, () => held.acquire(request())))
          const order: { readonly model: string; readonly i: number }[] = []
          const stop = new AbortController()
          const all = asked.map(async ({ model, leaves }, i) => {
            const signal = leaves ? stop.signal : undefined
            const permit = await held.acquire(request({ model, signal }))
            order.push({ model, i })
            permit.release({})
            permit.release({})
          })
          const settled = Promise.allSettled(all)
          stop.abort(new Error('enough'))
          for (const permit of before) permit.release({})
          await settled
          const stayed = asked.map((one, i) => ({ ...one, i })).filter(({ leaves }) => !leaves)
          const lines = ['a', 'b', 'c'].map((model) => stayed.filter((one) => one.model === model))
          for (const [k, line] of lines.entries()) {
            const mine = order.filter(({ model }) => model === 'abc'[k])
            expect(mine.map(({ i }) => i)).toEqual(line.map(({ i }) => i))
          }
          // Between two turns of a model that waits, no other has more than one.
          for (const [at, { model }] of order.entries()) {
            const next = order.slice(at + 1).findIndex((one) => one.model === model)
            const between = next < 0 ? [] : order.slice(at + 1, at + 1 + next)
            expect(new Set(between.map((one) => one.model)).size).toBe(between.length)
          }
          expect(held.lanes?.()).toMatchObject([{ running: 0, waiting: 0 }])
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('leave with their signal, at once', async () => {
    const held = limiter(1, new FakeClock())
    await held.acquire(request())
    const stop = new AbortController()
    const waiting = held.acquire(request({ signal: stop.signal }))
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(held.acquire(request({ signal: stop.signal }))).rejects.toThrow('enough')
    expect(held.lanes?.()).toMatchObject([{ running: 1, waiting: 0 }])
  })
})

describe('the spacing that a person asks for', () => {
  it('is kept by every lane for itself, and nobody waits longer than for it and for a place', async () => {
    const asked = fc.record({ at: ms(3000), lasts: ms(2000), lane: fc.constantFrom('one', 'other') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, requestDelayMs, most) => {
          const clock = new FakeClock()
          const held = limiter(most, clock, { requestDelayMs })
          const sent: { lane: string; at: number }[] = []
          const ended: number[] = []
          const done = all.map(async ({ at, lasts, lane }) => {
            await clock.wait(at)
            const permit = await held.acquire({ lane, model: 'm', inputTokens: 1, retryDelayMs: 1 })
            sent.push({ lane, at: clock.now() })
            await clock.wait(lasts)
            ended.push(clock.now())
            permit.release({})
          })
          await clock.run()
          await Promise.all(done)
          expect(sent).toHaveLength(all.length)
          // A request leaves at a moment that lets it go: it came, a place was given back, or the spacing was over.
          for (const lane of ['one', 'other']) {
            const times = sent.filter((one) => one.lane === lane).map(({ at }) => at)
            const causes = new Set([
              ...all.filter((one) => one.lane === lane).map(({ at }) => at),
              ...ended,
              ...times.map((at) => at + requestDelayMs),
            ])
            for (const [index, at] of times.entries()) {
              if (index > 0) expect(at - times[index - 1]!).toBeGreaterThanOrEqual(requestDelayMs)
              expect(causes).toContain(at)
            }
          }
          expect(clock.pending).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('is told as what holds the next one back, and is a time', async () => {
    const clock = new FakeClock()
    const held = limiter(8, clock, { requestDelayMs: 1000 })
    const ask = () => held.acquire({ lane: 'l', model: 'm', inputTokens: 1, retryDelayMs: 1 })
    await ask()
    const second = ask()
    expect(held.lanes?.()).toMatchObject([{ running: 1, waiting: 1, heldBy: 'delay' }])
    await clock.run()
    await second
    expect(clock.now()).toBe(1000)
    for (const requestDelayMs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => limiter(1, clock, { requestDelayMs })).toThrow(RangeError)
  })
})
