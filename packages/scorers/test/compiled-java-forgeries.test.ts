import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { judgeAll } from './compiled-forging.js'
import { forgeries, honest } from './java-forgeries.js'

/** Programs that try to pass without the right answer, and to be nobody's fault: none may. */

const sandbox = await compilerDriver('java')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const add: AssertCode = {
  kind: 'assert',
  language: 'java',
  style: 'script',
  entryPoint: 'add',
  prompt: 'import java.util.*;\nclass Problem {\n    public static long add(long a, long b) {\n',
  test: `    }\n    public static void main(String[] args) {
    assert(add((2l), (3l)) == (5l));
    assert(add((-1l), (1l)) == (0l));
    assert(add((10l), (32l)) == (42l));
    }\n\n}\n`,
  timeout: 2,
}

describe(`forgeries in Java, in ${sandbox.name}`, () => {
  test('none passes, none is our fault, and right answers still pass', { timeout: 900_000 }, async () => {
    expect(Object.keys(forgeries).length).toBeGreaterThanOrEqual(50)
    const scores = await judgeAll(judge, add, forgeries)
    expect(scores.filter(({ value, outcome }) => value === 1 || outcome === 'infra')).toEqual([])
    expect(await judgeAll(judge, add, honest)).toEqual(
      Object.keys(honest).map((name) => expect.objectContaining({ name, outcome: 'pass', value: 1 })),
    )
  })
})
