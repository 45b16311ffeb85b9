import { readdirSync, readFileSync } from 'node:fs'
import type { CodeSpec } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { anyDriver, withoutStages } from './boxes.js'
import { disguises } from './py-disguises.js'
import { forgeries, spoilers } from './py-forgeries.js'
import { foretold, replies, soft, takeover } from './py-replies.js'
import { inPairs, sharedData } from './setup.js'

const sandbox = await anyDriver()
const judge = openJudge(sandbox, { size: 2, eager: true })
const joined = openJudge(withoutStages(sandbox), { size: 2 })
afterAll(() => Promise.all([judge, joined].map((one) => one[Symbol.asyncDispose]())))

const sums = [
  [1, 2, 3],
  [5, 6, 11],
  [-4, 4, 0],
  [100, 23, 123],
] as const
const calls = sums.map(([a, b]) => [a, b])
const timeout = 0.5
const asserts = sums.map(([a, b, sum]) => `    assert candidate(${a}, ${b}) == ${sum}\n`)
const common = { language: 'python', entryPoint: 'add', timeout } as const

/** `add`, judged in every way that there is for a function. */
const ways: Readonly<Record<string, CodeSpec>> = {
  value: {
    ...common,
    kind: 'io',
    cases: sums.map(([a, b, expected]) => ({ input: [a, b], expected, timeout, weight: 1 })),
  },
  check: { ...common, kind: 'assert', prompt: '', test: `def check(candidate):\n${asserts.join('')}` },
  script: {
    ...common,
    kind: 'assert',
    style: 'script',
    prompt: '',
    test: asserts.join('').replaceAll('    assert candidate', 'assert add'),
  },
  reference: {
    ...common,
    kind: 'reference',
    prompt: '',
    reference: 'def add(a, b):\n    return a + b\n',
    baseInputs: calls.slice(0, 2),
    plusInputs: calls.slice(2),
    tolerance: 0,
    oracle: 'humaneval',
    problem: 'HumanEval/999',
  },
}

const honest = 'def add(a, b):\n    return a + b\n'

/** A check's test is joined to the candidate's process, a script is played on a stage. */
const judgeOf = (way: string) => (way === 'check' ? joined : judge)

/** All ways, but those by which it would take long to see a program sleep. */
async function outcomes(code: string, names = Object.keys(ways)) {
  const found = await inPairs(names, async (name) => ({
    name,
    ...(await judgeOf(name).judge(ways[name]!, code)),
  }))
  return Object.fromEntries(found.map(({ name, outcome, value }) => [name, { outcome, value }]))
}

test('the honest one passes in every way', async () => {
  for (const { outcome, value } of Object.values(await outcomes(honest)))
    expect({ outcome, value }).toEqual({ outcome: 'pass', value: 1 })
})

/** Those that speak with our program's voice are caught at it, whatever they say. */
const caught: readonly (readonly [name: string, ways: readonly string[]])[] = [
  ['a result without the seal', ['value', 'reference']],
  ['a result with the seal, and another', ['value', 'reference']],
  ['a line for each input, without the seal', ['value', 'reference']],
  ['a verdict on every descriptor', ['value', 'check', 'script', 'reference']],
  ['answers before they are asked for', ['check']],
  ['a frame of four gigabytes', ['value', 'reference']],
  ['frames of nonsense', ['value', 'reference']],
]

test.each(caught)('caught in the act: %s', async (name, names) => {
  const [, code] = forgeries.find(([known]) => known === name)!
  for (const [way, { outcome }] of Object.entries(await outcomes(code, [...names])))
    expect(outcome, way).toBe('forged')
})

test('StopIteration ends no loop of a test', async () => {
  const pairs = `[${calls.map(String).map((pair) => `(${pair})`)}]`
  const sums = '[3, 11, 0, 123]'
  const tests = [
    `for got, want in zip(map(lambda pair: add(*pair), ${pairs}), ${sums}): assert got == want\n`,
    `assert all(map(lambda pair: add(*pair) == sum(pair), ${pairs}))\n`,
  ]
  for (const test of tests) {
    const spec = { ...common, kind: 'assert', style: 'script', prompt: '', test } as const
    expect((await judge.judge(spec, 'def add(a, b): raise StopIteration\n')).outcome, test).toBe('runtime')
    expect((await judge.judge(spec, honest)).outcome, test).toBe('pass')
  }
})

