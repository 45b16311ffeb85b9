import { z } from 'zod'
import { ScorerError } from '../errors.js'
import { digit } from '../ifeval/python-text.js'
import { matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({
  /** The right number; the last number of the task's `expected` where absent. */
  value: z.number().optional(),
  /** Largest absolute difference that passes. */
  tolerance: z.number().min(0).default(0),
})

/**
 * The number that the reply gives as its answer, against the right one. Of the first of these that the reply has:
 * 1. a line of GSM8K's own form, `#### 18`, with at most a unit behind the number; the last such line
 * 2. the last `\\boxed{…}`, and in it the last number
 * 3. the number right behind the last `answer is` or `answer:`, where no sum begins with it (`6 * 3 = 18`)
 * 4. the last number of the reply
 *
 * Read as numbers: `42`, `-3.5`, `−3.5`, `1,234.50`, `6.02e23`, `.5`, `3/4` and `\\frac{3}{4}` (0.75), `50%` (50), `$9`, `١٨` (18). A
 * unit's power (`m^2`) is none. A point or comma that ends a sentence belongs to the sentence. A hyphen is a minus sign only where no letter, digit or bracket stands before it, so
 * `10-12` ends in 12. What the task expects is read by the same rule.
 */
export const scorer = matchScorer({
  name: 'number',
  version: '3',
  description: 'the number a reply ends in, or marks with #### or \\boxed, is the expected one',
  options,
  match(text, task, { value, tolerance }) {
    const expected = value ?? answerOf(rightAnswers('number', task)[0]!)
    if (expected === undefined)
      throw new ScorerError(
        'bad_options',
        `scorer number: "expected" of task ${task.id} holds no number; set "value"`,
      )
    const got = answerOf(text)
    // The slack is a few units in the last place: 0.3 within 0.1 of 0.2 is true on paper and false in binary.
    const slack = tolerance > 0 ? 4 * Number.EPSILON * Math.max(1, Math.abs(expected)) : 0
    const passed = got !== undefined && Math.abs(got - expected) <= tolerance + slack
    return passed ? { passed } : { passed, detail: { expected, got: got ?? null } }
  },
})

const sign = String.raw`(?:(?<![\p{L}\p{N})\]])[-−+])?`
const whole = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)`
const decimal = String.raw`(?:${whole}(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?`
const number = new RegExp(
  `(?<sign>${sign})[$€£¥]?(?<top>${decimal})(?:/(?<bottom>\\d+(?:\\.\\d+)?)(?![\\d/]))?`,
  'gu',
)

/** The number and a unit in words or symbols, to the end of the line: a heading (`#### 2. Then`) is no answer. */
const marked = new RegExp(
  `^[ \\t]*####[ \\t]*(${number.source})[ \\t]*(?:[%°€£¥]|\\p{L}[\\p{L} \\t]{0,40})?[.!]?[ \\t]*\\r?$`,
  'gmu',
)

/** Right behind the word: every repetition is bounded, as replies are hostile. */
const stated = new RegExp(
  `\\banswer[*_]{0,3}(?:\\s{1,3}is\\b|\\s?[:=])(?:[ \\t*_$:(]|\\\\[([]){0,8}(${number.source})(?!\\d|[.,]\\d|\\s{0,3}(?:\\\\times|\\\\cdot|(?:[-+/×·÷=^]|(?<!\\*)\\*(?!\\*))\\s{0,3}[\\d(\\\\$]|[/:]\\d))`,
  'giu',
)

function answerOf(written: string): number | undefined {
  const text = simplified(written)
  const line = lastOf(text.matchAll(marked))?.[1]
  if (line !== undefined) return lastNumber(line)
  const said = lastOf(text.matchAll(stated))?.[1]
  return lastNumber(lastBox(text)) ?? (said === undefined ? undefined : lastNumber(said)) ?? lastNumber(text)
}

/** Fractions of LaTeX on one line, thousands without LaTeX' marks, no powers of units, digits of any script as ours. */
const simplified = (text: string) =>
  text
    .replace(/[^\P{Nd}0-9]/gu, digit)
    .replace(/\\[dt]?frac\s{0,3}\{\s{0,3}([^{}]{1,40})\}\s{0,3}\{\s{0,3}([^{}]{1,40})\}/g, '$1/$2')
    .replace(/(?<=\d)(?:\\[,!;]|\{,\})(?=\d{3}(?!\d))/g, ',')
    .replace(/(?<=[\p{L})}])\^(?:\d+|\{-?\d+\})/gu, '')

/** What the last `\\boxed{…}` holds, braces within it balanced; nothing where there is none. */
function lastBox(text: string): string {
  const start = text.lastIndexOf('\\boxed{') + '\\boxed{'.length
  if (start < '\\boxed{'.length) return ''
  let depth = 1
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}') depth--
    if (depth === 0) return text.slice(start, at)
  }
  return ''
}

function lastOf<T>(all: Iterable<T>): T | undefined {
  let last: T | undefined
  for (const one of all) last = one
  return last
}

function lastNumber(text: string): number | undefined {
  let last: number | undefined
  for (const { groups } of text.matchAll(number)) {
    const top = Number(groups!.top!.replaceAll(',', ''))
    const size = groups!.bottom === undefined ? top : top / Number(groups!.bottom)
    if (Number.isFinite(size)) last = groups!.sign === '-' || groups!.sign === '−' ? -size : size
  }
  return last
}
