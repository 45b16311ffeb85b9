import { openDataset } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { describe, expect, it } from 'vitest'
import { format } from '../src/adapters/cruxeval.js'
import { codeOf, lines, published, tasksOf } from './setup.js'

const sample = (index: number) => ({
  code: `def f(x):\n    return x + ${index}`,
  input: '1',
  output: `${index + 1}`,
  id: `sample_${index}`,
})

testFormat(format, {
  good: { name: 'cruxeval.jsonl', content: lines([sample(0), sample(1)]), size: 2 },
  bad: [
    {
      name: 'code.jsonl',
      content: lines([{ ...sample(0), code: 'def g(x): ...' }]),
      message: /line 1 \("sample_0"\): code: expected the source of a function f/,
    },
    {
      name: 'twice.jsonl',
      content: lines([sample(0), sample(0)]),
      message: /line 2: id "sample_0" is already/,
    },
  ],
  large: (count) =>
    lines(Array.from({ length: count }, (_, i) => ({ ...sample(i), input: `"${'x'.repeat(1000)}"` }))),
})

const { path, absent } = published('cruxeval/cruxeval.jsonl')

describe.skipIf(absent)('the published CRUXEval', () => {
  it('asks for outputs', async () => {
    const dataset = await openDataset(path)
    expect(dataset).toMatchObject({ name: 'cruxeval-output', size: 800 })
    for (const task of await tasksOf(dataset)) {
      const { expected, forbids, requires, setup, timeout } = codeOf(task, 'expression')
      expect(task.solution).toBe(expected)
      expect(requires).toBe(undefined)
      expect(timeout).toBe(3)
      expect(forbids).toMatch(/^f\(.*\)$/s)
      expect(task.prompt.endsWith(`[PYTHON]\n${setup}\nassert ${forbids} == ??\n[/PYTHON]\n`)).toBe(true)
      expect(task.prompt).not.toContain(`${forbids} == ${expected}`)
    }
  })

  it('asks for inputs', async () => {
    const dataset = await openDataset(`${path}#mode=input`)
    expect(dataset).toMatchObject({ name: 'cruxeval-input', size: 800, source: `${path}#mode=input` })
    for (const task of await tasksOf(dataset)) {
      const { expected, forbids, requires, setup } = codeOf(task, 'expression')
      expect(requires).toBe('f(')
      expect(forbids).toBe(undefined)
      expect(task.solution).toMatch(/^f\(.*\)$/s)
      expect(task.prompt.endsWith(`[PYTHON]\n${setup}\nassert f(??) == ${expected}\n[/PYTHON]\n`)).toBe(true)
      expect(task.prompt).not.toContain(`${task.solution} == ${expected}`)
    }
  })

  it('has no other mode', async () => {
    await expect(openDataset(`${path}#mode=inputs`)).rejects.toThrow(
      'mode=inputs: expected one of output, input; did you mean "input"?',
    )
  })
})
