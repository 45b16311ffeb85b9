import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deflate } from '../src/index.js'
import { numberTable } from '../src/record/hash-table.js'
import {
  type AttemptLine,
  foldLines,
  type Line,
  lineHash,
  planRows,
  type ReportRow,
  type RunPlan,
  type ScoreLine,
} from '../src/record/index.js'
import { packing } from '../src/record/packed.js'
import { better, unionKey } from '../src/record/union.js'
import { echoTasks, planOf } from './world.js'

const codecs = [undefined, deflate]

test('a table of numbers is a map, however much it grows', () => {
  const key = fc.oneof(fc.nat(3000).map(String), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat()), { maxLength: 3000, size: 'max' }), (entries) => {
      const [table, map] = [numberTable(), new Map<string, number>()]
      for (const [text, value] of entries) {
        table.set(text, value)
        map.set(text, value)
      }
      expect(table.size).toBe(map.size)
      for (const [text] of entries) expect(table.get(text)).toBe(map.get(text))
      expect(table.get('none of these\n')).toBe(undefined)
    }),
    { numRuns: 30 },
  )
})

test('what is packed, opened again and packed again is there once, as it was left', () => {
  const act = fc.record({ key: fc.constantFrom(...'abcdefgh'), away: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(...codecs),
      (acts, packet, codec) => {
        const packed = packing<{ seen: number[] }>(codec, packet)
        const expected = new Map<string, { seen: number[] }>()
        for (const [i, { key, away }] of acts.entries()) {
          packed.open(key, () => ({ seen: [] })).seen.push(i)
          expected.set(key, { seen: [...(expected.get(key)?.seen ?? []), i] })
          if (away) packed.putAway(key)
        }
        const sealed = packed.seal(1)
        const all = [...sealed.entries()]
        const sorted = (values: Iterable<{ seen: number[] }>) =>
          [...values].sort((a, b) => a.seen[0]! - b.seen[0]!)
        expect(sorted(all.map(([, value]) => value))).toEqual(sorted(expected.values()))
        for (const [place, value] of all) expect(sealed.at(place)).toEqual(value)
      },
    ),
  )
})

const models = ['p:one', 'q:two']
const tasks = echoTasks(4)
const plan: RunPlan = planOf(tasks, { models: models.map((id) => ({ id })), repeats: 2 })
const time = fc.integer({ min: 0, max: 5 }).map((s) => `2026-11-21T07:00:0${s}.000Z`)
const reply = fc.constantFrom('r1', 'r2', 'r3')
const place = fc.record({
  task: fc.constantFrom(...tasks.map(({ id }) => id)),
  model: fc.constantFrom(...models),
  repeat: fc.constantFrom(0, 1),
})
const keyOf = ({ task, model, repeat }: { task: string; model: string; repeat: number }) =>
  `${task}/${model}/${repeat}`

const attempt: fc.Arbitrary<Line> = fc
  .record({
    place,
    try: fc.integer({ min: 1, max: 3 }),
    what: fc.constantFrom('replied', 'replied', 'timeout', 'infra', 'not_run'),
    ended: time,
    reply,
    usd: fc.option(fc.nat(50), { nil: undefined }),
  })
  .map(
    ({ place, reply, usd, ...rest }): AttemptLine => ({
      ...{ v: 1, kind: 'attempt', key: keyOf(place), solver: 'single', started: '', host: 'h' },
      ...place,
      ...rest,
      ...(rest.what === 'replied' && { reply }),
      ...(usd !== undefined && { cost: { usd: usd / 100, source: 'x' } }),
    }),
  )
const score: fc.Arbitrary<Line> = fc
  .record({
    place,
    reply,
    scorer: fc.constantFrom('s', 't'),
    headline: fc.boolean(),
    outcome: fc.constantFrom('pass', 'wrong_answer', 'infra'),
    at: time,
  })
  .map(
    ({ place, ...rest }): ScoreLine => ({
      ...{ v: 1, kind: 'score', keys: [keyOf(place)], scorer_version: '1', rater: 'auto', host: 'h' },
      ...rest,
      value: rest.outcome === 'infra' ? null : Number(rest.outcome === 'pass'),
    }),
  )
