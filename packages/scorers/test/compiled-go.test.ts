import type { AssertCode } from '@bench/datasets'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, readAnswer } from '../src/index.js'
import { compilerDriver } from './boxes.js'
import { inPairs, makeCompletion, makeTask } from './setup.js'

const sandbox = await compilerDriver('go')
const judge = openJudge(sandbox, { size: 2 })
afterAll(() => judge[Symbol.asyncDispose]())

/** A task in the shape of MultiPL-E's. */
const shaped = (
  signature: string,
  cases: readonly (readonly [call: string, expected: string])[],
): AssertCode => {
  const [, entryPoint = ''] = /^(\w+)/.exec(signature)!
  return {
    kind: 'assert',
    language: 'go',
    style: 'script',
    entryPoint,
    prompt: `package ${entryPoint}_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n// Does what its name says.\nfunc ${signature} {\n`,
    test: `func Test${entryPoint[0]!.toUpperCase()}${entryPoint.slice(1)}(t *testing.T) {
  candidate := ${entryPoint}
\ttype test struct {
\t\tactual   interface{}
\t\texpected interface{}
\t}
   tests := []test{
${cases.map(([call, expected]) => `     { actual: candidate(${call}), expected: ${expected} },\n`).join('')}   }

\tfor i, tc := range tests {
\t\tt.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {
\t\t\tif fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {
\t\t\t\tt.Errorf("expected '%s', got '%s'", tc.expected, tc.actual)
\t\t\t}
\t\t})
\t}
}
`,
    stop: ['\nfunc', 'struct', '\n// '],
    timeout: 3,
  }
}

async function judged(code: AssertCode, text: string, form: 'chat' | 'continuation' = 'continuation') {
  const answer = readAnswer(makeTask({ code }), makeCompletion(text, { form }))
  return judge.judge(code, answer.code ?? '')
}

/** All that these signatures are made of goes there and back; what prints alike is alike. */
const everything = shaped(
  'echo(a []interface{}, m map[string]int, f []float64, s string, b bool, n [][]int) []interface{}',
  [
    [
      'nil, nil, nil, "", false, nil',
      '[]interface{}{[]interface{}{}, map[string]int{}, []float64{}, "", false, [][]int{}}',
    ],
    [
      '[]interface{}{1, int8(-2), 0.1, float32(0.1), "é😀\\x00\\xff", true, nil, []int{1}, []interface{}{nil, []string{"x"}}, map[string]bool{"k": true}, uint64(1) << 63}, map[string]int{"a": 1, "b": 2}, []float64{-0.5, 1e300}, "\\xff", true, [][]int{{}, {-9223372036854775808}}',
      '[]interface{}{[]interface{}{1, -2, 0.1, float32(0.1), "é😀\\x00\\xff", true, nil, []int{1}, []interface{}{nil, []string{"x"}}, map[string]bool{"k": true}, uint64(1) << 63}, map[string]int{"a": 1, "b": 2}, []float64{-0.5, 1e300}, "\\xff", true, [][]int{{}, {-9223372036854775808}}}',
    ],
  ],
)

const add = shaped('add(a int, b int) int', [
  ['2, 3', '5'],
  ['-1, 1', '0'],
])

const right = '\treturn a + b\n}\n'

