import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  attemptKey,
  attempts,
  createRun,
  estimate,
  listRuns,
  newRunId,
  openRun,
  sampleTasks,
} from '../src/index.js'
import { canonical, planFile } from '../src/record/index.js'
import { echoTasks, planOf, tempFolder } from './world.js'

test('a plan lists every task × repeat × model once, task by task', () => {
  const plan = planOf(echoTasks(2), { models: [{ id: 'a' }, { id: 'b' }], repeats: 2 })
  const all = [...attempts(plan)]
  expect(all.map(({ taskId, repeat, modelId }) => `${taskId} ${repeat} ${modelId}`)).toEqual([
    ...['t0 0 a', 't0 0 b', 't0 1 a', 't0 1 b'],
    ...['t1 0 a', 't1 0 b', 't1 1 a', 't1 1 b'],
  ])
  expect(new Set(all.map(({ key }) => key)).size).toBe(8)
  expect(planFile.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
})

test('the key is what determines the reply: nothing less, nothing more', () => {
  const parts = {
    modelId: 'm',
    call: { temperature: 0 },
    taskId: 't',
    taskHash: 'h',
    solver: 'single',
    repeat: 0,
  }
  const key = attemptKey(parts)
  expect(key).toMatch(/^[\w-]{22}$/)
  // Written down: a key that changes makes every log ask and pay again.
  expect(key).toBe('6QiemTtLleOu9CbmaHTLow')
  expect(attemptKey({ ...parts, call: { timeoutMs: 5, temperature: 0 } })).toBe(key)
  expect(attemptKey({ ...parts, solverOptions: undefined })).toBe(key)
  const others = [
    { ...parts, solverOptions: { rounds: 3 } },
    { ...parts, modelId: 'n' },
    { ...parts, taskId: 'u' },
    { ...parts, taskHash: 'i' },
    { ...parts, solver: 'refine' },
    { ...parts, repeat: 1 },
    { ...parts, call: {} },
    { ...parts, call: { temperature: 0, seed: 0 } },
    { ...parts, call: { temperature: 0, stop: [] } },
  ]
  expect(new Set([key, ...others.map(attemptKey)]).size).toBe(others.length + 1)
})

test('a model’s own settings beat the plan’s, in keys too; a plan without any has the keys it always had', () => {
  const tasks = echoTasks(1)
  const call = { temperature: 0, maxTokens: 50 }
  const keysOf = (request: Parameters<typeof planOf>[1]) =>
    [...attempts(planOf(tasks, { call, ...request }))].map(({ key }) => key)
  const plain = keysOf({ models: [{ id: 'a' }, { id: 'b' }] })
  // Written down: a key that changes makes every log ask and pay again.
  expect(plain).toEqual(['RYjefaRmJ8HkTMvWl9Ft--', 'RBjWbk-gboIHratkyQNrGl'])
  expect(
    keysOf({
      models: [
        { id: 'a', call: {} },
        { id: 'b', call: { temperature: 0 } },
      ],
    }),
  ).toEqual(plain)
  const [a, b] = keysOf({ models: [{ id: 'a' }, { id: 'b', call: { temperature: 1 } }] })
  expect([a, b]).toEqual([plain[0], expect.not.stringMatching(plain[1]!)])
  expect(keysOf({ models: [{ id: 'b' }], call: { ...call, temperature: 1 } })).toEqual([b])
})

test('what was asked besides models and tasks is in the plan, and only that', () => {
  const asked = {
    solver: 'refine',
    solverOptions: { rounds: 2 },
    sample: { n: 1, seed: 0, by: 'category' },
    untilCi: 2,
    bounds: { maxTimeMs: 5000, maxErrors: 1 },
    host: { name: 'h', platform: 'linux', arch: 'x64', cores: 2, memoryBytes: 1, node: 'v22' },
    git: { commit: 'c0ffee', dirty: true },
  } as const
  const plan = planOf(echoTasks(1), asked)
  expect(plan).toMatchObject(asked)
  expect(planFile.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
  const bare = planOf(echoTasks(1), { solverOptions: {}, bounds: {} })
  expect(Object.keys(bare)).not.toEqual(expect.arrayContaining(['solverOptions']))
  expect(Object.keys(bare)).not.toEqual(expect.arrayContaining(['bounds']))
})

test('a sample depends on seed and ids alone; a smaller one is part of a larger; order stays', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), fc.nat(40), fc.nat(5), (ids, n, seed) => {
      const refs = ids.map((id) => ({ id }))
      const chosen = sampleTasks(refs, n, seed)
      expect(chosen).toHaveLength(Math.min(n, ids.length))
      expect(chosen).toEqual(refs.filter((ref) => chosen.includes(ref)))
      const turned = sampleTasks([...refs].reverse(), n, seed)
      expect(new Set(turned)).toEqual(new Set(chosen))
      expect(sampleTasks(refs, n + 1, seed)).toEqual(expect.arrayContaining(chosen))
    }),
  )
})

