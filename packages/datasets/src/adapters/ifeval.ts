import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { jsonObject, text } from '../json-value.js'
import type { DatasetFormat, Task } from '../spec.js'

/**
 * IFEval as published (`input_data.jsonl`), https://github.com/google-research/google-research/tree/master/instruction_following_eval:
 * prompts with instructions that a program can check. Judged by the scorer `ifeval`. It has no reference answers. The file
 * carries no version, so the beginning of its hash is one.
 */
export const format: DatasetFormat = {
  name: 'ifeval',
  extensions: ['.jsonl', '.jsonl.gz'],
  detect: (head) => {
    const keys = topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
    return ['prompt', 'instruction_id_list', 'kwargs'].every((key) => keys.includes(key))
  },
  open: (path, signal) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      ifeval,
      signal,
    ),
}

const item = z
  .looseObject({
    key: z.union([z.number().int(), text]),
    prompt: text,
    instruction_id_list: z.array(text).min(1),
    /** One object for each instruction; null stands for an argument that it does not take. */
    kwargs: z.array(jsonObject),
  })
  .refine(({ instruction_id_list, kwargs }) => instruction_id_list.length === kwargs.length, {
    path: ['kwargs'],
    error: 'expected one object for each instruction of instruction_id_list',
  })
type Item = z.infer<typeof item>

const ifeval: Shape<unknown, Item> = {
  header: z.unknown(),
  item,
  describe: (_header, hash) => ({
    name: 'ifeval',
    version: hash.slice(0, 12),
    description: 'Following instructions that a program can check: length, words, form, language',
  }),
  id: ({ key }) => String(key),
  task: toTask,
}

function toTask({ key, prompt, instruction_id_list, kwargs }: Item): Task {
  const groups = new Set(instruction_id_list.map((id) => id.split(':', 1)[0] ?? id))
  const [only] = groups.size === 1 ? groups : []
  return {
    id: String(key),
    prompt,
    category: only ?? 'several',
    scorers: [
      { name: 'ifeval', instructions: instruction_id_list.map((id, i) => ({ id, kwargs: kwargs[i]! })) },
    ],
  }
}
