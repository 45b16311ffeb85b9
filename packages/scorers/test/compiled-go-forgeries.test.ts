import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { judgeAll } from './compiled-forging.js'
import { forgeries, honest } from './go-forgeries.js'

/** Programs that try to pass without the right answer, and to be nobody's fault: none may. */

const sandbox = await compilerDriver('go')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

const add: AssertCode = {
  kind: 'assert',
  language: 'go',
  style: 'script',
  entryPoint: 'add',
  prompt:
    'package add_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n// Adds.\nfunc add(a int, b int) int {\n',
  test: `func TestAdd(t *testing.T) {
  candidate := add
\ttype test struct {
\t\tactual   interface{}
\t\texpected interface{}
\t}
   tests := []test{
     { actual: candidate(2, 3), expected: 5 },
     { actual: candidate(-1, 1), expected: 0 },
     { actual: candidate(10, 32), expected: 42 },
   }

\tfor i, tc := range tests {
\t\tt.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {
\t\t\tif fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {
\t\t\t\tt.Errorf("expected '%s', got '%s'", tc.expected, tc.actual)
\t\t\t}
\t\t})
\t}
}
`,
  timeout: 2,
}

describe(`forgeries in Go, in ${sandbox.name}`, () => {
  test('none passes, none is our fault, and right answers still pass', { timeout: 900_000 }, async () => {
    expect(Object.keys(forgeries).length).toBeGreaterThanOrEqual(50)
    const scores = await judgeAll(judge, add, forgeries)
    expect(scores.filter(({ value, outcome }) => value === 1 || outcome === 'infra')).toEqual([])
    expect(await judgeAll(judge, add, honest)).toEqual(
      Object.keys(honest).map((name) => expect.objectContaining({ name, outcome: 'pass', value: 1 })),
    )
  })
})
