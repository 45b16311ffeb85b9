import fc from 'fast-check'
import { expect, test } from 'vitest'
import { remainingMs } from '../src/progress/eta.js'
import { Pace } from '../src/progress/pace.js'
import { told } from './progress-world.js'

test('on even load the rest is known within 5 % from the second wave on, whatever is at once and how long it takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.integer({ min: 20, max: 5000 }),
      fc.integer({ min: 10, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      (atOnce, ms, waves, permille) => {
        const jitter = (ms * permille) / 1000
        const pace = new Pace(1000)
        const whole = waves * ms
        for (let wave = 1; wave <= waves; wave++) {
          const now = 1000 + wave * ms
          // Replies of one wave come a little apart.
          for (let i = 0; i < atOnce; i++) pace.add(now + (i * jitter) / atOnce)
          if (wave < 2) continue
          const left = (waves - wave) * atOnce
          for (const later of [jitter, ms / 2]) {
            const estimate = pace.remainingMs(left, now + later)!
            const truth = whole - wave * ms - (left === 0 ? 0 : later)
            expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(0.05 * whole)
          }
        }
      },
    ),
  )
})

test('nothing finished, nothing known; nothing left, nothing to wait for', () => {
  const pace = new Pace(0)
  expect(pace.remainingMs(5, 1000)).toBeUndefined()
  expect(pace.remainingMs(0, 1000)).toBe(0)
})

test('a slow beginning is forgotten', () => {
  const pace = new Pace(0)
  for (let i = 1; i <= 10; i++) pace.add(i * 1000)
  for (let i = 1; i <= 300; i++) pace.add(10_000 + i * 100)
  expect(pace.remainingMs(100, 40_000)).toBeCloseTo(10_000, -3)
})

test('in a silence it does not count down to nothing', () => {
  const pace = new Pace(0)
  for (let i = 1; i <= 10; i++) pace.add(i * 1000)
  expect(pace.remainingMs(10, 10_000)).toBe(10_000)
  expect(pace.remainingMs(10, 15_000)).toBeGreaterThan(10_000)
})

/** One model, answered every `asked` ms and judged every `judged` ms, up to a time. */
function until(time: number, asked: number, judged: number, tasks = 100) {
  const run = told({ m: 'paid' }, tasks)
  let [replies, verdicts] = [0, 0]
  for (let now = 1; now <= time; now++) {
    run.clock.now = now
    if (now % asked === 0 && replies < tasks) run.replied('m', replies++)
    if (now % judged === 0 && verdicts < replies) run.judged('m', verdicts++)
  }
  return run
}

test('the slower of the two pools decides: asking, or judging', () => {
  const asking = until(2000, 100, 10)
  expect(remainingMs(asking.tally, 1, 2000)).toBeCloseTo(8000, -3)
  const judging = until(2000, 10, 100)
  expect(judging.tally.models[0]!.asked.n).toBe(100)
  expect(remainingMs(judging.tally, 1, 2000)).toBeCloseTo(8000, -3)
})

test('the slowest model decides, and one without a reply leaves it open', () => {
  const run = told({ fast: 'paid', slow: 'paid', silent: 'paid' }, 100)
  for (let i = 0; i < 90; i++) {
    run.clock.now += 100
    run.replied('fast', i)
    run.judged('fast', i)
    if (i % 10 === 9) run.replied('slow', (i - 9) / 10)
    if (i % 10 === 9) run.judged('slow', (i - 9) / 10)
  }
  expect(remainingMs(run.tally, 2, 9000)).toBeUndefined()
  run.count({ type: 'stopped', model: 'silent', code: 'auth', message: '' })
  expect(remainingMs(run.tally, 2, 9000)).toBeCloseTo(91_000, -4)
  run.count({ type: 'enough', model: 'slow', n: 9, halfWidth: 0.1 })
  expect(remainingMs(run.tally, 2, 9000)).toBeCloseTo(1000, -3)
})

test('fewer replies than are under way at once tell nothing', () => {
  const run = told({ m: 'paid' }, 100)
  run.clock.now = 5000
  run.replied('m', 0)
  run.judged('m', 0)
  expect(remainingMs(run.tally, 8, 5000)).toBeUndefined()
  expect(remainingMs(run.tally, 1, 5000)).toBe(495_000)
})

test('what was done before this session is not counted in how fast it goes', () => {
  const run = told({ m: 'paid' }, 100)
  for (let i = 0; i < 80; i++) run.recall('m', i, { cost: { usd: 0.025, source: 's' } })
  run.count({ type: 'start', total: 100, done: 80 })
  for (let i = 80; i < 90; i++) {
    run.clock.now += 1000
    run.replied('m', i)
    run.judged('m', i)
  }
  expect(remainingMs(run.tally, 1, 10_000)).toBe(10_000)
  expect(run.tally.models[0]).toMatchObject({ done: 90, total: 100, spentUsd: expect.closeTo(2, 9) })
  expect(run.tally.models[0]!.score.n).toBe(90)
})