test('a stratified sample has of each group its share to the nearest task, and is otherwise as any', () => {
  const groups = fc.uniqueArray(fc.tuple(fc.string(), fc.constantFrom('a', 'b', 'c')), {
    selector: ([id]) => id,
    maxLength: 40,
  })
  fc.assert(
    fc.property(groups, fc.nat(45), fc.nat(5), (tasks, n, seed) => {
      const refs = tasks.map(([id, group]) => ({ id, group }))
      const of = (ref: { group: string }) => ref.group
      const chosen = sampleTasks(refs, n, seed, of)
      expect(chosen).toHaveLength(Math.min(n, refs.length))
      expect(new Set(sampleTasks([...refs].reverse(), n, seed, of))).toEqual(new Set(chosen))
      expect(sampleTasks(refs, n + 1, seed, of)).toEqual(expect.arrayContaining(chosen))
      for (const group of ['a', 'b', 'c']) {
        const size = (all: typeof refs) => all.filter((ref) => ref.group === group).length
        const share = refs.length === 0 ? 0 : (size(refs) / refs.length) * chosen.length
        // Three groups, each rounded: none is further off than by one and a half.
        expect(Math.abs(size(chosen) - share)).toBeLessThanOrEqual(1.5)
      }
    }),
  )
})

test('seed 0 is a seed, and the same one everywhere', () => {
  const refs = echoTasks(100)
  const zero = sampleTasks(refs, 5, 0).map(({ id }) => id)
  expect(zero).toEqual(['t1', 't10', 't38', 't69', 't80'])
  expect(sampleTasks(refs, 5, 1).map(({ id }) => id)).not.toEqual(zero)
})

test.each([
  [{ models: [] }, /no model to ask/],
  [{ limit: 0 }, /no task to ask/],
  [{ models: [{ id: 'a' }, { id: 'a' }] }, /model "a" is there twice/],
  [{ repeats: 0 }, /repeats must be a whole number from 1, not 0/],
  [{ concurrency: 1.5 }, /concurrency must be a whole number from 1, not 1.5/],
  [{ untilCi: 0 }, /until-ci must be more than 0 and at most 50 percentage points, not 0/],
  [{ bounds: { maxTimeMs: 0 } }, /max-time must be more than 0, not 0/],
  [{ bounds: { maxErrors: 0.5 } }, /max-errors must be a whole number from 1, not 0.5/],
  [{ maxCost: -1 }, /max-cost must be 0 or more, not -1/],
  [{ maxCost: Number.NaN }, /max-cost must be 0 or more, not NaN/],
  [{ run: '../elsewhere' }, /it cannot be "..\/elsewhere"/],
  [{ run: 'a\\b' }, /it cannot be/],
  [{ run: '..' }, /it cannot be/],
  [{ run: '' }, /it cannot be/],
])('a plan that makes no run is refused: %j', (more, message) => {
  expect(() => planOf(echoTasks(2), more)).toThrow(message)
})

