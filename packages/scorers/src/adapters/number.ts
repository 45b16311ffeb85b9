import { z } from 'zod'
import { ScorerError } from '../errors.js'
import { matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({
  /** The right number; the last number of the task's `expected` where absent. */
  value: z.number().optional(),
  /** Largest absolute difference that passes. */
  tolerance: z.number().min(0).default(0),
})

/**
 * The last number of the reply, against the right one. Read as numbers: `42`, `-3.5`, `−3.5`, `1,234.50`, `6.02e23`, `.5`,
 * `3/4` (0.75), `50%` (50), `$9`. A point or comma that ends a sentence belongs to the sentence. A hyphen is a
 * minus sign only where no letter, digit or bracket stands before it, so `10-12` ends in 12.
 */
export const scorer = matchScorer({
  name: 'number',
  description: 'the last number of the reply is the expected one, within a tolerance',
  options,
  match(text, task, { value, tolerance }) {
    const expected = value ?? lastNumber(rightAnswers('number', task)[0]!)
    if (expected === undefined)
      throw new ScorerError(
        'bad_options',
        `scorer number: "expected" of task ${task.id} holds no number; set "value"`,
      )
    const got = lastNumber(text)
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

function lastNumber(text: string): number | undefined {
  let last: number | undefined
  for (const { groups } of text.matchAll(number)) {
    const top = Number(groups!.top!.replaceAll(',', ''))
    const size = groups!.bottom === undefined ? top : top / Number(groups!.bottom)
    if (Number.isFinite(size)) last = groups!.sign === '-' || groups!.sign === '−' ? -size : size
  }
  return last
}
