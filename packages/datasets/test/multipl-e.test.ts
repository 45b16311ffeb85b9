import { openDataset } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { expect, it } from 'vitest'
import { format } from '../src/adapters/multipl-e.js'
import { assertOf, lines, published, tasksOf } from './setup.js'

const problem = (n: number, parts: Record<string, unknown> = {}) => ({
  name: `HumanEval_${n}_give`,
  language: 'js',
  prompt: '//Give it back.\nfunction give(x){\n',
  doctests: 'transform',
  original: 'HumanEval.py',
  prompt_terminology: 'reworded',
  tests:
    "const assert = require('node:assert');\n\n\nfunction test() {\n  let candidate = give;\n  assert.deepEqual(candidate(1),1);\n}\n\ntest();",
  stop_tokens: ['\nfunction ', '\n//'],
  ...parts,
})

testFormat(format, {
  good: { name: 'humaneval-js.jsonl', content: lines([problem(1), problem(2)]), size: 2 },
  bad: [
    {
      name: 'humaneval-lua.jsonl',
      content: lines([problem(1, { language: 'lua' })]),
      message:
        /line 1: language: "lua" cannot be judged here, only "js", "ts", "cpp", "rs", "java", "go_test.go": choose a file of one of these/,
    },
    {
      name: 'tests.jsonl',
      content: lines([problem(1, { tests: 'assert(give(1) === 1)' })]),
      message: /line 1: tests: names no function that is to be called/,
    },
  ],
  large: (count) =>
    lines(
      Array.from({ length: count }, (_, n) =>
        problem(n, { prompt: `//${'x'.repeat(1000)}\nfunction give(x){\n` }),
      ),
    ),
})

const files = {
  js: published('multipl-e/humaneval-js.jsonl'),
  ts: published('multipl-e/humaneval-ts.jsonl'),
  cpp: published('multipl-e/humaneval-cpp.jsonl'),
  rs: published('multipl-e/humaneval-rs.jsonl'),
  java: published('multipl-e/humaneval-java.jsonl'),
  go: published('multipl-e/humaneval-go.jsonl'),
}

it.skipIf(files.js.absent).each([
  ['js', 'javascript', 161],
  ['ts', 'typescript', 159],
  ['cpp', 'cpp', 161],
  ['rs', 'rust', 156],
  ['java', 'java', 158],
  ['go', 'go', 154],
] as const)('the published file for %s gives its problems', async (short, language, size) => {
  const dataset = await openDataset(files[short].path)
  expect(dataset).toMatchObject({ name: `multipl-e-humaneval-${short}`, size })
  const tasks = await tasksOf(dataset)
  for (const task of tasks) {
    const { entryPoint, prompt, test, ...rest } = assertOf(task)
    expect(rest).toMatchObject({ language, style: 'script', timeout: 15 })
    expect(rest.stop?.length).toBeGreaterThan(0)
    expect(rest.typeCheck).toBe(short === 'ts' ? true : undefined)
    expect(prompt).toMatch(new RegExp(`\\b${entryPoint}\\([^\\n]*\\{\\n$`))
    expect(task.prompt).toContain(`\`\`\`${short}\n${prompt.trimEnd()}\n\`\`\``)
    expect(task.prompt).not.toContain(test)
    expect(task.id).toMatch(/^HumanEval_\d+_\w+$/)
  }
})