test('there are as many as were promised', () => {
  expect(forgeries.length).toBeGreaterThanOrEqual(60)
  expect(spoilers.length).toBeGreaterThanOrEqual(20)
})

describe(`forgeries in ${sandbox.name}`, () => {
  test.each([...forgeries, ...disguises])('%s', { timeout: 120_000 }, async (_, code) => {
    for (const [way, { outcome, value }] of Object.entries(await outcomes(code))) {
      expect(outcome, way).not.toBe('pass')
      expect(outcome, way).not.toBe('infra')
      expect(value, way).toBeLessThan(1)
    }
  })
})

describe(`programs that answer their tests themselves, in ${sandbox.name}`, () => {
  const check = (body: string): CodeSpec => {
    const test = `def check(candidate):\n${body.replace(/^/gm, '    ')}\n`
    return { ...common, kind: 'assert', prompt: '', test }
  }

  test.each<[string, readonly string[]]>([
    ['compared', ['"value":3']],
    ['reckoned', ['"value":{"$float":"3.0"}']],
    ['listed', ['"value":{"$tuple":[3]}']],
    ['looped', ['"value":{"$iterator":[0,"x"]}', '"value":{"$tuple":[3]},"more":false']],
    ['asked', ['"value":{"$object":[0,"x"]}', '"value":3']],
    ['changed', ['"value":null,"changed":[[0,[3,{"$ref":1}]],[1,[4]]]']],
    ['caught', ['"error":{"builtin":"ValueError","message":"three"}']],
  ])('what is %s can be right', async (name, answers) => {
    expect((await joined.judge(check(soft[name]!), takeover(answers))).outcome).toBe('pass')
    // What has to be asked about an answer, a stage cannot be told.
    const played = !['looped', 'asked'].includes(name)
    const { outcome } = await judge.judge(check(soft[name]!), foretold(answers))
    expect(outcome).toBe(played ? 'pass' : 'runtime')
  })

  test.each(replies)('%j', { timeout: 120_000 }, async (...answers) => {
    await inPairs(Object.entries(soft), async ([name, body]) => {
      for (const { outcome } of [
        await joined.judge(check(body), takeover(answers)),
        await judge.judge(check(body), foretold(answers)),
      ])
        expect(['pass', 'infra'], `${name}: ${outcome}`).not.toContain(outcome)
    })
  })
})

describe(`programs that would be an error of ours, in ${sandbox.name}`, () => {
  test.each(spoilers)('%s', { timeout: 120_000 }, async (_, code) => {
    for (const [way, { outcome, value }] of Object.entries(await outcomes(code, ['value', 'check']))) {
      expect(outcome, way).not.toBe('pass')
      expect(outcome, way).not.toBe('infra')
      expect(value, way).toBeLessThan(1)
    }
    expect((await joined.judge(ways.check!, honest)).outcome, 'and the next one is judged as ever').toBe(
      'pass',
    )
  })
})

describe('the recorded hostile programs', () => {
  const folder = new URL('../../../../shared/data/hostile/', import.meta.url)
  const files =
    sharedData('hostile/index.json') === undefined
      ? []
      : readdirSync(folder).filter((name) => /^f\d+_/.test(name))

  test.skipIf(files.length > 0)('are not here to be judged', (context) => context.skip())

  test.each(files)('%s', { timeout: 120_000 }, async (file) => {
    const code = readFileSync(new URL(file, folder), 'utf8')
    // Sleeps past any limit: seen soon enough where the limit is short.
    const names = file === 'f23_kill_timer.py' ? ['value', 'check'] : undefined
    for (const [way, { outcome }] of Object.entries(await outcomes(code, names)))
      expect(outcome === 'pass', way).toBe(file === 'f26_honest.py')
  })
})
