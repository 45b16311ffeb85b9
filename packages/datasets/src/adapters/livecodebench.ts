import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { DatasetError } from '../errors.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import { readTests, type WrittenTest } from '../livecodebench-tests.js'
import { parsePythonJson } from '../python-json.js'
import type { DatasetFormat, FormatOptions, IoCase, Json, Task } from '../spec.js'

/**
 * LiveCodeBench as published, one problem a line: https://huggingface.co/datasets/livecodebench/code_generation_lite. Its public and
 * private tests judge, by the rule of its own harness, https://github.com/LiveCodeBench/LiveCodeBench. The file carries no
 * version, so the beginning of its hash is one.
 */
export const format: DatasetFormat = {
  name: 'livecodebench',
  extensions: ['.jsonl', '.jsonl.gz'],
  options: {
    from: { description: 'first day of contests, YYYY-MM-DD' },
    to: { description: 'last day of contests, YYYY-MM-DD' },
  },
  detect: (head) => {
    // A line may be longer than the head: not all of its keys are seen.
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return keys.length >= 3 && keys.every((key) => problemKeys.includes(key))
  },
  open: async (path, signal, options = {}) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      shapeOf(readWindow(path, options)),
      signal,
    ),
}

/** Seconds for each test. */
const timeout = 6

const written = strict({
  question_title: text,
  question_content: text,
  platform: text,
  question_id: text,
  contest_id: z.string(),
  contest_date: z.string().regex(/^\d{4}-\d\d-\d\d(?:[T ]|$)/, 'expected a date such as 2024-08-01T00:00:00'),
  starter_code: z.string(),
  difficulty: z.enum(['easy', 'medium', 'hard']),
  public_test_cases: z.string(),
  private_test_cases: z.string(),
  metadata: z.string(),
})
const problemKeys = Object.keys(written.shape)

const problem = written.transform((row, { issues }) => {
  const attempt = <T>(key: keyof typeof row, read: (value: string) => T): T | undefined => {
    try {
      return read(row[key])
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      issues.push({ code: 'custom', input: row[key], path: [key], message })
      return undefined
    }
  }
  const functionName = attempt('metadata', readFunctionName)
  const cases = (['public_test_cases', 'private_test_cases'] as const).map((key) =>
    attempt(key, (value) =>
      readTests(value).map((test) => ({
        ...toCase(test, functionName),
        ...(key === 'public_test_cases' && { visible: true as const }),
      })),
    ),
  )
  if (cases.every((list) => list?.length === 0)) {
    issues.push({ code: 'custom', input: row, path: [], message: 'has neither public nor private tests' })
  }
  return { ...row, functionName, cases: cases.flatMap((list) => list ?? []) }
})
type Problem = z.infer<typeof problem>

function shapeOf(window: Window): Shape<unknown, Problem> {
  const { from = '', to = '9999' } = window
  return {
    header: z.unknown(),
    item: problem,
    describe: (_header, hash) => ({
      name: ['livecodebench', window.from && `from-${from}`, window.to && `to-${to}`]
        .filter(Boolean)
        .join('-'),
      version: hash.slice(0, 12),
    }),
    id: ({ question_id }) => question_id,
    task: toTask,
    ...((window.from ?? window.to) !== undefined && {
      selection: {
        keeps: ({ contest_date }) => contest_date.slice(0, 10) >= from && contest_date.slice(0, 10) <= to,
        what: `of a contest ${[window.from && `from ${from}`, window.to && `up to ${to}`].filter(Boolean).join(' ')}`,
      },
    }),
  }
}

function toTask(problem: Problem): Task {
  const { functionName, starter_code, cases } = problem
  return {
    id: problem.question_id,
    // The wording of the harness' own prompt for chat models.
    system: [
      'You are an expert Python programmer. You will be given a question (problem specification) and will generate a correct',
      'Python program that matches the specification and passes all tests.',
    ].join(' '),
    prompt: [
      `### Question:\n${problem.question_content}\n`,
      `### Format: ${starter_code === '' ? formatOfProgram : formatOfFunction}`,
      `\`\`\`python\n${starter_code === '' ? '# YOUR CODE HERE' : starter_code}\n\`\`\`\n`,
      '### Answer: (use the provided format with backticks)\n',
    ].join('\n'),
    category: problem.platform,
    difficulty: problem.difficulty,
    scorers: [{ name: 'code-tests' }],
    code: {
      kind: 'io',
      language: 'python',
      ...(functionName !== undefined && { entryPoint: `Solution.${functionName}` }),
      cases,
      comparison: 'livecodebench',
      setup,
    },
    metadata: {
      title: problem.question_title,
      contest_id: problem.contest_id,
      contest_date: problem.contest_date,
    },
  }
}

const formatOfFunction =
  'You will use the following starter code to write the solution to the problem and enclose your code within delimiters.'
const formatOfProgram =
  'Read the inputs from stdin solve the problem and write the answer to stdout (do not directly test on the sample inputs). ' +
  'Enclose your code within delimiters as follows. Ensure that when the python program runs, it reads the inputs, runs the ' +
  'algorithm and writes output to STDOUT.'

/** What the harness imports before every answer, in its order: later names hide earlier ones. */
const starred =
  'string re datetime collections heapq bisect copy math random statistics itertools functools operator io sys json'.split(
    ' ',
  )
const setup = [
  ...[...starred, 'builtins', 'typing'].map((module) => `from ${module} import *`),
  ...starred.map((module) => `import ${module}`),
  'sys.setrecursionlimit(50000)\n',
].join('\n')

const metadata = z.object({ func_name: z.string().regex(/^\w+$/).nullish() })

/** Absent for problems that read standard input. */
function readFunctionName(written: string): string | undefined {
  const read = metadata.safeParse(parsedOrUndefined(written))
  if (read.success) return read.data.func_name ?? undefined
  throw new Error('expected JSON such as {"func_name": "twoSum"}, or {} for a program')
}

function parsedOrUndefined(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function toCase({ input, output, testtype }: WrittenTest, functionName: string | undefined): IoCase {
  if ((testtype === 'functional') !== (functionName !== undefined)) {
    throw new Error(
      `a ${testtype} test where metadata ${functionName === undefined ? 'names no' : 'names a'} func_name`,
    )
  }
  if (functionName === undefined) return { input, expected: output, timeout, weight: 1 }
  const lines = input.split('\n').filter((line) => line.trim() !== '')
  return { input: lines.map(value), expected: value(output), timeout, weight: 1 }
}

function value(written: string): Json {
  return parsePythonJson(written)
}

interface Window {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Days, both included. */
function readWindow(path: string, { from, to }: FormatOptions): Window {
  for (const [key, day] of Object.entries({ from, to })) {
    if (day !== undefined && !z.iso.date().safeParse(day).success) {
      throw new DatasetError('bad_option', `${path}: ${key}=${day}: expected a day such as 2024-08-01`)
    }
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new DatasetError('bad_option', `${path}: from=${from} is after to=${to}`)
  }
  return { from, to }
}