test('an estimate is a range where the price is known, nothing where it is not, zero where it is free', () => {
  const price = { inputPerMillion: 1e6, outputPerMillion: 2e6, source: 'config' }
  const models = [{ id: 'priced', price }, { id: 'unknown' }, { id: 'free', local: true }]
  const [priced, unknown, free] = estimate(
    planOf(echoTasks(1, { prompt: 'x'.repeat(400) }), { models, call: { maxTokens: 50 } }),
  )
  expect(priced).toEqual({ model: 'priced', attempts: 1, lowUsd: 200, highUsd: 300, source: 'config' })
  expect(unknown).toEqual({ model: 'unknown', attempts: 1 })
  expect(free).toMatchObject({ lowUsd: 0, highUsd: 0 })
  const own = planOf(echoTasks(1), {
    models: [{ id: 'long', price, call: { maxTokens: 500 } }],
    call: { maxTokens: 50 },
  })
  expect(estimate(own)[0]?.highUsd).toBeCloseTo(
    estimate(planOf(echoTasks(1), { models, call: { maxTokens: 500 } }))[0]!.highUsd!,
  )
})

test('a run’s folder is made once, opened, and listed newest first', async () => {
  await using out = await tempFolder()
  const ids = [
    newRunId(new Date('2026-11-21T07:15:00Z'), 0),
    newRunId(new Date('2026-11-21T07:16:00Z'), 46655),
  ]
  expect(ids).toEqual(['20261121-0715-000', '20261121-0716-zzz'])
  for (const run of ids) await createRun(out.path, planOf(echoTasks(1), { run }))
  await expect(createRun(out.path, planOf(echoTasks(1), { run: ids[0]! }))).rejects.toThrow(
    /is there already/,
  )
  await mkdir(join(out.path, 'no run'))
  await mkdir(join(out.path, 'broken'))
  await writeFile(join(out.path, 'broken/plan.json'), '{"v":1}')
  const listed = await listRuns(out.path)
  expect(listed.map(({ id }) => id)).toEqual(['broken', ...ids.toReversed()])
  expect(listed[0]).toMatchObject({ error: { code: 'bad_plan', message: expect.stringContaining('run') } })
  expect((await openRun(join(out.path, ids[0]!))).plan).toEqual(planOf(echoTasks(1), { run: ids[0]! }))
  await expect(openRun(join(out.path, 'no run'))).rejects.toMatchObject({ code: 'no_such_run' })
  expect(await listRuns(join(out.path, 'nowhere'))).toEqual([])
})

test('the newest run is the one that was planned last, whatever the runs are called', async () => {
  await using out = await tempFolder()
  const plans = [
    { run: 'zero', created: '2026-11-21T07:14:59.000Z' },
    { run: '20261121-0715-b', created: '2026-11-21T07:15:01.000Z' },
    { run: '20261121-0715-a', created: '2026-11-21T07:15:02.000Z' },
  ]
  for (const one of plans) await createRun(out.path, { ...planOf(echoTasks(1)), ...one })
  expect((await listRuns(out.path)).map(({ id }) => id)).toEqual(plans.map(({ run }) => run).toReversed())
})

test('a key is the hash of canonical JSON, however its parts are written out', () => {
  const text = fc.string({ unit: 'binary' })
  const parts = fc.record(
    {
      modelId: text,
      taskId: text,
      taskHash: text,
      solver: text,
      repeat: fc.nat(),
      call: fc.record(
        { temperature: fc.double({ noNaN: true }), maxTokens: fc.nat(), stop: fc.array(text) },
        { requiredKeys: [] },
      ),
      solverOptions: fc.dictionary(text, fc.oneof(text, fc.nat(), fc.boolean())),
    },
    { requiredKeys: ['modelId', 'taskId', 'taskHash', 'solver', 'repeat', 'call'] },
  )
  fc.assert(
    fc.property(parts, (given) => {
      const digest = createHash('sha256').update(canonical(given)).digest('base64url')
      expect(attemptKey(given)).toBe(digest.slice(0, 22))
    }),
  )
})
