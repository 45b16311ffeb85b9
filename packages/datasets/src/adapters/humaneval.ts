import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import type { DatasetFormat, Task } from '../spec.js'

/**
 * OpenAI's HumanEval as published: one problem a line, https://github.com/openai/human-eval. The file carries no
 * version, so the beginning of its hash is one.
 */
export const format: DatasetFormat = {
  name: 'humaneval',
  extensions: ['.jsonl', '.jsonl.gz'],
  detect: (head) => {
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return keys.length === problemKeys.length && problemKeys.every((key) => keys.includes(key))
  },
  open: (path, signal) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      humaneval,
      signal,
    ),
}

/** Seconds for the whole test of a problem, as the set's own harness gives. */
const timeout = 3

const problem = strict({
  task_id: text,
  prompt: text,
  canonical_solution: z.string(),
  test: text,
  entry_point: text,
})
type Problem = z.infer<typeof problem>
const problemKeys = Object.keys(problem.shape)

const humaneval: Shape<unknown, Problem> = {
  header: z.unknown(),
  item: problem,
  describe: (_header, hash) => ({ name: 'humaneval', version: hash.slice(0, 12) }),
  id: ({ task_id }) => task_id,
  task: toTask,
}

function toTask({ task_id, prompt, canonical_solution, test, entry_point }: Problem): Task {
  return {
    id: task_id,
    prompt: [
      `Complete the Python function \`${entry_point}\`. Answer with one Python code block that holds the whole`,
      `function: its imports, its signature as given, and its body.\n\n\`\`\`python\n${prompt.trimEnd()}\n\`\`\``,
    ].join(' '),
    category: 'python',
    solution: prompt + canonical_solution,
    scorers: [{ name: 'code-tests' }],
    code: { kind: 'assert', language: 'python', entryPoint: entry_point, prompt, test, timeout },
  }
}
