import { z } from 'zod'
import { clip, matchScorer, rightAnswers } from '../match.js'

const options = z.strictObject({
  ignore_case: z.boolean().default(false),
  /** Whether white space at the ends is ignored. */
  trim: z.boolean().default(true),
})

/** Compares code point by code point, after NFC: two spellings of one accented letter are one letter. */
export const scorer = matchScorer({
  name: 'exact',
  description: 'the reply is the expected text, or one of the references',
  options,
  match(text, task, { ignore_case, trim }, raw) {
    const form = (s: string) => fold((trim ? s.trim() : s).normalize('NFC'), ignore_case)
    const right = rightAnswers('exact', task)
    const got = form(trim ? text : raw)
    const passed = right.some((answer) => form(answer) === got)
    return passed ? { passed } : { passed, detail: { expected: clip(right[0]!), got: clip(text) } }
  },
})

const fold = (text: string, ignoreCase: boolean) => (ignoreCase ? text.toLowerCase() : text)
