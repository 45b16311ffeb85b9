import type { Language } from '@bench/datasets'
import { language } from '../languages/registry.js'
import { type Fence, readFences } from './fences.js'
import { isLabel, labelOf } from './labels.js'
import { plainCode } from './plain.js'

/** Code found in a reply, and by which rule. */
export interface Reading {
  readonly rule: string
  readonly code: string
}

/** What is looked for. */
export interface Wanted {
  readonly language: Language
  /** The name that the code has to define, if one is known. */
  readonly entryPoint?: string | undefined
}

/** Readings beyond the rule's own that are kept. */
const most = 3

/**
 * The code in a chat reply: the rule's reading first, then those of the other rules that read something else.
 *
 * 1. `fence`: of the fences in the task's language or without a label, the last that defines the entry point; else any fence
 *    that does, whatever its label; else the longest in the task's language; else the longest without a label; else of all.
 *    `open-fence` where the reply's end cut it off.
 * 2. Without a fence: `whole`, the text; or `lines` where words stand around the code: from its first line to its last.
 *
 * The alternatives: the `first`, the `last` and the `longest` of the same fences, and all of them `joined`.
 */
export function findCode(text: string, wanted: Wanted): Reading[] {
  const fences = readFences(text).filter((fence) => fence.code.trim() !== '')
  if (fences.length === 0) return unfenced(text, wanted)
  const own = fences.filter(({ info }) => isLabel(info, wanted.language))
  const likely = fences.filter((fence) => labelOf(fence.info) === '' || own.includes(fence))
  const candidates = likely.length > 0 ? likely : fences
  const defining = candidates.filter((fence) => defines(fence, wanted))
  const wrongly = defining.length > 0 ? [] : fences.filter((fence) => defines(fence, wanted))
  const chosen = defining.at(-1) ?? wrongly.at(-1) ?? longest(own.length > 0 ? own : candidates)
  const main = { rule: chosen.open ? 'open-fence' : 'fence', code: chosen.code }
  const first = defining[0] ?? candidates[0]!
  return distinct([
    main,
    { rule: 'last', code: candidates.at(-1)!.code },
    { rule: 'first', code: first.code },
    { rule: 'longest', code: longest(candidates).code },
    { rule: 'joined', code: candidates.map(({ code }) => code).join('\n') },
  ])
}

function unfenced(text: string, { language: name, entryPoint }: Wanted): Reading[] {
  if (text.trim() === '') return []
  const whole = { rule: 'whole', code: text }
  const lines = plainCode(text, name)
  if (lines === undefined || lines === text) return [whole]
  // Words around code are told from code only where the code is what was asked for.
  if (entryPoint === undefined || !definesName(lines, name, entryPoint)) return [whole]
  return [{ rule: 'lines', code: lines }, whole]
}

const longest = (fences: readonly Fence[]) =>
  fences.reduce((best, next) => (next.code.length > best.code.length ? next : best))

const defines = ({ code }: Fence, { language: name, entryPoint }: Wanted) =>
  entryPoint !== undefined && definesName(code, name, entryPoint)

/** Of `Solution.twoSum` the class has to be there. */
const definesName = (code: string, name: Language, entryPoint: string) =>
  language(name)?.defines(code, entryPoint.split('.', 1)[0]!) ?? code.includes(entryPoint)

/** Readings that differ in more than the space around them; the first of those that are the same. */
export function distinct(readings: readonly Reading[]): Reading[] {
  const seen = new Map<string, Reading>()
  for (const reading of readings) {
    const key = reading.code.trim()
    if (!seen.has(key)) seen.set(key, reading)
  }
  return [...seen.values()].slice(0, most + 1)
}