/** Retries, verdicts before and after them, lines that are there twice. */
const log = fc
  .array(fc.oneof(attempt, score, score), { minLength: 1, maxLength: 120, size: 'max' })
  .chain((lines) => fc.tuple(fc.constant(lines), fc.subarray(lines)).map(([all, some]) => [...all, ...some]))

/** The same by the union's order alone, with everything in memory. */
function naive(lines: readonly Line[]) {
  const speaks = new Map<string, Line>()
  for (const line of lines) {
    const held = speaks.get(unionKey(line))
    speaks.set(unionKey(line), held === undefined ? line : better(held, line))
  }
  const all = [...speaks.values()]
  const rows = all.flatMap((line): Partial<ReportRow>[] => {
    if (line.kind !== 'attempt') return []
    const verdicts = all.filter(
      (one): one is ScoreLine =>
        one.kind === 'score' && one.keys[0] === line.key && one.reply === line.reply && one.headline,
    )
    const infra = (one: ScoreLine) => Number(one.outcome === 'infra')
    const [verdict] = verdicts.sort(
      (a, b) => infra(a) - infra(b) || (a.at === b.at ? lineHash(a) - lineHash(b) : a.at < b.at ? 1 : -1),
    )
    const outcome = line.what === 'replied' ? (verdict?.outcome ?? 'unjudged') : line.what
    const value = line.what === 'replied' ? (verdict?.value ?? null) : null
    return [{ key: line.key, outcome, value, ended: line.ended }]
  })
  const distinct = [...new Map(lines.map((line) => [lineHash(line), line])).values()]
  const spent = (model: string) =>
    distinct.reduce(
      (sum, line) =>
        sum + (line.kind === 'attempt' && line.model === model ? Math.round((line.cost?.usd ?? 0) * 100) : 0),
      0,
    )
  return { rows, spent }
}

const byKey = (rows: readonly Partial<ReportRow>[]) => [...rows].sort((a, b) => (a.key! < b.key! ? -1 : 1))

test('a fold that packs is the fold that holds all, in whatever order lines come and however often', async () => {
  await fc.assert(
    fc.asyncProperty(
      log,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(...codecs),
      async (lines, packet, codec) => {
        const expected = naive(lines)
        const { rows, spend } = await foldLines(lines, { packet, ...(codec && { codec }) })
        const seen = (row: ReportRow) => {
          const { key, outcome, value, ended } = row
          return { key, outcome, value, ended }
        }
        expect(byKey(Array.from(rows, seen))).toEqual(byKey(expected.rows))
        expect(rows.length).toBe(expected.rows.length)
        const planned = Array.from(planRows(plan, rows), seen).filter(({ key }) => key !== '')
        expect(byKey(planned)).toEqual(byKey(expected.rows))
        for (const [model, { costUsd = 0 }] of spend)
          expect(Math.round(costUsd * 100)).toBe(expected.spent(model))
      },
    ),
    { numRuns: 300 },
  )
})

test('models that advanced one after the other are looked through together at little cost', async () => {
  const tasks = echoTasks(400)
  const models = Array.from({ length: 20 }, (_, i) => ({ id: `p${i}:m` }))
  function* lines(): Generator<Line> {
    for (const { id } of models)
      for (const { id: task } of tasks) {
        const at = { started: '', ended: '', host: 'h' }
        const key = `${id}/${task}`
        yield {
          ...{ v: 1, kind: 'attempt', key, try: 1, task, model: id, repeat: 0, solver: 'single', ...at },
          ...{ what: 'infra', error: { code: 'server', message: 'x' } },
        }
      }
  }
  let unpacked = 0
  let packets = 0
  const codec: typeof deflate = {
    pack(text) {
      packets++
      return deflate.pack(text)
    },
    unpack(bytes) {
      unpacked++
      return deflate.unpack(bytes)
    },
  }
  const { rows } = await foldLines(lines(), { codec })
  const once = unpacked
  expect([...planRows(planOf(tasks, { models }), rows)]).toHaveLength(8000)
  expect(unpacked - once).toBeLessThanOrEqual(packets)
})
