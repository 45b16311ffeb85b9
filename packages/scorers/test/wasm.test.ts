import type { IoCode } from '@bench/datasets'
import { driver, fetchWasm } from '@bench/sandbox'
import { describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { attempt, makeTask } from './setup.js'

const judge = await scorer({ name: 'code-tests' })

/** The interpreter, fetched once into the user's cache. Without a connection its tests are skipped; in CI that is a fault. */
const ready = await fetchWasm({}).then(
  () => true,
  (error: Error) => {
    if (process.env.CI) throw error
    console.log(`skipped: code-tests in WebAssembly. ${error.message}`)
    return false
  },
)

async function run(cases: readonly [unknown, unknown][], code: string, more: Partial<IoCode> = {}) {
  const task = makeTask({
    code: {
      kind: 'io',
      language: 'python',
      entryPoint: 'f',
      cases: cases.map(
        ([input, expected]) => ({ input, expected, timeout: 10, weight: 1 }) as IoCode['cases'][0],
      ),
      ...more,
    },
  })
  return judge.score(attempt(task, code, { form: 'program' }), { sandbox: await driver('wasm') })
}

describe.skipIf(!ready)('code-tests in WebAssembly', () => {
  test.each([
    ['plain values', [null, true, -1, 1.5, 'é🦆\n"\\\u0000\u2028\ud800', [], {}, { a: { b: [1] } }]],
    [
      'numbers',
      [{ $int: '123456789012345678901234567890' }, { $float: '-0.0' }, 1e300, { $complex: ['1.0', '2.0'] }],
    ],
    [
      'collections',
      [{ $tuple: [1, { $tuple: [] }] }, { $set: [1, 2] }, { $deque: [[1], null] }, { $range: [0, 9, 2] }],
    ],
    [
      'what modules hold',
      [{ $Fraction: [1, 3] }, { $Decimal: '1.10' }, { $bytes: '00ff' }, { $dict: [[{ $tuple: [1] }, 3]] }],
    ],
  ])('carries %s in and out', async (_, value) => {
    expect(await run([[[value], value]], 'def f(x):\n    return x\n')).toMatchObject({ outcome: 'pass' })
  })

  test('a Counter and an OrderedDict come out', async () => {
    const code =
      'from collections import Counter, OrderedDict\ndef f(s):\n    return [Counter(s), OrderedDict(a=1)]\n'
    expect(await run([[['aab'], [{ a: 2, b: 1 }, { a: 1 }]]], code)).toMatchObject({ outcome: 'pass' })
  })

  test('an input may be larger than an answer', async () => {
    const code = 'def f(x): return sum(x)'
    expect(await run([[[new Array(200_000).fill(1)], 200_000]], code)).toMatchObject({ outcome: 'pass' })
  })

  test.each<[string, string, string]>([
    ['wrong_answer', 'def f(x):\n    return x + 1', '2'],
    [
      'runtime',
      'def f(x):\n    return 1 / 0',
      'ZeroDivisionError: division by zero (line 2, in f: return 1 / 0)',
    ],
    ['syntax', 'def f(:', 'SyntaxError'],
    ['output_limit', 'def f(x):\n    return "x" * (9 << 20)', ''],
    ['crash', 'import os\nos._exit(0)', 'without a result'],
    ['wrong_answer', 'def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)', 'second call'],
  ])('%s: %j', async (outcome, code, error) => {
    const score = await run([[[1], 1]], code)
    expect(score).toMatchObject({ outcome, value: 0 })
    expect(JSON.stringify(score.detail)).toContain(error)
  })

  test('programs are judged by what they print', async () => {
    const cases = [
      ['1 2\n', '3\n'],
      ['10\n20 é\n', '30'],
    ] as const
    const code = 'import sys\nprint(sum(int(w) for w in sys.stdin.read().split() if w.isdigit()))'
    const task = makeTask({
      code: {
        kind: 'io',
        language: 'python',
        cases: cases.map(([input, expected]) => ({ input, expected, timeout: 10, weight: 1 })),
      },
    })
    const scored = judge.score(attempt(task, code, { form: 'program' }), { sandbox: await driver('wasm') })
    expect(await scored).toMatchObject({ outcome: 'pass', detail: { passed: 2 } })
  })

  test('expressions are judged by their value', async () => {
    const code = {
      kind: 'expression',
      language: 'python',
      setup: 'def f(x): return (x,)',
      expected: '(1,)',
      timeout: 10,
    } as const
    const scored = async (answer: string) =>
      judge.score(attempt(makeTask({ code }), answer, { form: 'program' }), { sandbox: await driver('wasm') })
    expect(await scored('f(1)')).toMatchObject({ outcome: 'pass', value: 1 })
    expect(await scored('[1]')).toMatchObject({ outcome: 'wrong_answer', value: 0 })
    expect(await scored('f(')).toMatchObject({ outcome: 'syntax' })
  })

  test('an endless loop ends with the time', async () => {
    const cases = [{ input: [], expected: 1, timeout: 0.5, weight: 1 }]
    expect(await run([], 'def f():\n    while True: pass', { cases })).toMatchObject({
      outcome: 'time_limit',
    })
  })
})
