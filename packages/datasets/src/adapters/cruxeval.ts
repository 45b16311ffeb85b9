import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import type { DatasetFormat, ExpressionCode, Task } from '../spec.js'

/**
 * CRUXEval as published: a function `f`, arguments and what it returns for them, one a line,
 * https://github.com/facebookresearch/cruxeval. Two benchmarks in one file: what does the function return (CRUXEval-O), and,
 * with `#mode=input`, for which arguments does it return this (CRUXEval-I). The file carries no version, so the beginning of its
 * hash is one.
 */
export const format: DatasetFormat = {
  name: 'cruxeval',
  extensions: ['.jsonl', '.jsonl.gz'],
  options: {
    mode: { description: 'what is to be predicted', values: ['output', 'input'] },
  },
  detect: (head) => {
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return keys.length === sampleKeys.length && sampleKeys.every((key) => keys.includes(key))
  },
  open: (path, signal, { mode = 'output' } = {}) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      mode === 'input' ? shapeOf(mode, inputTask) : shapeOf('output', outputTask),
      signal,
    ),
}

/** Seconds, as the set's own harness gives. */
const timeout = 3

const sample = strict({
  code: text.includes('def f(', 'expected the source of a function f'),
  /** Arguments as they stand between the brackets of a call; there may be none. */
  input: z.string(),
  output: text,
  id: text,
})
type Sample = z.infer<typeof sample>
const sampleKeys = Object.keys(sample.shape)

function shapeOf(mode: 'output' | 'input', task: (written: Sample) => Task): Shape<unknown, Sample> {
  return {
    header: z.unknown(),
    item: sample,
    describe: (_header, hash) => ({ name: `cruxeval-${mode}`, version: hash.slice(0, 12) }),
    id: ({ id }) => id,
    task,
  }
}

/** A call of the function with the given arguments is no prediction. */
function outputTask(written: Sample): Task {
  const { code, input, output } = written
  return {
    ...taskOf(written, { forbids: `f(${input})` }),
    prompt: [
      'Here is a Python function, and an assertion about it with the value left out. Work out what the function returns for the given',
      'input, whatever it was meant to do, and write the assertion with that value in the place of ??. The value is a literal:',
      `no calls, nothing left to compute. ${answerRule}\n\n${example(given('"hi"', '??'), given('"hi"', '"hihi!"'))}`,
      `\n\n[PYTHON]\n${code}\nassert f(${input}) == ??\n[/PYTHON]\n`,
    ].join(' '),
    solution: output,
  }
}

/** Any arguments will do for which the function returns the output. */
function inputTask(written: Sample): Task {
  const { code, input, output } = written
  return {
    ...taskOf(written, { requires: 'f(' }),
    prompt: [
      'Here is a Python function, and an assertion about it with the arguments left out. Find arguments for which the function',
      'returns the given output, and write the assertion with them in the place of ??. There may be several; give one.',
      `${answerRule}\n\n${example(given('??', '"hihi!"'), given('"hi"', '"hihi!"'))}`,
      `\n\n[PYTHON]\n${code}\nassert f(??) == ${output}\n[/PYTHON]\n`,
    ].join(' '),
    solution: `f(${input})`,
  }
}

function taskOf(
  { id, code, output }: Sample,
  limits: Pick<ExpressionCode, 'requires' | 'forbids'>,
): Omit<Task, 'prompt'> {
  return {
    id,
    category: 'python',
    scorers: [{ name: 'code-tests' }],
    code: { kind: 'expression', language: 'python', setup: code, expected: output, ...limits, timeout },
  }
}

const answerRule = 'Put the whole assertion between [ANSWER] and [/ANSWER], as in the example.'

const given = (input: string, output: string) => `assert f(${input}) == ${output}`

function example(asked: string, answered: string): string {
  return [
    '[PYTHON]\ndef f(word):\n    return word * 2 + "!"',
    `${asked}\n[/PYTHON]\n[ANSWER]\n${answered}\n[/ANSWER]`,
  ].join('\n')
}
