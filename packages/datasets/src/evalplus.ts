import { z } from 'zod'
import { openDocument, type Shape } from './document.js'
import { jsonLines } from './json-lines.js'
import { topLevelKeys } from './json-stream.js'
import { json, strict, text } from './json-value.js'
import { parsePythonJson } from './python-json.js'
import type { DatasetFormat, Json, ReferenceCode, Task } from './spec.js'

/**
 * A set of EvalPlus as published, one problem a line, https://github.com/evalplus/evalplus: the base set's problems, each
 * with its own inputs (`base_input`), those that EvalPlus added (`plus_input`), and a reference that tells what is right for
 * them. `contract` and the base set's asserts judge nothing and are shown to no model.
 */
export interface EvalPlusSet {
  readonly name: string
  readonly oracle: ReferenceCode['oracle']
  /** What ids begin with: the two sets have nearly the same keys. */
  readonly idPrefix: string
  /** The key that only this set has. */
  readonly ownKey: 'test' | 'assertion'
  /** SHA-256 of the unpacked file, and the version that EvalPlus gave it. */
  readonly versions: Readonly<Record<string, string>>
  /** Lists of arguments in the notation of values, from what the file has to what the set means by it. */
  arguments(problem: string, inputs: readonly Json[]): readonly Json[]
}

export function evalPlusFormat(set: EvalPlusSet): DatasetFormat {
  const shape = shapeOf(set)
  return {
    name: set.name,
    extensions: ['.jsonl', '.jsonl.gz'],
    detect: (head) => {
      const line = head.trimStart().split('\n', 1)[0] ?? ''
      const keys = topLevelKeys(line)
      // A line may be longer than the head: what follows the inputs is not seen.
      const begins = new RegExp(`"task_id"\\s*:\\s*"${set.idPrefix}`).test(line)
      return begins && ['base_input', 'plus_input'].some((key) => keys.includes(key))
    },
    open: (path, signal) =>
      openDocument(
        path,
        jsonLines(() => ({}), parsePythonJson),
        shape,
        signal,
      ),
  }
}

/** 0, or a float in the notation of values. */
const tolerance = z
  .union([z.number(), z.object({ $float: z.string() }).transform(({ $float }) => Number($float))])
  .refine((value) => value >= 0, 'expected a number that is not negative')

/** Lists of arguments. */
const calls = z.array(z.array(json))

const common = {
  task_id: text,
  prompt: text,
  entry_point: text,
  canonical_solution: text,
  contract: z.string(),
  atol: tolerance,
  base_input: calls,
  // MBPP+ has `{}` for "none" in Mbpp/793.
  plus_input: z.union(
    [calls, z.strictObject({}).transform(() => [])],
    'expected a list of lists of arguments',
  ),
}
type Problem = z.infer<ReturnType<typeof problemOf>>

const problemOf = (ownKey: EvalPlusSet['ownKey']) => strict({ ...common, [ownKey]: z.string() })

function shapeOf(set: EvalPlusSet): Shape<unknown, Problem> {
  return {
    header: z.unknown(),
    item: problemOf(set.ownKey),
    describe: (_header, hash) => ({ name: set.name, version: set.versions[hash] ?? hash.slice(0, 12) }),
    id: ({ task_id }) => task_id,
    task: (problem) => toTask(problem, set),
  }
}

function toTask(problem: Problem, set: EvalPlusSet): Task {
  const { task_id, prompt, canonical_solution, entry_point, atol } = problem
  const reference = prompt + canonical_solution
  return {
    id: task_id,
    // The wording of EvalPlus' own prompt for chat models.
    prompt: [
      'Please provide a self-contained Python script that solves the following problem in a markdown code block:',
      `\`\`\`\n${prompt.trim()}\n\`\`\`\n`,
    ].join('\n'),
    category: 'python',
    solution: reference,
    scorers: [{ name: 'code-tests' }, { name: 'base-tests' }],
    code: {
      kind: 'reference',
      language: 'python',
      entryPoint: entry_point,
      prompt,
      reference,
      baseInputs: set.arguments(task_id, problem.base_input),
      plusInputs: set.arguments(task_id, problem.plus_input),
      tolerance: atol,
      oracle: set.oracle,
      problem: task_id,
    },
  }
}
