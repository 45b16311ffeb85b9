import { z } from 'zod'
import { clip, matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({ ignore_case: z.boolean().default(true) })

/** Runs of white space count as one space, on both sides. */
export const scorer = matchScorer({
  name: 'contains',
  description: 'the expected text, or one of the references, stands in the reply',
  options,
  match(text, task, { ignore_case }) {
    const form = (s: string) => {
      const spaced = s.normalize('NFC').replace(/\s+/gu, ' ').trim()
      return ignore_case ? spaced.toLowerCase() : spaced
    }
    const right = rightAnswers('contains', task)
    const got = form(text)
    const passed = right.some((answer) => form(answer) !== '' && got.includes(form(answer)))
    return passed ? { passed } : { passed, detail: { expected: right.map((answer) => clip(answer, 200)) } }
  },
})
