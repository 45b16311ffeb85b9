import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Cluster,
  foldLines,
  interval95,
  type Line,
  passAllK,
  passAtK,
  percentile,
  type ReportRow,
  runningScore,
  summarise,
} from '../src/record/index.js'
import { student975 } from '../src/record/interval.js'
import { echoTasks, planOf } from './world.js'

const single = (values: readonly number[]): Cluster[] =>
  values.map((value) => ({ n: 1, sum: value, binary: value === 0 || value === 1 }))
const clusterOf = (values: readonly number[]): Cluster => ({
  n: values.length,
  sum: values.reduce((a, b) => a + b, 0),
  binary: values.every((value) => value === 0 || value === 1),
})
const widthOf = (clusters: Cluster[]): number => {
  const found = interval95(clusters)!
  return found.high - found.low
}
const binary = fc.constantFrom(0, 1)
const value = fc.oneof(binary, fc.double({ min: 0, max: 1, noNaN: true }))

test('a running score is at every step what the interval of all so far is, in whatever order they come', () => {
  const tenths = fc.integer({ min: 0, max: 10 }).map((n) => n / 10)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5), fc.oneof(binary, tenths)), { minLength: 1, maxLength: 40 }),
      (came) => {
        const running = runningScore(6)
        const tasks: number[][] = []
        for (const [task, value] of came) {
          running.add(value, task)
          tasks[task] = [...(tasks[task] ?? []), value]
          const whole = interval95(tasks.filter((values) => values !== undefined).map(clusterOf))!
          expect(running.interval()!.low).toBeCloseTo(whole.low, 6)
          expect(running.interval()!.high).toBeCloseTo(whole.high, 6)
        }
        expect(running.n).toBe(came.length)
      },
    ),
  )
})

test('with one attempt a task a running score need not know the tasks', () => {
  const running = runningScore()
  expect(running.interval()).toBeNull()
  expect(running.mean).toBeNull()
  for (const value of [1, 1, 1, 0, 1]) running.add(value, 0)
  expect(running.interval()).toEqual(interval95(single([1, 1, 1, 0, 1])))
  expect(running.mean).toBe(0.8)
})

test('Wilson: 8 of 10 is 0.4902 to 0.9433, none of 20 is up to 0.1611', () => {
  const found = interval95(single([...Array(8).fill(1), 0, 0]))!
  expect(found.low).toBeCloseTo(0.4902, 4)
  expect(found.high).toBeCloseTo(0.9433, 4)
  expect(interval95(single(Array(20).fill(0)))).toEqual({ low: 0, high: expect.closeTo(0.1611, 4) })
})

test('an interval lies in 0–1 and holds the mean, whatever the values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 30 }),
      (tasks) => {
        const found = interval95(tasks.map(clusterOf))!
        const all = tasks.flat()
        const mean = clusterOf(all).sum / all.length
        expect(found.low).toBeGreaterThanOrEqual(0)
        expect(found.high).toBeLessThanOrEqual(1)
        expect(found.low).toBeLessThanOrEqual(mean + 1e-12)
        expect(found.high).toBeGreaterThanOrEqual(mean - 1e-12)
        expect(found.high).toBeGreaterThan(found.low)
      },
    ),
  )
})

test('more tasks of the same kind make it narrower', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 15 }),
      (tasks) => {
        const clusters = tasks.map(clusterOf)
        expect(widthOf([...clusters, ...clusters, ...clusters])).toBeLessThan(widthOf(clusters))
      },
    ),
    { examples: [[[[0], [0, 4.5e-9]]]] }, // So little spread that it is next to none.
  )
})

test('repeats that say the same again add no certainty', () => {
  fc.assert(
    fc.property(
      fc.array(binary, { minLength: 2, maxLength: 40 }),
      fc.integer({ min: 2, max: 10 }),
      (values, repeats) => {
        const repeated = values.map((outcome) => clusterOf(Array(repeats).fill(outcome)))
        expect(widthOf(repeated)).toBeGreaterThanOrEqual(widthOf(single(values)) - 1e-9)
      },
    ),
  )
})

test('quantiles of Student’s t are those of the tables', () => {
  const table: [number, number][] = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
  ]
  for (const [degrees, t] of table) expect(Math.abs(student975(degrees) / t - 1)).toBeLessThan(0.002)
})

test('pass@k is the share of k-subsets that hold a pass, pass^k of those that hold nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(8), fc.integer({ min: 1, max: 8 }), (n, c, k) => {
      fc.pre(c <= n)
      if (k > n) {
        expect([passAtK(n, c, k), passAllK(n, c, k)]).toEqual([null, null])
        return
      }
      let [sets, hits, whole] = [0, 0, 0]
      for (let set = 0; set < 1 << n; set++) {
        if ([...set.toString(2)].filter((bit) => bit === '1').length !== k) continue
        sets++
        if (set & ((1 << c) - 1)) hits++
        if ((set & ((1 << c) - 1)) === set) whole++
      }
      expect(passAtK(n, c, k)).toBeCloseTo(hits / sets, 10)
      expect(passAllK(n, c, k)).toBeCloseTo(whole / sets, 10)
    }),
  )
})

