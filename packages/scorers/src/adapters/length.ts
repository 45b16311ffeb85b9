import { z } from 'zod'
import { matchScorer } from '../match.js'
import { measure, units } from '../measure.js'

const options = z
  .strictObject({
    unit: z.enum(units),
    min: z.number().int().min(0).optional(),
    max: z.number().int().min(0).optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'needs "min" or "max"')
  .refine(({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max, '"min" is above "max"')

/** Counted as `measure.ts` says. Both ends are within. */
export const scorer = matchScorer({
  name: 'length',
  description: 'the reply has so many words, characters, sentences, lines or paragraphs',
  options,
  match(text, _task, { unit, min = 0, max = Number.POSITIVE_INFINITY }) {
    const got = measure(text, unit)
    const passed = got >= min && got <= max
    return passed
      ? { passed }
      : { passed, detail: { unit, got, min, ...(Number.isFinite(max) ? { max } : {}) } }
  },
})
