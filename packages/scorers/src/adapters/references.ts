import { z } from 'zod'
import { clip, matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({ ignore_case: z.boolean().default(true) })

/** Both sides after NFKC, with runs of white space as one space and without punctuation at the ends. */
export const scorer = matchScorer({
  name: 'references',
  description: 'the reply is one of several right answers, but for case, spacing and punctuation at the ends',
  options,
  match(text, task, { ignore_case }) {
    const form = (s: string) => (ignore_case ? normalise(s).toLowerCase() : normalise(s))
    const right = rightAnswers('references', task)
    const got = form(text)
    const passed = right.some((answer) => form(answer) === got)
    return passed
      ? { passed }
      : { passed, detail: { expected: right.map((answer) => clip(answer, 200)), got: clip(text) } }
  },
})

/** Text that is nothing but punctuation stays as it is: `+` is an answer too. */
function normalise(text: string): string {
  const spaced = text.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  const letters = [...spaced]
  const inner = (letter: string) => !/[\p{P}\s]/u.test(letter)
  const first = letters.findIndex(inner)
  return first < 0 ? spaced : letters.slice(first, letters.findLastIndex(inner) + 1).join('')
}
