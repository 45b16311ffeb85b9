import { readdir } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { testFormat } from '@bench/datasets/testing'
import { expect, it } from 'vitest'
import { format as humaneval } from '../src/adapters/humaneval.js'
import { format as jsonl } from '../src/adapters/jsonl.js'
import { format as nativeJson } from '../src/adapters/native-json.js'
import { format as nativeYaml } from '../src/adapters/native-yaml.js'
import { format as pythonTasks } from '../src/adapters/python-tasks.js'
import { formats } from '../src/registry.js'

const filler = 'x'.repeat(1000)
const cases = [
  { id: 'one', prompt: 'Say one.', expected: 'one' },
  { id: 'two-{{n}}', prompt: 'Say {{n}}.', variables: { n: 2 }, references: ['2', 'two'] },
  { id: 'three', prompt: 'Say anything.', metadata: { note: 'né 𝄞' } },
]
const file = { name: 'three', version: '1.0.0', test_cases: cases }
const manyCases = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `case-${index}`, prompt: filler, expected: 'x' }))
const lines = (values: readonly unknown[]) => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`

testFormat(nativeJson, {
  good: { name: 'three.json', content: JSON.stringify(file), size: 3 },
  bad: [
    { name: 'empty.json', content: '', message: /the file is empty/ },
    { name: 'comma.json', content: '{"name": "n",}', message: /comma\.json:1:14: not valid JSON/ },
    {
      name: 'twice.json',
      content: JSON.stringify({ ...file, test_cases: [cases[0], cases[0]] }),
      message: /"one"/,
    },
  ],
  large: (count) => JSON.stringify({ test_cases: manyCases(count), name: 'large', version: '1' }),
})

testFormat(
  nativeYaml,
  {
    good: {
      name: 'two.yaml',
      content: [
        'name: two',
        'version: "1.0.0"',
        'test_cases:',
        '  - id: one',
        '    prompt: |',
        '      Say one.',
        '    expected: one',
        '  - {id: two, prompt: Say anything.}',
      ].join('\n'),
      size: 2,
    },
    bad: [
      { name: 'empty.yaml', content: '', message: /the file is empty/ },
      { name: 'tab.yml', content: 'name: n\ntest_cases:\n\t- x', message: /tab\.yml:3:1: not valid YAML/ },
    ],
  },
  { skip: { 'keeps memory flat': 'YAML cannot be streamed; files above 8 MiB are refused' } },
)

testFormat(jsonl, {
  good: { name: 'three.jsonl', content: `\ufeff${lines(cases)}`, size: 3 },
  bad: [
    { name: 'cut.jsonl', content: lines(cases).slice(0, -20), message: /cut\.jsonl:3:\d+: not valid JSON/ },
    { name: 'twice.jsonl', content: lines([cases[0], cases[0]]), message: /line 2: id "one" .* line 1/ },
  ],
  large: (count) => lines(manyCases(count)),
})

const tasks = [
  {
    id: 'add',
    title: 'Add',
    difficulty: 'easy',
    prompt: 'Write add(a, b).',
    entry_point: 'add',
    test_cases: [
      { input: [1, 2], expected_output: 3 },
      { input: [0.1, 0.2], expected_output: 0.3, timeout: 1, weight: 2 },
    ],
    tolerance: 1e-9,
    reference_solution: 'def add(a, b):\n    return a + b\n',
  },
  {
    id: 'echo',
    difficulty: 'extreme',
    prompt: 'Print what is read.',
    test_cases: [{ input: 'a\n', expected_output: 'a\n' }],
    reference_solution: 'print(input())\n',
    metadata: { topics: ['io'] },
  },
]
const python = { name: 'python', version: '1.0.0', tasks }

testFormat(pythonTasks, {
  good: { name: 'python.json', content: JSON.stringify(python), size: 2 },
  bad: [
    {
      name: 'list.json',
      content: JSON.stringify({
        ...python,
        tasks: [{ ...tasks[0], test_cases: [{ input: 1, expected_output: 1 }] }],
      }),
      message: /tasks\[0\] \("add"\): test_cases\[0\]\.input: expected the list of arguments of add/,
    },
  ],
  large: (count) =>
    JSON.stringify({
      ...python,
      tasks: Array.from({ length: count }, (_, index) => ({ ...tasks[1], id: `t${index}`, prompt: filler })),
    }),
})

const problem = (index: number) => ({
  task_id: `HumanEval/${index}`,
  prompt: `def f${index}():\n    """ Give ${index}. """\n`,
  canonical_solution: `    return ${index}\n`,
  test: `def check(candidate):\n    assert candidate() == ${index}\n`,
  entry_point: `f${index}`,
})

testFormat(humaneval, {
  good: { name: 'HumanEval.jsonl', content: lines([problem(0), problem(1)]), size: 2 },
  bad: [
    {
      name: 'type.jsonl',
      content: lines([{ ...problem(0), test: 1 }]),
      message: /line 1 .*test: expected a string/,
    },
    {
      name: 'cut.jsonl.gz',
      content: gzipSync(lines([problem(0)])).subarray(0, -10),
      message: /the gzip file is cut off/,
    },
  ],
  large: (count) =>
    lines(Array.from({ length: count }, (_, index) => ({ ...problem(index), canonical_solution: filler }))),
})

it('the registry holds every adapter of the folder, and nothing else', async () => {
  const files = await readdir(new URL('../src/adapters/', import.meta.url))
  expect(Object.keys(formats).sort()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).sort())
  for (const [name, load] of Object.entries(formats)) expect((await load()).format.name).toBe(name)
})
