import { z } from 'zod'
import { openDocument, type Shape } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { strict, text } from '../json-value.js'
import type { DatasetFormat, Task } from '../spec.js'

/**
 * GSM8K as published (`test.jsonl`, `train.jsonl`), https://github.com/openai/grade-school-math: word problems whose worked
 * answer ends in `#### 18`. Asked without examples; judged by the number that the reply ends in. The file has neither ids nor a
 * version: a problem is named by its line, the set by the beginning of its hash.
 */
export const format: DatasetFormat = {
  name: 'gsm8k',
  extensions: ['.jsonl', '.jsonl.gz'],
  detect: (head) => {
    const line = head.trimStart().split('\n', 1)[0] ?? ''
    const keys = topLevelKeys(line)
    return keys.length === 2 && keys.includes('question') && keys.includes('answer') && line.includes('#### ')
  },
  open: (path, signal) =>
    openDocument(
      path,
      jsonLines(() => ({})),
      gsm8k,
      signal,
    ),
}

const finalNumber = /\n####\s*(-?[\d,]*\.?\d+)\s*$/

const item = strict({
  question: text,
  answer: text.regex(finalNumber, 'does not end in a line like "#### 18"'),
})
type Item = z.infer<typeof item>

const gsm8k: Shape<unknown, Item> = {
  header: z.unknown(),
  item,
  describe: (_header, hash) => ({
    name: 'gsm8k',
    version: hash.slice(0, 12),
    description: 'Grade school math word problems',
  }),
  id: (_item, line) => `gsm8k/${line}`,
  task: toTask,
}

function toTask({ question, answer }: Item, _header: unknown, line: number): Task {
  return {
    id: `gsm8k/${line}`,
    prompt: `${question.trim()}\n\nThink step by step. End your reply with a line that holds "#### " and the final number alone.`,
    category: 'math',
    expected: (finalNumber.exec(answer)?.[1] ?? '').replaceAll(',', ''),
    // The annotations between << and >> are for a calculator, not for readers.
    solution: answer.replace(/<<[^<>]*>>/g, ''),
    scorers: [{ name: 'number' }],
  }
}
