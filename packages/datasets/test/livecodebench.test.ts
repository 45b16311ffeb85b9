import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { openDataset, taskHash } from '@bench/datasets'
import { testFormat } from '@bench/datasets/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { format } from '../src/adapters/livecodebench.js'
import { readTests } from '../src/livecodebench-tests.js'
import { pickledText } from '../src/pickled-text.js'
import { codeOf, lines, tasksOf } from './setup.js'

/** `json.dumps([{"input": "1 2\n", "output": "3\n", "testtype": "stdin"}])`, pickled by CPython 3.11 and deflated, by protocol. */
const packed = {
  2: 'eJxrYIqwYmBgiK5WyswrKC1RslJQMlQwislT0lFQyi8tgQoZQwRKUotLSioLUkFCxSUpmXlKtbGFDHoAe1wTcQ==',
  3: 'eJxrYI6wYmBgiK5WyswrKC1RslJQMlQwislT0lFQyi8tgQoZQwRKUotLSioLUkFCxSUpmXlKtbGFDHoAe58Tcg==',
  4: 'eJxrYJlqxwABPVbR1UqZeQWlJUpWCkqGCkYxeUo6Ckr5pSVQIWOIQElqcUlJZUEqSKi4JCUzT6k2dooeALEqFJ0=',
  5: 'eJxrYJ1qxwABPVbR1UqZeQWlJUpWCkqGCkYxeUo6Ckr5pSVQIWOIQElqcUlJZUEqSKi4JCUzT6k2dooeALFyFJ4=',
}
const stdin = { input: '1 2\n', output: '3\n', testtype: 'stdin' }
const functional = (input: string, output: string) => ({ input, output, testtype: 'functional' })

const sum = (index: number, day = '2024-08-01') => ({
  question_title: 'Sum',
  question_content: 'Print the sum of two numbers.',
  platform: 'atcoder',
  question_id: `sum_${index}`,
  contest_id: 'sums',
  contest_date: `${day}T00:00:00`,
  starter_code: '',
  difficulty: 'easy',
  public_test_cases: JSON.stringify([stdin]),
  private_test_cases: packed[4],
  metadata: '{}',
})
const method = {
  ...sum(0),
  platform: 'leetcode',
  question_id: '3001',
  starter_code: 'class Solution:\n    def largest(self, xs: List[float], key: str) -> float:\n        ',
  public_test_cases: JSON.stringify([functional('[1, 2.0]\n"a"', '2.0')]),
  private_test_cases: JSON.stringify([functional('[9007199254740993]\n"b"\n', '9007199254740993')]),
  metadata: '{"func_name": "largest"}',
}

testFormat(format, {
  good: { name: 'lcb.jsonl', content: lines([sum(1), method]), size: 2 },
  bad: [
    {
      name: 'date.jsonl',
      content: lines([sum(1, '1 August')]),
      message: /line 1: contest_date: expected a date such as/,
    },
    {
      name: 'type.jsonl',
      content: lines([{ ...sum(1), metadata: method.metadata }]),
      message: /public_test_cases: a stdin test where metadata names a func_name/,
    },
    ...['{"func_name": 3}', 'null', '{', '{"func_name": "a.b"}'].map((metadata, i) => ({
      name: `metadata-${i}.jsonl`,
      content: lines([{ ...sum(1), metadata }]),
      message: /metadata: expected JSON such as \{"func_name": "twoSum"\}/,
    })),
    {
      name: 'value.jsonl',
      content: lines([{ ...method, public_test_cases: JSON.stringify([functional('[1,', '2')]) }]),
      message: /public_test_cases: the text ends before/,
    },
    {
      name: 'none.jsonl',
      content: lines([{ ...sum(1), public_test_cases: '[]', private_test_cases: '[]' }]),
      message: /has neither public nor private tests/,
    },
    {
      name: 'key.jsonl',
      content: lines([{ ...sum(1), public_test_cases: '[{"input": "", "output": "", "testype": "stdin"}]' }]),
      message: /public_test_cases: \[0\]: unknown key "testype"; did you mean "testtype"/,
    },
    {
      name: 'base64.jsonl',
      content: lines([{ ...sum(1), private_test_cases: '{"a": 1}' }]),
      message: /private_test_cases: neither a JSON list nor base64/,
    },
  ],
  large: (count) =>
    lines(Array.from({ length: count }, (_, i) => ({ ...sum(i), question_content: 'x'.repeat(1000) }))),
})

