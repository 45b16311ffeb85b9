import type { AssertCode, ReferenceCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { power } from '../src/execution/power.js'
import { openJudge } from '../src/judge.js'
import { anyDriver } from './boxes.js'

const sandbox = await anyDriver()
const judge = openJudge(sandbox, { size: 1 })
afterAll(() => judge[Symbol.asyncDispose]())

const spec: ReferenceCode = {
  kind: 'reference',
  language: 'python',
  entryPoint: 'f',
  prompt: '',
  reference: 'def f(n):\n    return list(range(n))\n',
  baseInputs: [[3]],
  plusInputs: [[1_000_000]],
  tolerance: 0,
  oracle: 'humaneval',
  problem: 'HumanEval/100',
}
const outcome = async (value: string) => (await judge.judge(spec, `def f(n):\n    return ${value}\n`)).outcome

describe(`answers too large to be told, in ${sandbox.name}`, () => {
  test.each([
    ['pass', 'list(range(n))'],
    ['pass', '[float(i) for i in range(n)]'],
    ['pass', '[i == 1 if i < 2 else i for i in range(n)]'],
    ['wrong_answer', 'tuple(range(n)) if n > 3 else [0, 1, 2]'],
    ['wrong_answer', 'list(range(n)) if n == 3 else list(range(n - 1)) + [n]'],
    ['wrong_answer', '[str(i) if i > 99 else i for i in range(n)]'],
    ['wrong_answer', 'list(range(n)) if n == 3 else 0'],
    ['output_limit', 'list(range(n)) if n == 3 else [{}] * n'],
  ])('%s: %s', async (expected, value) => {
    expect(await outcome(value)).toBe(expected)
  })
})

test('a test may pass types that are built in', async () => {
  const code: AssertCode = {
    kind: 'assert',
    language: 'python',
    entryPoint: 'without',
    prompt: '',
    test: "assert without((4, 'a', 7.7, 1.2), int) == ['a', 7.7, 1.2]",
    style: 'script',
    timeout: 3,
  }
  const source = (test: string) => `def without(xs, kind):\n    return [x for x in xs if ${test}]\n`
  expect((await judge.judge(code, source('not isinstance(x, kind)'))).outcome).toBe('pass')
  expect((await judge.judge(code, source('isinstance(x, kind)'))).outcome).toBe('wrong_answer')
})

/** What `math.pow` gives. JavaScript's own power differs in some of these on one engine or another. */
test.each([
  [0.1, 3, 0.0010000000000000002],
  [1.1, 9, 2.357947691000002],
  [7999.418311588737, 9, 1.341299215320133e35],
  [7999.418311588737, 8, 1.6767459371101973e31],
  [-123456.789, 7, -4.3712418962088575e35],
  [3, 40, 1.2157665459056929e19],
  [1e-300, 2, 0],
  [1e-160, 2, 1e-320],
  [5e-324, 1, 5e-324],
  [1.5, 0, 1],
  [1e200, 2, Number.POSITIVE_INFINITY],
])('%d to the power of %d', (x, n, expected) => {
  expect(power(x, n)).toBe(expected)
})
