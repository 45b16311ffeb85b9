import { z } from 'zod'
import { difficulty } from '../case-schema.js'
import { openDocument, type Shape } from '../document.js'
import { checkIoCode, ioCodeKeys, toIoCode } from '../io-code.js'
import { jsonList, topLevelKeys } from '../json-stream.js'
import { json, jsonObject, strict, text } from '../json-value.js'
import type { DatasetFormat, Task } from '../spec.js'
import { yamlList } from '../yaml-document.js'

/** Python programs judged by input and output, with a reference solution each; JSON or YAML, told by its `tasks`. */
export const format: DatasetFormat = {
  name: 'python-tasks',
  extensions: ['.json', '.json.gz', '.yaml', '.yml'],
  detect: (head, path) => {
    const keys = isYaml(path) ? yamlKeys(head) : topLevelKeys(head)
    return keys.includes('tasks') && !keys.includes('test_cases')
  },
  open: (path, signal) =>
    openDocument(path, isYaml(path) ? yamlList('tasks') : jsonList('tasks'), pythonTasks, signal),
}

const header = strict({
  name: text,
  version: text,
  description: z.string().optional(),
  tasks: z.array(json),
})
type Header = z.infer<typeof header>

const item = strict({
  id: text,
  title: text.optional(),
  difficulty,
  prompt: text,
  ...ioCodeKeys,
  reference_solution: text,
  metadata: jsonObject.optional(),
}).check(checkIoCode)
type Item = z.infer<typeof item>

const pythonTasks: Shape<Header, Item> = {
  header,
  item,
  describe: ({ name, version, description }) => ({ name, version, description }),
  id: ({ id }) => id,
  task: toTask,
}

function toTask(written: Item): Task {
  const { id, title, difficulty, prompt, reference_solution, metadata } = written
  const labels = { ...(title !== undefined && { title }), ...metadata }
  return {
    id,
    prompt,
    category: 'python',
    difficulty,
    solution: reference_solution,
    scorers: [{ name: 'code-tests' }],
    code: toIoCode(written),
    ...(Object.keys(labels).length > 0 && { metadata: labels }),
  }
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path)
}

function yamlKeys(head: string): readonly string[] {
  return [...head.matchAll(/^["']?(\w+)["']?\s*:/gm)].map((match) => match[1] ?? '')
}
