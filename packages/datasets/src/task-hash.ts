import { createHash } from 'node:crypto'
import type { Task } from './spec.js'

/**
 * SHA-256, hex, of all that a task asks and is judged by, its id included; category and difficulty are labels and
 * left out. The order of keys does not matter.
 */
export function taskHash(task: Task): string {
  const { category, difficulty, ...judged } = task
  return createHash('sha256').update(canonicalJson(judged)).digest('hex')
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
