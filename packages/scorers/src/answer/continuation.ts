import type { AssertCode, IoCode, ReferenceCode } from '@bench/datasets'
import { language } from '../languages/registry.js'
import { distinct, type Reading } from './code.js'

/**
 * Code that goes on from the task's prompt: the prompt and the completion as it is, as human-eval, EvalPlus and MultiPL-E run it.
 *
 * - Where the prompt ends within an open brace (JavaScript, TypeScript), a completion that repeats the whole prompt goes without
 *   it: the two together would be code of nobody's. In Python they are code, and what the set's own harness runs.
 * - What the harness cuts off is cut off: from the first of the set's stop sequences behind the prompt.
 *
 * The alternatives: `uncut`, and `program`, the completion without the prompt where it defines the entry point by itself.
 */
export function continueFrom(
  code: AssertCode | IoCode | ReferenceCode,
  completion: string,
  stop: readonly string[] = [],
): Reading[] {
  if (completion.trim() === '') return []
  const prompt = 'prompt' in code ? code.prompt : ''
  const repeats = prompt.trim() !== '' && completion.trimStart().startsWith(prompt.trim())
  const own = repeats ? completion.indexOf(prompt.trim()) + prompt.trim().length : 0
  const cut = cutAt(completion, own, [...('stop' in code ? (code.stop ?? []) : []), ...stop])
  const before = repeats && braces.includes(code.language) ? '' : prompt
  const readings = [
    { rule: 'raw', code: before + cut },
    { rule: 'uncut', code: before + completion },
  ]
  const alone = 'entryPoint' in code && code.entryPoint !== undefined && prompt !== ''
  if (alone && language(code.language)?.defines(cut, code.entryPoint!.split('.', 1)[0]!))
    readings.push({ rule: 'program', code: cut })
  return distinct(readings)
}

const braces: readonly string[] = ['javascript', 'typescript']

/** The text up to the first stop sequence behind a place. */
function cutAt(text: string, from: number, stop: readonly string[]): string {
  const places = stop.map((word) => text.indexOf(word, from)).filter((at) => at >= 0)
  return places.length === 0 ? text : text.slice(0, Math.min(...places))
}