test('percentiles are by nearest rank', () => {
  const sorted = Array.from({ length: 100 }, (_, i) => i + 1)
  expect([50, 95, 99, 100, 0].map((p) => percentile(sorted, p))).toEqual([50, 95, 99, 100, 1])
  expect([50, 99].map((p) => percentile([7], p))).toEqual([7, 7])
})

const row = (task: string, repeat: number, more: Partial<ReportRow>): ReportRow => ({
  key: `${task}${repeat}`,
  task,
  model: 'test:model',
  repeat,
  outcome: 'pass',
  status: 'Success',
  value: 1,
  ended: '',
  ...more,
})

test('what leaves the denominator is counted, and bounds what the score could have been', () => {
  const plan = planOf(echoTasks(3), { repeats: 2 })
  const rows = [
    row('t0', 0, { difficulty: 'easy', durationMs: 10, tokensPerSecond: 100 }),
    row('t0', 1, {
      difficulty: 'easy',
      value: 0,
      outcome: 'wrong_answer',
      durationMs: 30,
      tokensPerSecond: 50,
    }),
    row('t1', 0, { difficulty: 'hard', value: null, outcome: 'infra', status: 'Failure', durationMs: 9999 }),
    row('t1', 1, { difficulty: 'hard', value: 0.5, outcome: 'wrong_answer', durationMs: 20 }),
    row('t2', 0, { value: null, outcome: 'timeout', status: 'Timeout' }),
  ]
  const [summary] = summarise(plan, { rows, spend: new Map() })
  expect(summary).toMatchObject({
    ...{ planned: 6, n: 3, tasks: 2, passed: 1, score: 0.5 },
    counts: { pass: 1, wrong_answer: 2, infra: 1, timeout: 1, not_run: 1 },
    range: { worst: 1.5 / 6, best: 4.5 / 6 },
    passAt: { 1: 0.25, 2: 1 },
    passAll: { 1: 0.25, 2: 0 },
    byDifficulty: { easy: { n: 2, score: 0.5 }, hard: { n: 1, score: 0.5 } },
    ...{ unpriced: 0, avgDurationMs: 20, p50Ms: 20, p95Ms: 30, tokensPerSecond: 75 },
  })
  expect(summary).not.toHaveProperty('costUsd')
})

test('a model without a single judged attempt has no score, not a zero', () => {
  const [summary] = summarise(planOf(echoTasks(2)), { rows: [], spend: new Map() })
  expect(summary).toMatchObject({ n: 0, score: null, interval: null, passAt: {}, counts: { not_run: 2 } })
})

test('tallies are summed over the denominator before they are divided', () => {
  const rows = [
    row('t0', 0, { tallies: { parts: [1, 1], other: [0, 2] } }),
    row('t1', 0, { tallies: { parts: [1, 3] } }),
    row('t2', 0, { tallies: { parts: [9, 9] }, outcome: 'timeout', status: 'Timeout', value: null }),
  ]
  const [summary] = summarise(planOf(echoTasks(3)), { rows, spend: new Map() })
  expect(summary?.tallies).toEqual({ parts: [2, 4], other: [0, 2] })
  const [without] = summarise(planOf(echoTasks(1)), { rows: [], spend: new Map() })
  expect(without).not.toHaveProperty('tallies')
})

test('what is self-judged counts only where the plan allows it, and is counted where it does not', () => {
  const rows = [
    row('t0', 0, {}),
    row('t1', 0, { selfJudged: true }),
    row('t2', 0, { outcome: 'wrong_answer', value: 0 }),
  ]
  const plan = planOf(echoTasks(3))
  const [strict] = summarise(plan, { rows, spend: new Map() })
  expect(strict).toMatchObject({
    n: 2,
    passed: 1,
    score: 0.5,
    selfJudged: 1,
    range: { worst: 1 / 3, best: 2 / 3 },
  })
  const [allowed] = summarise({ ...plan, allowSelfJudged: true }, { rows, spend: new Map() })
  expect(allowed).toMatchObject({ n: 3, passed: 2 })
  expect(allowed).not.toHaveProperty('selfJudged')
})

test('a row is self-judged where its headline score says so, passed or not', async () => {
  const attempt: Line = {
    ...{ v: 1, kind: 'attempt', key: 'k', try: 1, task: 't', model: 'm', repeat: 0, solver: 'single' },
    ...{ what: 'replied', started: '', ended: '', host: 'h', reply: 'r' },
  }
  const score = (detail?: Record<string, unknown>): Line => ({
    ...{ v: 1, kind: 'score', keys: ['k'], reply: 'r', scorer: 's', scorer_version: '1', headline: true },
    ...{ rater: 'auto', outcome: 'pass', value: 1, at: '', host: 'h', detail },
  })
  const of = async (detail?: Record<string, unknown>) =>
    [...(await foldLines([attempt, score(detail)])).rows][0]?.selfJudged
  expect(await of({ self_judged: true })).toBe(true)
  expect([await of({ self_judged: false }), await of({ self_judged: 'true' }), await of()]).toEqual(
    Array(3).fill(undefined),
  )
})
