import { z } from 'zod'
import { clip, matchScorer } from '../match.js'
import { compilePattern, patternOptions, testPattern } from '../pattern.js'

const options = z.strictObject({
  ...patternOptions,
  /** Whether the reply passes where the pattern is not found. */
  invert: z.boolean().default(false),
})

/** A search over the trimmed reply by a JavaScript pattern. One that takes over a second on a reply does not pass. */
export const scorer = matchScorer({
  name: 'regex',
  description: 'a pattern is found in the reply',
  options: options.superRefine(({ pattern, flags }, check) => {
    const wrong = compilePattern(pattern, flags)
    if (wrong) check.addIssue({ code: 'custom', path: ['pattern'], message: wrong })
  }),
  match(text, _task, { pattern, flags, invert }) {
    const found = testPattern(pattern, flags, text)
    if (found === 'timeout')
      return { passed: false, detail: { pattern: clip(pattern, 500), error: 'took over 1 s' } }
    const passed = found !== invert
    return passed ? { passed } : { passed, detail: { pattern: clip(pattern, 500), found } }
  },
})
