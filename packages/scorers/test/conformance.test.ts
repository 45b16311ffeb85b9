import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { listScorers, scorerNames } from '../src/index.js'
import { builtIn } from '../src/registry.js'
import { type ScorerCase, testScorer } from '../src/testing.js'
import { pythonDriver } from './boxes.js'
import { makeTask } from './setup.js'

const expected = makeTask({ expected: 'Paris' })
const references = makeTask({ references: ['colour', 'color'] })

const add = makeTask({
  code: {
    kind: 'io',
    language: 'python',
    entryPoint: 'add',
    cases: [{ input: [1, 2], expected: 3, timeout: 5, weight: 1 }],
  },
})

const echo = makeTask({
  code: {
    kind: 'io',
    language: 'python',
    cases: [{ input: 'a b\n', expected: 'b a', timeout: 5, weight: 1 }],
  },
})

const double = makeTask({
  code: {
    kind: 'assert',
    language: 'python',
    entryPoint: 'double',
    prompt: 'def double(n):\n    """Twice n."""\n',
    test: 'def check(candidate):\n    assert candidate(4) == 8\n',
    timeout: 5,
  },
})

const doubled = makeTask({
  code: {
    kind: 'reference',
    language: 'python',
    entryPoint: 'double',
    prompt: '',
    reference: 'def double(n):\n    return 2 * n\n',
    baseInputs: [[1], [2]],
    plusInputs: [[3]],
    tolerance: 0,
    oracle: 'humaneval',
    problem: 'HumanEval/998',
  },
})

const cases: Record<string, readonly ScorerCase[]> = {
  answered: [{ task: expected, right: 'anything' }],
  'base-tests': [
    {
      task: doubled,
      // What was added to the base is no matter here.
      right: 'def double(n):\n    return 2 * n if n < 3 else 0\n',
      wrong: 'def double(n):\n    return n\n',
    },
  ],
  choice: [
    {
      task: makeTask({ expected: 'C' }),
      options: { options: ['A', 'B', 'C'] },
      right: 'So (C).',
      wrong: 'So (B).',
    },
  ],
  'code-tests': [
    {
      task: add,
      right: '```python\ndef add(a, b):\n    return a + b\n```',
      wrong: '```python\ndef add(a, b):\n    return a\n```',
    },
    { task: echo, form: 'program', right: 'print(*reversed(input().split()))', wrong: 'print(input())' },
    { task: double, form: 'continuation', right: '    return 2 * n\n', wrong: '    return n\n' },
    {
      task: doubled,
      right: 'def double(n):\n    return 2 * n\n',
      wrong: 'def double(n):\n    return 2 * n if n < 3 else 0\n',
    },
  ],
  contains: [
    { task: expected, right: 'It is paris, of course.', wrong: 'It is Rome.' },
    { task: references, options: { ignore_case: false }, right: 'a colour', wrong: 'a Colour' },
  ],
  exact: [
    { task: expected, right: ' Paris\n', wrong: 'paris' },
    { task: references, options: { ignore_case: true }, right: 'COLOR', wrong: 'color.' },
  ],
  ifeval: [
    {
      task: expected,
      options: {
        instructions: [
          { id: 'punctuation:no_comma' },
          {
            id: 'length_constraints:number_words',
            kwargs: { num_words: 2, relation: 'at least', letter: null },
          },
        ],
      },
      right: 'two words',
      wrong: 'two, words',
    },
  ],
  instructions: [
    {
      task: expected,
      options: { checks: [{ type: 'no_commas' }, { type: 'word_count', max: 2 }] },
      right: 'two words',
      wrong: 'three, words here',
    },
  ],
  json: [{ task: expected, options: { required: ['a.b'] }, right: '{"a":{"b":null}}', wrong: '{"a":{}}' }],
  length: [
    {
      task: expected,
      options: { unit: 'words', max: 3 },
      right: 'one two three',
      wrong: 'one two three four',
    },
  ],
  number: [{ task: makeTask({ expected: '#### 1,234' }), right: 'It is $1,234.00.', wrong: 'It is 1,235.' }],
  references: [{ task: references, right: ' “Colour”. ', wrong: 'colours' }],
  regex: [
    { task: expected, options: { pattern: '^4[0-9]$' }, right: '42', wrong: '142' },
    {
      task: expected,
      options: { pattern: 'sorry', flags: 'i', invert: true },
      right: 'gladly',
      wrong: 'Sorry',
    },
  ],
}

const sandbox = await pythonDriver()
for (const name of scorerNames)
  if (sandbox !== undefined || (name !== 'code-tests' && name !== 'base-tests'))
    testScorer(await builtIn(name), cases[name] ?? [], {
      deps: () => (sandbox === undefined ? {} : { sandbox }),
    })
  else test.skip(`${name} as a scorer (no sandbox here has a Python)`, () => {})

describe('the registry', () => {
  test('names exactly the adapters that lie in the folder', () => {
    const files = readdirSync(new URL('../src/adapters/', import.meta.url)).map((file) =>
      file.replace(/\.ts$/, ''),
    )
    expect([...scorerNames]).toEqual(files.sort())
  })

  test('lists each with one line', async () => {
    const listed = await listScorers()
    expect(listed.map(({ name }) => name)).toEqual(scorerNames)
    for (const { description } of listed) expect(description).toMatch(/^[^\n]{10,}$/)
  })
})

test('no test of a judge runs where nothing contains what is judged, not even by name', async () => {
  vi.stubEnv('SANDBOX', 'process')
  await expect(pythonDriver()).rejects.toThrow(/contains nothing/)
})
afterEach(() => vi.unstubAllEnvs())
