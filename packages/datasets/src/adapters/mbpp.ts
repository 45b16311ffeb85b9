import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import { testedFunction } from '../python-calls.js'
import type { DatasetFormat, FormatOptions, Task } from '../spec.js'

/**
 * Google's MBPP as published: one problem a line, https://github.com/google-research/google-research/tree/master/mbpp. What
 * the field reports is its test split, ids 11 to 510; `#split=all` opens all of it. The file carries no version, so the
 * beginning of its hash is one.
 */
export const format: DatasetFormat = {
  name: 'mbpp',
  extensions: ['.jsonl', '.jsonl.gz'],
  options: {
    split: {
      description: 'which problems: those of the paper’s splits, by id',
      values: ['test', 'prompt', 'validation', 'train', 'all'],
    },
  },
  detect: (head) => {
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return ['text', 'code', 'test_list'].every((key) => keys.includes(key))
  },
  open: (path, signal, options) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      shapeOf(options),
      signal,
    ),
}

/** First and last id of each, as the paper has them: https://arxiv.org/abs/2108.07732, section 2.1. */
const splits: Readonly<Record<string, readonly [number, number]>> = {
  test: [11, 510],
  prompt: [1, 10],
  validation: [511, 600],
  train: [601, 974],
}

/** Seconds for all asserts of a problem. Harnesses give 3 by the clock on the wall; the reference of MBPP/123 takes 2 of CPU time. */
const timeout = 5

const problem = strict({
  task_id: z.int().min(1),
  text,
  code: text,
  test_list: z.array(text).min(1),
  test_setup_code: z.string(),
  challenge_test_list: z.array(text),
}).transform((written, { issues }) => {
  const entryPoint = testedFunction(written.code, written.test_list)
  if (entryPoint !== undefined) return { ...written, entryPoint }
  const message = 'calls no function that `code` defines'
  issues.push({ code: 'custom', input: written, path: ['test_list'], message })
  return z.NEVER
})
type Problem = z.infer<typeof problem>

function shapeOf({ split = 'test' }: FormatOptions = {}): Shape<unknown, Problem> {
  const range = splits[split]
  return {
    header: z.unknown(),
    item: problem,
    describe: (_header, hash) => ({
      name: split === 'test' ? 'mbpp' : `mbpp-${split}`,
      version: hash.slice(0, 12),
    }),
    id: idOf,
    task: toTask,
    ...(range !== undefined && {
      selection: {
        keeps: ({ task_id }) => task_id >= range[0] && task_id <= range[1],
        what: `of the ${split} split (ids ${range[0]} to ${range[1]}); #split=all takes all`,
      },
    }),
  }
}

const idOf = ({ task_id }: Problem) => `MBPP/${task_id}`

function toTask(written: Problem): Task {
  const { code, test_list, test_setup_code, challenge_test_list } = written
  return {
    id: idOf(written),
    // The paper's own prompt, without its three worked examples.
    prompt: [
      `You are an expert Python programmer, and here is your task: ${written.text.trim()}`,
      `Your code should pass these tests:\n\n${test_list.join('\n')}\n\nAnswer with one Python code block.`,
    ].join(' '),
    category: 'python',
    solution: code,
    scorers: [{ name: 'code-tests' }],
    code: {
      kind: 'assert',
      language: 'python',
      entryPoint: written.entryPoint,
      prompt: '',
      test: [test_setup_code, ...test_list].filter((part) => part !== '').join('\n'),
      style: 'script',
      timeout,
    },
    ...(challenge_test_list.length > 0 && { metadata: { challenge_test_list } }),
  }
}
