import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { expect, it } from 'vitest'
import { format } from '../src/adapters/ifeval.js'

const path = fileURLToPath(new URL('../../../../shared/data/ifeval/input_data.jsonl', import.meta.url))
const absent = !existsSync(path) && !process.env.CI
if (absent) console.warn(`skipped: the IFEval tests need ${path}`)

const prompt = (key: number, id = 'punctuation:no_comma', kwargs: object = {}) => ({
  key,
  prompt: 'Write.',
  instruction_id_list: [id],
  kwargs: [kwargs],
})
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

testFormat(format, {
  good: { name: 'input_data.jsonl', content: lines([prompt(1), prompt(2)]), size: 2 },
  bad: [
    {
      name: 'short.jsonl',
      content: lines([{ ...prompt(1), kwargs: [] }]),
      message: /line 1: kwargs: expected one object for each instruction/,
    },
    { name: 'twice.jsonl', content: lines([prompt(1), prompt(1)]), message: /line 2: id "1"/ },
  ],
  large: (count) =>
    lines(Array.from({ length: count }, (_, key) => ({ ...prompt(key), prompt: 'x'.repeat(1000) }))),
})

it.skipIf(absent)('the published IFEval gives its 541 prompts, 834 instructions, of 25 kinds', async () => {
  const dataset = await openDataset(path)
  expect(dataset).toMatchObject({ name: 'ifeval', version: dataset.hash.slice(0, 12), size: 541 })
  const kinds: string[] = []
  for await (const task of dataset.tasks()) {
    const [scorer] = task.scorers
    expect(scorer?.name).toBe('ifeval')
    kinds.push(...(scorer!.instructions as unknown as readonly { id: string }[]).map(({ id }) => id))
  }
  expect(kinds).toHaveLength(834)
  expect(new Set(kinds).size).toBe(25)
})
