import { createHash } from 'node:crypto'
import type { CodeSpec, Task } from './spec.js'

/**
 * SHA-256, hex, of all that a task asks and is judged by, its id included; category and difficulty are labels and
 * left out. The order of keys does not matter.
 */
export function taskHash(task: Task): string {
  const { category, difficulty, ...judged } = task
  const code = judged.code && withoutKnownMarks(judged.code)
  return createHash('sha256')
    .update(canonicalJson({ ...judged, code }))
    .digest('hex')
}

/** LiveCodeBench says itself which of its cases are public, and logs that were written before know its tasks without these marks. */
function withoutKnownMarks(code: CodeSpec): CodeSpec {
  if (code.kind !== 'io' || code.comparison !== 'livecodebench') return code
  return { ...code, cases: code.cases.map(({ visible, ...rest }) => rest) }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