describe('LiveCodeBench', () => {
  let path: string
  beforeAll(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'bench-lcb-')), 'renamed.jsonl')
    const days = ['2023-05-01', '2024-08-01', '2024-08-02', '2025-01-31']
    await writeFile(
      path,
      lines([...days.map((day, index) => sum(index, day)), { ...method, contest_date: '2025-02-01' }]),
    )
  })
  afterAll(() => rm(join(path, '..'), { recursive: true }))
  const idsOf = async (options: string) =>
    (await tasksOf(await openDataset(path + options))).map(({ id }) => id)

  it('judges programs by what they print', async () => {
    const [task] = await tasksOf(await openDataset(path))
    const code = codeOf(task, 'io')
    expect(code).toMatchObject({ comparison: 'livecodebench', language: 'python' })
    expect(code.entryPoint).toBe(undefined)
    const test = { input: '1 2\n', expected: '3\n', timeout: 6, weight: 1 }
    expect(code.cases).toEqual([{ ...test, visible: true }, test])
    // Logs that were written before its public tests were marked know its tasks by the same hash.
    const unmarked = { ...task!, code: { ...code, cases: [test, test] } }
    expect(taskHash(task!)).toBe(taskHash(unmarked))
    expect(code.setup).toMatch(/^from string import \*\nfrom re import \*/)
    expect(task).toMatchObject({ id: 'sum_0', difficulty: 'easy', category: 'atcoder' })
    expect(task?.prompt).toContain(
      '### Question:\nPrint the sum of two numbers.\n\n### Format: Read the inputs from stdin',
    )
  })

  it('judges methods by what they return, with numbers exactly as written', async () => {
    const task = (await tasksOf(await openDataset(path))).at(-1)
    const code = codeOf(task, 'io')
    expect(code.entryPoint).toBe('Solution.largest')
    expect(code.cases.map(({ input, expected }) => [input, expected])).toEqual([
      [[[1, { $float: '2.0' }], 'a'], { $float: '2.0' }],
      [[[{ $int: '0x20000000000001' }], 'b'], { $int: '0x20000000000001' }],
    ])
    expect(task?.prompt).toContain(method.starter_code)
  })

  it('opens the contests of a window of days', async () => {
    expect(await idsOf('')).toHaveLength(5)
    expect(await idsOf('#from=2024-08-01')).toEqual(['sum_1', 'sum_2', 'sum_3', '3001'])
    expect(await idsOf('#to=2024-08-01')).toEqual(['sum_0', 'sum_1'])
    expect(await idsOf('#from=2024-08-01,to=2025-01-31')).toEqual(['sum_1', 'sum_2', 'sum_3'])
    const window = await openDataset(`${path}#from=2024-08-01,to=2025-01-31`)
    expect(window).toMatchObject({ name: 'livecodebench-from-2024-08-01-to-2025-01-31', size: 3 })
  })

  it.each([
    ['#from=2025-13-01', /from=2025-13-01: expected a day such as 2024-08-01/],
    ['#to=tomorrow', /to=tomorrow: expected a day/],
    ['#from=2025-01-01,to=2024-01-01', /from=2025-01-01 is after to=2024-01-01/],
    ['#from=2026-01-01', /none of its 5 cases is of a contest from 2026-01-01/],
  ])('%s is refused', async (options, message) => {
    await expect(openDataset(path + options)).rejects.toThrow(message)
    await expect(openDataset(path + options)).rejects.toMatchObject({ code: 'bad_option' })
  })
})

describe('packed tests', () => {
  it.each(Object.entries(packed))('are read from a pickle of protocol %s', (_, text) => {
    expect(readTests(text)).toEqual([stdin])
  })

  it.each([
    [
      'os.system of protocol 2',
      'eJxrYEouyC/OrOAqriwuSc3lKmSIYGFgYCgpKk0tZGwtZAoqZNYDANc0Cr0=',
      /it holds GLOBAL/,
    ],
    [
      'os.system of protocol 4',
      'eJxrYJkqzwABPawF+cWZFVN62Iori0tSc6dMntLDUlJUmjqldUrQFD0AA2gOlA==',
      /more than one text/,
    ],
    [
      'a list',
      'eJxrYJnqyAABsVN6rKKrlTLzCkpLlKwUlAwVjGLylHQUlPJLS6BCxhCBktTikpLKglSQUHFJSmaeUm3slEQ9AAaSFfI=',
      /EMPTY_LIST/,
    ],
    ['no zlib data', 'AAAA', /base64 of no zlib data/],
    ['no base64', '%%%', /neither a JSON list nor base64/],
  ])('%s is refused', (_, text, message) => {
    expect(() => readTests(text)).toThrow(message)
  })

  it('that unpack to too much are refused', () => {
    const bomb = deflateSync(Buffer.alloc(1 << 24)).toString('base64')
    expect(bomb.length).toBeLessThan(1 << 15)
    expect(() => readTests(bomb, 1 << 23)).toThrow('unpacks to more than 8388608 bytes')
  })

  it('are read whatever their length, and refused where they are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const bytes = Buffer.from(text)
        const short = Buffer.from([0x80, 4, 0x8c, bytes.length])
        const head =
          bytes.length < 256
            ? short
            : Buffer.from([0x80, 4, 0x58, bytes.length & 255, bytes.length >> 8, 0, 0])
        const pickle = Buffer.concat([head, bytes, Buffer.from([0x94, 0x2e])])
        expect(pickledText(pickle)).toBe(text)
        for (let end = 0; end < pickle.length; end++)
          expect(() => pickledText(pickle.subarray(0, end))).toThrow()
      }),
      { numRuns: 30 },
    )
  })

  it('of any other opcode are refused by its name', () => {
    const known = [0x80, 0x95, 0x8c, 0x58, 0x8d, 0x94, 0x71, 0x72, 0x2e]
    const others = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
      (opcode) => !known.includes(opcode),
    )
    for (const opcode of others) {
      const pickle = Buffer.from([0x80, 4, 0x8c, 2, 0x5b, 0x5d, opcode, 0x2e])
      expect(() => pickledText(pickle)).toThrow(
        /the pickle is no plain text: it holds (?:[A-Z_\d]+|0x[\da-f]+)$/,
      )
    }
    expect(() => pickledText(Buffer.from([0x80, 4, 0x8c, 0, 0x52, 0x2e]))).toThrow('it holds REDUCE')
  })
})
