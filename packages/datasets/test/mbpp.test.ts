import { openDataset } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import { describe, expect, it } from 'vitest'
import { format } from '../src/adapters/mbpp.js'
import { testedFunction } from '../src/python-calls.js'
import { assertOf, lines, published, tasksOf } from './setup.js'

const problem = (task_id: number) => ({
  text: `Write a function to give ${task_id}.`,
  code: `def give():\r\n  return ${task_id}`,
  task_id,
  test_setup_code: '',
  test_list: [`assert give() == ${task_id}`],
  challenge_test_list: [],
})

testFormat(
  format,
  {
    good: { name: 'mbpp.jsonl', content: lines([problem(3), problem(11), problem(510)]), size: 2 },
    bad: [
      {
        name: 'train.jsonl',
        content: lines([problem(601), problem(602)]),
        message: /none of its 2 cases is of the test split \(ids 11 to 510\); #split=all takes all/,
      },
      {
        name: 'calls.jsonl',
        content: lines([{ ...problem(11), test_list: ['assert take() == 11'] }]),
        message: /line 1: test_list: calls no function that `code` defines/,
      },
      {
        name: 'id.jsonl',
        content: lines([{ ...problem(11), task_id: 'MBPP/11' }]),
        message: /task_id: expected a (whole )?number, got "MBPP\/11"/,
      },
    ],
  },
  { skip: { 'keeps memory flat': 'its test split has 500 problems at most' } },
)

describe('the function that asserts are about', () => {
  const code =
    'import math\nclass Node:\n  def left(self): ...\ndef check(x):\n  def inner(): ...\ndef f(x): ...\ng = f\n'
  it.each<[string, string[]]>([
    ['f', ['assert f(1) == 2']],
    ['f', ['assert set(f((1, 2))) == set((1,))', 'assert len(f(2)) == 1']],
    ['f', ['assert math.isclose(f(1.5), 2, rel_tol=0.01)']],
    ['check', ['assert check(70) == False']],
    ['f', ['assert f(Node(1)) == 1', 'assert f (Node(2)) == 1', 'assert f(3) == 1']],
    ['g', ['assert g(\'f(f(\') == "\\"f("']],
    ['f', ['assert (f(1)) == x.check(2)']],
  ])('%s', (name, tests) => {
    expect(testedFunction(code, tests)).toBe(name)
  })

  it('is none where nothing is called that the code defines at its top level', () => {
    expect(testedFunction(code, ['assert inner() == 1', 'assert left() == 1', 'assert sorted([])'])).toBe(
      undefined,
    )
  })
})

const { path, absent } = published('mbpp/mbpp.jsonl')

describe.skipIf(absent)('the published MBPP', () => {
  it('gives its test split, or what is asked for', async () => {
    const dataset = await openDataset(path)
    expect(dataset).toMatchObject({ name: 'mbpp', version: 'ccf64ceae9c5', size: 500 })
    expect((await tasksOf(dataset)).map(({ id }) => id)).toEqual(
      Array.from({ length: 500 }, (_, index) => `MBPP/${index + 11}`),
    )
    const sizes = { prompt: 10, validation: 90, train: 374, all: 974 }
    for (const [split, size] of Object.entries(sizes)) {
      const part = await openDataset(`${path}#split=${split}`)
      expect(part).toMatchObject({ name: `mbpp-${split}`, size, source: `${path}#split=${split}` })
      expect(await tasksOf(part)).toHaveLength(size)
    }
  })

  it('finds what each problem tests', async () => {
    const tasks = new Map(
      (await tasksOf(await openDataset(`${path}#split=all`))).map((task) => [task.id, task]),
    )
    for (const task of tasks.values()) {
      const { entryPoint, test, prompt, style } = assertOf(task)
      expect(prompt).toBe('')
      expect(style).toBe('script')
      expect(test).toContain(`${entryPoint}(`)
      expect(task.prompt).toContain('Your code should pass these tests:\n\nassert')
      expect(task.prompt).not.toContain(task.solution)
    }
    const found = (id: number) => assertOf(tasks.get(`MBPP/${id}`))
    // The reference of the first defines a helper before it, the next two are called `check`, the last two bring a tree.
    expect([18, 56, 899, 367, 927].map((id) => found(id).entryPoint)).toEqual([
      'remove_dirty_chars',
      'check',
      'check',
      'is_tree_balanced',
      'max_height',
    ])
    expect(found(367).test).toMatch(/^root = Node\(1\)[\s\S]*\nassert is_tree_balanced\(root\) == False/)
    expect(tasks.get('MBPP/2')?.metadata).toBe(undefined)
    const challenged = [...tasks.values()].filter(({ metadata }) => metadata !== undefined)
    expect(challenged.length).toBeGreaterThan(0)
    for (const task of challenged) expect(task.metadata?.challenge_test_list).not.toEqual([])
  })
})
