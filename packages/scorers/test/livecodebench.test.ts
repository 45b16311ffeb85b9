import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset, type Task } from '@bench/datasets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openJudge } from '../src/judge.js'
import { anyDriver } from './boxes.js'

/** A file in LiveCodeBench's format, of our own making, from the file to the verdict. */
const common = {
  question_title: 'Sums',
  question_content: 'Add.',
  contest_id: 'c',
  contest_date: '2024-08-01T00:00:00',
  difficulty: 'easy',
  private_test_cases: '[]',
}
const print = {
  ...common,
  platform: 'atcoder',
  question_id: 'print',
  starter_code: '',
  public_test_cases: JSON.stringify([
    { input: '2\n1.5\n2.50\n', output: '4.0\n2\n', testtype: 'stdin' },
    { input: '1\n3', output: '3\n1', testtype: 'stdin' },
  ]),
  metadata: '{}',
}
const method = {
  ...common,
  platform: 'leetcode',
  question_id: 'method',
  starter_code: 'class Solution:\n    def pair(self, xs: List[int], scale: float) -> List[float]:\n        ',
  public_test_cases: JSON.stringify([
    { input: '[1, 2]\n2.0', output: '[3.0, 9007199254740993]', testtype: 'functional' },
    { input: '[1, 3]\n2.0', output: '[4.0, 9007199254740993]', testtype: 'functional' },
  ]),
  metadata: '{"func_name": "pair"}',
}

const sandbox = await anyDriver()
const judge = openJudge(sandbox, { size: 1 })
let folder: string
const tasks = new Map<string, Task>()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-lcb-'))
  const path = join(folder, 'test.jsonl')
  await writeFile(path, [print, method].map((row) => JSON.stringify(row)).join('\n'))
  for await (const task of (await openDataset(path)).tasks()) tasks.set(task.id, task)
})
afterAll(async () => {
  await judge[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const outcome = async (id: string, source: string) =>
  (await judge.judge(tasks.get(id)!.code!, source)).outcome

describe(`LiveCodeBench in ${sandbox.name}`, () => {
  const sums = 'n = int(input())\nxs = [float(input()) for _ in range(n)]\n'
  test.each([
    ['pass', `${sums}print(sum(xs))\nprint(n)\n`],
    ['pass', `${sums}print(f"  {sum(xs):.3f} ")\nprint(n, end="")\n`],
    ['pass', `import sys\n${sums}sys.stdout.write(f"{sum(xs)}\\n{n}\\n\\n")\n`],
    [
      'pass',
      `def main():\n    ${sums.replaceAll('\n', '\n    ')}print(sum(xs)); print(n)\nif __name__ == "__main__":\n    main()\n`,
    ],
    ['pass', `${sums}print(fsum(xs))\nprint(Counter([n])[n] and n)\n`],
    ['pass', `${sums}if n:\n    print(sum(xs)); print(n)\n    return\nprint(0)\n`],
    ['pass', `${sums}print(sum(xs)); print(n)\nexit(1)\n`],
    ['pass', `${sums}print(str(sum(xs)).translate({48 + i: 0x660 + i for i in range(10)}), n, sep="\\n")\n`],
    ['pass', `import sys\nn, *xs = map(float, sys.stdin.buffer.read().split())\nprint(sum(xs)); print(n)\n`],
    [
      'pass',
      `from sys import stdin\nn = int(stdin.readline())\nassert stdin.read()[0] == str(n)\nprint(sum(map(float, stdin.readlines()[1:1 + n])))\nprint(n)\n`,
    ],
    [
      'runtime',
      `${sums}t = 0\ndef add(x):\n    global t\n    t += x\nfor x in xs: add(x)\nprint(t); print(n)\n`,
    ],
    ['runtime', `${sums}t = sum(xs)\nsum = 0\nprint(t); print(n)\n`],
    ['runtime', `class Solution:\n    pass\n${sums}print(sum(xs)); print(n)\n`],
    ['runtime', `import sys\n${sums}sys.stdout.buffer.write(f"{sum(xs)}\\n{n}".encode())\n`],
    ['syntax', `from __future__ import annotations\n${sums}print(sum(xs)); print(n)\n`],
    ['wrong_answer', `import os\n${sums}os.write(1, f"{sum(xs)}\\n{n}".encode())\n`],
    [
      'wrong_answer',
      `def main():\n    ${sums.replaceAll('\n', '\n    ')}print(sum(xs)); print(n)\nif __name__ == "__main__":\n    main()\nx = 1\n`,
    ],
    ['wrong_answer', `${sums}print(sum(xs), n)\n`],
    ['wrong_answer', `${sums}print(sum(xs))\n`],
    ['runtime', `${sums}print(1 / 0)\n`],
  ])('%s: a program %#', async (expected, source) => {
    expect(await outcome('print', source)).toBe(expected)
  })

  const body = (value: string) =>
    `class Solution:\n    def pair(self, xs: List[int], scale: float) -> List[float]:\n        return ${value}\n`
  test.each([
    ['pass', body('[sum(xs), 2**53 + 1]')],
    ['pass', body('(sum(xs), 2**53 + 1) if isinstance(scale, float) and isinstance(xs[0], int) else 0')],
    ['wrong_answer', body('[sum(xs), 2**53]')],
    ['wrong_answer', body('[[sum(xs)], 2**53 + 1]')],
    ['pass', `${body('[sum(xs), 2**53 + 1]')}if __name__ == "__main__":\n    1 / 0\n`],
    ['wrong_answer', body('[kept.setdefault(0, sum(xs)), 2**53 + 1]').replace(/^/, 'kept = {}\n')],
    ['pass', body('[kept.setdefault(xs[1], sum(xs)), 2**53 + 1]').replace(/^/, 'kept = {}\n')],
    ['syntax', body('[sum(xs), 2**53 + 1]').replace(/^/, 'from __future__ import annotations\n')],
    ['runtime', 'class Solution:\n    def other(self): ...\n'],
  ])('%s: a method %#', async (expected, source) => {
    expect(await outcome('method', source)).toBe(expected)
  })
})
