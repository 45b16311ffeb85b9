import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttemptLine,
  chosen,
  foldLines,
  type Line,
  lineHash,
  merge,
  type ScoreLine,
} from '../src/record/index.js'

const time = fc.integer({ min: 0, max: 3 }).map((s) => `2026-11-21T07:00:0${s}.000Z`)
const key = fc.constantFrom('a', 'b', 'c')
const reply = fc.constantFrom('r1', 'r2')

const attempt: fc.Arbitrary<AttemptLine> = fc
  .record({
    key,
    try: fc.integer({ min: 1, max: 3 }),
    what: fc.constantFrom('replied', 'timeout', 'infra', 'not_run'),
    started: time,
    ended: time,
    host: fc.constantFrom('h1', 'h2'),
    reply,
    cost: fc.option(
      fc.record({ usd: fc.double({ min: 0, max: 1, noNaN: true }), source: fc.constant('x') }),
      { nil: undefined },
    ),
    usage: fc.option(fc.record({ input: fc.nat(100), output: fc.nat(100) }), { nil: undefined }),
  })
  .map(({ reply, ...rest }) => ({
    v: 1,
    kind: 'attempt',
    task: rest.key,
    model: 'm',
    repeat: 0,
    solver: 'single',
    ...rest,
    ...(rest.what === 'replied' && { reply }),
  }))

const score: fc.Arbitrary<ScoreLine> = fc
  .record({
    keys: key.map((k) => [k]),
    reply,
    scorer: fc.constantFrom('s', 't'),
    headline: fc.boolean(),
    outcome: fc.constantFrom('pass', 'wrong_answer', 'infra'),
    at: time,
    host: fc.constantFrom('h1', 'h2'),
  })
  .map((rest) => ({
    v: 1,
    kind: 'score',
    scorer_version: '1',
    rater: 'auto',
    value: rest.outcome === 'infra' ? null : Number(rest.outcome === 'pass'),
    ...rest,
  }))

const log: fc.Arbitrary<Line[]> = fc.array(fc.oneof(attempt, score), { maxLength: 25 })

test('merge is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(log, log, log, (a, b, c) => {
      expect(merge(a, b)).toEqual(merge(b, a))
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
      const once = merge(a)
      expect(merge(once, a)).toEqual(once)
    }),
  )
})

test('which line speaks for a key, and every row and total, depends on no order and no repetition', async () => {
  await fc.assert(
    fc.asyncProperty(
      log.chain((lines) =>
        fc.tuple(fc.constant(lines), fc.shuffledSubarray([...lines, ...lines], { minLength: 0 })),
      ),
      async ([lines, some]) => {
        const shuffled = [...some, ...lines].reverse()
        expect(chosen(shuffled)).toEqual(chosen(lines))
        const [one, other] = [await foldLines(lines), await foldLines(shuffled)]
        const byKey = (rows: typeof one.rows) => [...rows].sort((a, b) => (a.key < b.key ? -1 : 1))
        expect(byKey(other.rows)).toEqual(byKey(one.rows))
        expect(other.spend).toEqual(one.spend)
      },
    ),
  )
})

test('folding shards of a log, merged, is folding the log', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.infiniteStream(fc.boolean()), async (lines, coin) => {
      const left: Line[] = []
      const right: Line[] = []
      for (const line of lines) (coin.next().value ? left : right).push(line)
      const byKey = async (of: Line[]) =>
        [...(await foldLines(of)).rows].sort((a, b) => (a.key < b.key ? -1 : 1))
      expect(await byKey(merge(left, right))).toEqual(await byKey(lines))
    }),
  )
})

const base: AttemptLine = {
  v: 1,
  kind: 'attempt',
  key: 'k',
  try: 1,
  task: 't',
  model: 'm',
  repeat: 0,
  solver: 'single',
  what: 'replied',
  started: '2026-11-21T07:00:00.000Z',
  ended: '2026-11-21T07:00:01.000Z',
  host: 'h',
  reply: 'r',
}
const verdict: ScoreLine = {
  v: 1,
  kind: 'score',
  keys: ['k'],
  reply: 'r',
  scorer: 's',
  scorer_version: '1',
  headline: true,
  rater: 'auto',
  outcome: 'pass',
  value: 1,
  at: '2026-11-21T07:00:02.000Z',
  host: 'h',
}
const rowOf = async (...lines: Line[]) => [...(await foldLines(lines)).rows][0]

test('a reply beats a later fault; among replies the higher try speaks', async () => {
  const fault: AttemptLine = { ...base, what: 'infra', try: 5, error: { code: 'server', message: 'x' } }
  delete fault.reply
  expect(await rowOf(base, fault, verdict)).toMatchObject({ outcome: 'pass' })
  const second = { ...base, try: 2, reply: 'r2' }
  expect(await rowOf(second, base, verdict)).toMatchObject({ outcome: 'unjudged', reply: 'r2' })
})

test('a verdict beats a later infra, a later verdict an earlier one, and one of another reply does not count', async () => {
  const infra: ScoreLine = { ...verdict, outcome: 'infra', value: null, at: '2026-11-21T09:00:00.000Z' }
  expect(await rowOf(base, verdict, infra)).toMatchObject({ outcome: 'pass' })
  const later: ScoreLine = { ...verdict, outcome: 'wrong_answer', value: 0, at: '2026-11-21T08:00:00.000Z' }
  expect(await rowOf(base, later, verdict, infra)).toMatchObject({ outcome: 'wrong_answer', value: 0 })
  expect(await rowOf(base, { ...verdict, reply: 'old' })).toMatchObject({ outcome: 'unjudged', value: null })
})

test('a reply without a score is nobody’s wrong answer', async () => {
  expect(await rowOf(base)).toMatchObject({
    outcome: 'unjudged',
    status: 'Success',
    error: expect.stringContaining('not scored yet'),
  })
})

test('every try is paid for, and one that occurs twice only once', async () => {
  const cost = { usd: 0.1, source: 'x' }
  const lines = [
    { ...base, cost },
    { ...base, cost },
    { ...base, try: 2, cost },
    { ...base, try: 3 },
  ]
  const { spend } = await foldLines(lines)
  expect(spend.get('m')).toEqual({ costUsd: 0.2, unpriced: 1 })
})

test('the hash of a line depends on its content, not on the order of its members', () => {
  const turned = Object.fromEntries(Object.entries(base).reverse()) as AttemptLine
  expect(lineHash(turned)).toBe(lineHash(base))
  const hashes = new Set(
    [base, { ...base, try: 2 }, { ...base, task: '1' }, { ...base, host: 't', task: 'h' }].map(lineHash),
  )
  expect(hashes.size).toBe(4)
  const twins = [
    { x: 1 },
    { x: '1' },
    { x: [1] },
    { x: { 0: 1 } },
    { x: null },
    { x: 'null' },
    { x: {} },
    { x: [] },
  ]
  expect(new Set(twins.map((twin) => lineHash(twin as unknown as Line))).size).toBe(twins.length)
})

test('details are kept for the first that did not pass, and no more', async () => {
  const lines = Array.from({ length: 5 }, (_, i): Line[] => [
    { ...base, key: `k${i}` },
    { ...verdict, keys: [`k${i}`], outcome: i === 0 ? 'pass' : 'wrong_answer', value: 0, detail: { i } },
  ]).flat()
  const { rows } = await foldLines(lines, { details: 2 })
  expect(Array.from(rows, ({ detail }) => detail)).toEqual([
    undefined,
    { i: 1 },
    { i: 2 },
    undefined,
    undefined,
  ])
})