describe(`Go in ${sandbox.name}`, () => {
  test('values of each type cross both ways, and come back as they were', { timeout: 120_000 }, async () => {
    expect(await judged(everything, '\treturn []interface{}{a, m, f, s, b, n}\n}\n')).toMatchObject({
      outcome: 'pass',
      value: 1,
    })
    const named = `\ttype text string
\ttype list []interface{}
\tif n == nil { return []interface{}{list(a), m, [0]bool{}, text(s), b, n} }
\treturn []interface{}{list(a), m, [2]float64{f[0], f[1]}, text(s), b, n}\n}\n`
    expect(await judged(everything, named)).toMatchObject({ outcome: 'pass', value: 1 })
    expect(await judged(everything, '\treturn []interface{}{a, m, f, s, !b, n}\n}\n')).toMatchObject({
      outcome: 'wrong_answer',
    })
    expect(await judged(everything, '\treturn []interface{}{&a, m, f, s, b, n}\n}\n')).toMatchObject({
      outcome: 'runtime',
      detail: { error: expect.stringContaining('an interface that holds *[]interface {}') },
    })
  })

  const outcomes: Readonly<Record<string, readonly [outcome: string, body: string, said?: string]>> = {
    'a right answer': ['pass', right],
    'one that prints': ['pass', `\tfmt.Println("FAIL }{")\n${right}`],
    'one with braces in text': ['pass', `\t_, _ = "}}", '}' // }}\n\t_ = \`}}\n}\`\n${right}`],
    'own names of the judge': [
      'pass',
      `${right}\nvar Serve, bench_judge, reflect, binary, hex, copy = 1, 2, 3, 4, 5, 6\n\ntype any int\n`,
    ],
    'a goroutine that stays': ['pass', `\tgo func() { for { } }()\n${right}`],
    'a wrong answer': ['wrong_answer', '\treturn a - b\n}\n', "expected '%!s(int=5)', got '%!s(int=-1)'"],
    'a panic': ['runtime', '\treturn a / (b - b)\n}\n', 'integer divide by zero (answer_test.go:10)'],
    'an endless loop': ['time_limit', '\tfor { a++ }\n}\n', 'no result within'],
    'another type': ['syntax', '\treturn "5"\n}\n', 'cannot use "5"'],
    'what is not used': ['syntax', `\tc := 1\n${right}`, 'c declared but not used'],
    'what is not vetted': ['syntax', `\tfmt.Printf("%d", "x")\n${right}`, 'wrong type'],
    'a brace too few': ['syntax', '\treturn a + b\n'],
    'a brace too many': ['syntax', `${right}}\n`],
    'the name of the test': ['syntax', `${right}\nvar TestAdd = 1\n`, 'TestAdd redeclared'],
    'endless recursion': ['crash', '\treturn add(a, b) + 1\n}\n'],
  }

  test('each outcome is told by its name', { timeout: 300_000 }, async () => {
    const scores = await inPairs(Object.entries(outcomes), async ([name, [, body]]) => {
      const { outcome, detail } = await judged(add, body)
      return [name, outcome, String(detail?.error ?? '')] as const
    })
    expect(scores).toEqual(
      Object.entries(outcomes).map(([name, [outcome, , said = '']]) => [
        name,
        outcome,
        expect.stringContaining(said),
      ]),
    )
  })

  const method = 'func add(a int, b int) int {\n\treturn sum(a, b)\n}'
  const helper =
    'type pair struct{ a, b int }\n\n// Adds both.\nfunc (p pair) sum() int { return p.a + p.b }\n\nfunc sum(a, b int) int { return pair{a, b}.sum() }'
  const chats: Readonly<Record<string, string>> = {
    'the function alone': `${method}\n\n${helper}`,
    'the body alone': '\treturn a + b',
    'the body and what closes it': right,
    'the prompt and the function': `${add.prompt}${right}\n${helper}`,
    'a program with main': `package main\n\nimport "fmt"\n\n${method}\n\n${helper}\n\nfunc main() {\n\tfmt.Println(add(1, 2))\n}`,
    'imports of its own': `package main\n\nimport (\n\t"sort"\n\ttext "strings"\n)\n\nfunc add(a int, b int) int {\n\tsort.Ints([]int{a, b})\n\t_ = text.ToUpper("fmt.x") // fmt.x\n\treturn a + b\n}`,
    'no import for what the prompt imports': `import "sort"\n\nfunc add(a int, b int) int {\n\tsort.Ints([]int{a, b})\n\t_ = fmt.Sprint(a)\n\treturn a + b\n}`,
    'a test of its own': `package add_test\n\nimport "testing"\n\n${method}\n\n${helper}\n\nfunc TestAdd(t *testing.T) {\n\tif add(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}\n}`,
  }

  test('what chat replies hold is put together', { timeout: 300_000 }, async () => {
    const scores = await inPairs(Object.entries(chats), async ([name, code]) => {
      const reply = `Here it is:\n\n\`\`\`go\n${code}\n\`\`\`\n\nRun it:\n\n\`\`\`sh\ngo run .\n\`\`\`\n`
      const { outcome, detail } = await judged(add, reply, 'chat')
      return [name, outcome, detail?.error]
    })
    expect(scores).toEqual(Object.keys(chats).map((name) => [name, 'pass', undefined]))
  })

  test('of two fences the one that has the function counts', async () => {
    const reply = `\`\`\`go\n${method}\n\n${helper}\n\`\`\`\nUse it:\n\`\`\`go\nfmt.Println(add(1, 2))\n\`\`\`\n`
    expect(await judged(add, reply, 'chat')).toMatchObject({ outcome: 'pass' })
  })
})
