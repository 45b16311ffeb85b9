import { createHash } from 'node:crypto'
import type { Dataset } from './spec.js'

/** Several files of one set as one dataset: `part-2/` stands before the ids of the second. @param parts at least one */
export function concatenate(parts: readonly Dataset[]): Dataset {
  const [first, ...others] = parts
  if (first === undefined) throw new RangeError('nothing to put together')
  if (others.length === 0) return first
  return {
    ...first,
    hash: createHash('sha256')
      .update(parts.map(({ hash }) => hash).join('\n'))
      .digest('hex'),
    size: parts.reduce((sum, { size }) => sum + size, 0),
    async *tasks() {
      for (const [i, part] of parts.entries())
        for await (const task of part.tasks()) yield { ...task, id: `part-${i + 1}/${task.id}` }
    },
  }
}
