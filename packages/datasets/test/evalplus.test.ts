import { createHash } from 'node:crypto'
import { openDataset, type ReferenceCode, type Task } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { describe, expect, it } from 'vitest'
import { format as humanevalplus } from '../src/adapters/humanevalplus.js'
import { format as mbppplus } from '../src/adapters/mbppplus.js'
import { mbppPlusArguments } from '../src/mbppplus-arguments.js'
import type { Json } from '../src/spec.js'
import { lines, published, referenceOf, tasksOf } from './setup.js'

const problem = (index: number) => ({
  task_id: `HumanEval/${index}`,
  prompt: `def f${index}(x):\n    """ Give ${index}. """\n`,
  entry_point: `f${index}`,
  canonical_solution: `    return ${index}\n`,
  test: `def check(candidate):\n    assert candidate(1) == ${index}\n`,
  contract: '    assert x # $_CONTRACT_$\n',
  base_input: [[1], [2]],
  atol: 0,
  plus_input: [[3]],
})
const { test: _, ...rest } = problem(2)
const mbpp = (index: number) => ({
  ...rest,
  task_id: `Mbpp/${index}`,
  prompt: `"""\nGive ${index}.\nassert f(1) == ${index}\n"""\n`,
  assertion: `assert f(1) == ${index}`,
})
const filler = 'x'.repeat(1000)

testFormat(humanevalplus, {
  good: { name: 'HumanEvalPlus.jsonl', content: lines([problem(0), problem(1)]), size: 2 },
  bad: [
    {
      name: 'flat.jsonl',
      content: lines([{ ...problem(0), base_input: [1] }]),
      message: /line 1 \("HumanEval\/0"\): base_input\[0\]: expected a list, got 1/,
    },
    {
      name: 'cut.jsonl',
      content: lines([problem(0)]).slice(0, -9),
      message: /cut\.jsonl:1:\d+: not valid JSON/,
    },
    {
      name: 'nan.jsonl',
      content: '{"task_id": NaN, oops}\n',
      message: /nan\.jsonl:1:18: .*unexpected character "o"/,
    },
    {
      name: 'atol.jsonl',
      content: lines([{ ...problem(0), atol: -1 }]),
      message: /atol: expected a number that is not negative/,
    },
    {
      name: 'key.jsonl',
      content: lines([{ ...problem(0), plus_inputs: [] }]),
      message: /unknown key "plus_inputs"; did you mean "plus_input"/,
    },
  ],
  large: (count) => lines(Array.from({ length: count }, (_, i) => ({ ...problem(i), contract: filler }))),
})

testFormat(mbppplus, {
  good: { name: 'MbppPlus.jsonl', content: lines([mbpp(3), mbpp(4)]), size: 2 },
  bad: [
    {
      name: 'foreign.jsonl',
      content: lines([{ ...mbpp(3), test: '' }]),
      message: /unknown key "test"/,
    },
  ],
  large: (count) => lines(Array.from({ length: count }, (_, i) => ({ ...mbpp(i), contract: filler }))),
})

describe('the arguments of MBPP+', () => {
  const restored = (problem: number, args: Json[]) => mbppPlusArguments(`Mbpp/${problem}`, [args])[0]
  const tuple = (...items: Json[]) => ({ $tuple: items })

  it.each<[number, Json[], unknown]>([
    [2, [[1, 2], 'ab'], [tuple(1, 2), tuple('a', 'b')]],
    [3, [[1, 2]], [[1, 2]]],
    [63, [[[1], [2]], 3], [[tuple(1), tuple(2)], 3]],
    [75, [[[1]], 2], [[tuple(1)], 2]],
    [106, [[1], [2]], [[1], tuple(2)]],
    [115, [[[1, 1], [], {}]], [[{ $set: [1, 1] }, {}, {}]]],
    [124, ['-1e-3', '(-0-1e-16j)'], [{ $float: '-1e-3' }, { $complex: ['-0', '-1e-16'] }]],
    [252, ['5j'], [{ $complex: ['0.0', '5'] }]],
    [252, ['69.5'], [{ $complex: ['69.5', '0.0'] }]],
    [252, ['(2+3j)'], [{ $complex: ['2', '3'] }]],
    [252, [4], [{ $complex: ['4', '0.0'] }]],
    [259, [[[1]], [[2]]], [tuple(tuple(1)), tuple(tuple(2))]],
    [278, [[1, [2]]], [tuple(1, tuple(2))]],
    [307, [[1], 2, 3], [tuple(1), 2, 3]],
    [580, [[1, [2]], 3], [tuple(1, tuple(2)), 3]],
    [722, [{ a: [1] }, 2], [{ $dict: [['a', tuple(1)]] }, 2]],
  ])('Mbpp/%i: %j', (problem, args, expected) => {
    expect(restored(problem, args)).toEqual(expected)
  })
})

/**
 * Digests of all arguments, each of which was compared, by type and value, with those that EvalPlus' own loader (v0.3.1)
 * gives for the file.
 */
describe.each([
  ['humanevalplus/HumanEvalPlus-v0.1.9', 'humanevalplus', 'v0.1.9', 164, 125_309, '33beddec1d003686'],
  ['humanevalplus/HumanEvalPlus-v0.1.10', 'humanevalplus', 'v0.1.10', 164, 124_253, '619935290d48fab8'],
  ['mbppplus/MbppPlus-v0.1.0', 'mbppplus', 'v0.1.0', 399, 43_318, '72774e1bdf4c90e3'],
  ['mbppplus/MbppPlus-v0.2.0', 'mbppplus', 'v0.2.0', 378, 41_015, 'c0244187c25d8a24'],
])('the published %s', (file, name, version, size, inputs, digest) => {
  const { path, absent } = published(`${file}.jsonl.gz`)

  it.skipIf(absent)('gives every problem with its arguments, exactly', async () => {
    const dataset = await openDataset(path)
    expect(dataset).toMatchObject({ name, version, size })
    const hash = createHash('sha256')
    let count = 0
    for await (const task of dataset.tasks()) {
      const code = referenceOf(task)
      count += code.baseInputs.length + code.plusInputs.length
      hash.update(JSON.stringify([task.id, code.baseInputs, code.plusInputs]))
      expectWhole(task, code)
    }
    expect(count).toBe(inputs)
    expect(hash.digest('hex').slice(0, 16)).toBe(digest)
  })
})

function expectWhole(task: Task, code: ReferenceCode): void {
  expect(code.reference).toBe(task.solution)
  expect(code.reference.startsWith(code.prompt)).toBe(true)
  expect(code.reference).toContain(`def ${code.entryPoint}`)
  expect(code.problem).toBe(task.id)
  expect(task.prompt).toContain(code.prompt.trim())
  expect(task.prompt).not.toContain('$_CONTRACT_$')
  expect(task.scorers.map((scorer) => scorer.name)).toEqual(['code-tests', 'base-tests'])
}

const { path: some, absent } = published('mbppplus/MbppPlus-v0.2.0.jsonl.gz')
it.skipIf(absent)('a problem without added inputs has none', async () => {
  const task = (await tasksOf(await openDataset(some))).find(({ id }) => id === 'Mbpp/793')
  expect(referenceOf(task).plusInputs).toEqual([])
})
