import type { AssertCode, IoCode, Language, ReferenceCode } from '@bench/datasets'
import { withinBlock } from '../languages/braces.js'
import { language } from '../languages/registry.js'
import { distinct, type Reading } from './code.js'

/**
 * Code that goes on from the task's prompt: the prompt and the completion as it is, as human-eval, EvalPlus and MultiPL-E run it.
 *
 * - JavaScript and TypeScript: a completion that repeats the prompt, or defines the entry point by itself, goes without the prompt,
 *   which ends within an open brace: the two together would be no code. In Python they are, and what the set's own harness runs.
 * - What the harness cuts off is cut off: from the first of the set's stop sequences behind the prompt.
 *
 * The alternatives: `uncut`; and `function` where the prompt's own function begins with imports which a function that is given anew
 * lacks (HumanEval/115): the harness of HumanEval lets it fail, read as a chat reply it would have them.
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
  // What a body is followed by may be another function of that name, as overloads are.
  const begun = language(code.language)?.compiled === undefined ? cut : withinBlock(cut)
  const anew = prompt !== '' && 'entryPoint' in code && defines(code, begun)
  const before = (repeats || anew) && braces.includes(code.language) ? '' : prompt
  const readings = [
    { rule: 'raw', code: before + cut },
    { rule: 'uncut', code: before + completion },
  ]
  const whole = anew && 'prompt' in code && before !== '' ? language(code.language)!.complete(code, cut) : cut
  if (!prompt.startsWith(whole.slice(0, -cut.length))) readings.push({ rule: 'function', code: whole })
  return distinct(readings)
}

const defines = (
  { language: name, entryPoint = '' }: { language: Language; entryPoint?: string },
  code: string,
) => language(name)?.defines(code, entryPoint.split('.', 1)[0]!) ?? false

const braces: readonly Language[] = ['javascript', 'typescript', 'cpp', 'rust', 'java', 'go']

/** The text up to the first stop sequence behind a place. */
function cutAt(text: string, from: number, stop: readonly string[]): string {
  const places = stop.map((word) => text.indexOf(word, from)).filter((at) => at >= 0)
  return places.length === 0 ? text : text.slice(0, Math.min(...places))
}
