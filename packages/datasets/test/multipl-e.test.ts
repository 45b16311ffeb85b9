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
      name: 'humaneval-java.jsonl',
      content: lines([problem(1, { language: 'java' })]),
      message:
        /line 1: language: "java" cannot be judged here, only "js" and "ts": choose a file of one of these/,
    },
    {
      name: 'tests.jsonl',
      content: lines([problem(1, { tests: 'assert(give(1) === 1)' })]),
      message: /line 1: tests: names no function as its `candidate`/,
    },
  ],
  large: (count) =>
    lines(
      Array.from({ length: count }, (_, n) =>
        problem(n, { prompt: `//${'x'.repeat(1000)}\nfunction give(x){\n` }),
      ),
    ),
})

const files = { js: published('multipl-e/humaneval-js.jsonl'), ts: published('multipl-e/humaneval-ts.jsonl') }

it.skipIf(files.js.absent).each([
  ['js', 'javascript', 161],
  ['ts', 'typescript', 159],
] as const)('the published file for %s gives its problems', async (short, language, size) => {
  const dataset = await openDataset(files[short].path)
  expect(dataset).toMatchObject({ name: `multipl-e-humaneval-${short}`, size })
  const tasks = await tasksOf(dataset)
  for (const task of tasks) {
    const { entryPoint, prompt, test, ...rest } = assertOf(task)
    expect(rest).toMatchObject({
      language,
      style: 'script',
      timeout: 15,
      stop: expect.arrayContaining(['\nfunction ']),
    })
    expect(rest.typeCheck).toBe(short === 'ts' ? true : undefined)
    expect(prompt).toMatch(new RegExp(`function ${entryPoint}\\([^\\n]*\\{\\n$`))
    expect(task.prompt).toContain(`\`\`\`${short}\n${prompt.trimEnd()}\n\`\`\``)
    expect(task.prompt).not.toContain(test)
    expect(task.id).toMatch(new RegExp(`^HumanEval_\\d+_${entryPoint}$`))
  }
})
