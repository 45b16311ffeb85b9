import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset, type Task } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { expect, it } from 'vitest'
import { format } from '../src/adapters/gsm8k.js'

const path = fileURLToPath(new URL('../../../../shared/data/gsm8k/test.jsonl', import.meta.url))
const absent = !existsSync(path) && !process.env.CI
if (absent) console.warn(`skipped: the GSM8K tests need ${path}`)

const problem = (n: number) => ({
  question: `What is ${n} + 1?`,
  answer: `It is ${n}+1=<<${n}+1=${n + 1}>>${n + 1}.\n#### ${n + 1}`,
})
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

testFormat(format, {
  good: { name: 'test.jsonl', content: lines([problem(1), problem(2)]), size: 2 },
  bad: [
    {
      name: 'open.jsonl',
      content: lines([problem(1), { ...problem(2), answer: '3, or #### three' }]),
      message: /line 2: answer: does not end in a line like "#### 18"/,
    },
  ],
  large: (count) =>
    lines(Array.from({ length: count }, (_, n) => ({ ...problem(n), question: 'x'.repeat(1000) }))),
})

it.skipIf(absent)('the published GSM8K gives its 1,319 problems, each with a number', async () => {
  const tasks: Task[] = []
  const dataset = await openDataset(path)
  for await (const task of dataset.tasks()) tasks.push(task)
  expect(dataset).toMatchObject({ name: 'gsm8k', size: 1319 })
  expect(tasks).toHaveLength(1319)
  expect(tasks[0]).toMatchObject({ id: 'gsm8k/1', expected: '18', scorers: [{ name: 'number' }] })
  for (const { expected, solution } of tasks) {
    expect(Number.isFinite(Number(expected))).toBe(true)
    expect(solution).not.toContain('<<')
  }
})
