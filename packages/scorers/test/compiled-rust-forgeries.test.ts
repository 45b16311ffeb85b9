import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { judgeAll } from './compiled-forging.js'
import { rustForgeries, rustHonest } from './rust-forgeries.js'

/** Programs that try to pass without the right answer, and to be nobody's fault: none may. */

const sandbox = await compilerDriver('rust')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const add: AssertCode = {
  kind: 'assert',
  language: 'rust',
  style: 'script',
  entryPoint: 'add',
  prompt: '/// The sum of two numbers\nfn add(x: isize, y: isize) -> isize {\n',
  test: `}

fn main() {
    let candidate = add;
    assert_eq!(candidate(2, 3), 5);
    assert_eq!(candidate(-1, 1), 0);
    assert_eq!(candidate(10, 32), 42);
}
`,
  timeout: 1,
}

describe(`forgeries in Rust, in ${sandbox.name}`, () => {
  test('there are enough of them', () => {
    expect(Object.keys(rustForgeries).length).toBeGreaterThanOrEqual(70)
  })

  test('none passes, none is our fault', { timeout: 900_000 }, async () => {
    const scores = await judgeAll(judge, add, rustForgeries)
    expect(scores.filter(({ value }) => value !== 0)).toEqual([])
    expect(scores.filter(({ outcome }) => outcome === 'pass' || outcome === 'infra')).toEqual([])
  })

  test('whoever is right passes behind them', { timeout: 300_000 }, async () => {
    const scores = await judgeAll(judge, add, rustHonest)
    expect(scores.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
  })
})
