import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { judgeAll } from './compiled-forging.js'
import { cppForgeries, cppHonest } from './cpp-forgeries.js'

/** Programs that try to pass without the right answer, and to be nobody's fault: none may. */

const sandbox = await compilerDriver('cpp')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const add: AssertCode = {
  kind: 'assert',
  language: 'cpp',
  style: 'script',
  entryPoint: 'add',
  prompt: '#include<assert.h>\n// The sum of two numbers\nlong add(long x, long y) {\n',
  test: `}
int main() {
    auto candidate = add;
    assert(candidate((2), (3)) == (5));
    assert(candidate((-1), (1)) == (0));
    assert(candidate((10), (32)) == (42));
}
`,
  timeout: 1,
}

describe(`forgeries in C++, in ${sandbox.name}`, () => {
  test('there are enough of them', () => {
    expect(Object.keys(cppForgeries).length).toBeGreaterThanOrEqual(60)
  })

  test('none passes, none is our fault', { timeout: 900_000 }, async () => {
    const scores = await judgeAll(judge, add, cppForgeries)
    expect(scores.filter(({ value }) => value !== 0)).toEqual([])
    expect(scores.filter(({ outcome }) => outcome === 'pass' || outcome === 'infra')).toEqual([])
  })

  test('whoever is right passes behind them', { timeout: 300_000 }, async () => {
    const scores = await judgeAll(judge, add, cppHonest)
    expect(scores.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
  })
})
