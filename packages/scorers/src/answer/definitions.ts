import type { Language } from '@bench/datasets'
import { linesOf } from './lines.js'

/** A line at the left margin that defines something, goes on with what was begun, or does nothing. */
const kept =
  /^(?:import\b|from\b|(?:async\s+)?def\b|class\b|@|[\w.]+\s*(?::[^=]{1,200})?=(?!=)|if __name__\b|(?:else|elif|except|finally)\b|#|["')\]}]|$)/

/**
 * Python without what it does besides defining: calls, tests and examples at the left margin. EvalPlus' `sanitize` runs no more than this
 * of a chat reply, so where there is more the two may judge it differently. Undefined where there is no more, or nothing else.
 */
export function definitionsOnly(code: string, language: Language): string | undefined {
  if (language !== 'python') return undefined
  const lines: string[] = []
  let dropping = false
  let dropped = false
  for (const { text } of linesOf(code)) {
    const line = text.trimEnd()
    if (!/^\s/.test(line) && line !== '') dropping = !kept.test(line)
    if (dropping) dropped = true
    else lines.push(text)
  }
  return dropped && lines.some((line) => line.trim() !== '') ? lines.join('\n') : undefined
}
