import { z } from 'zod'
import { type Check, checkShape, describe, holds } from '../instruction-checks.js'
import { matchScorer } from '../match.js'

const options = z.strictObject({ checks: z.array(checkShape).min(1) })

/** The value is the share of checks that hold; the reply passes only if all do. */
export const scorer = matchScorer<{ checks: Check[] }>({
  name: 'instructions',
  description: 'the reply keeps to what was asked of its form: counts, words, letters, lists',
  options,
  match(text, _task, { checks }) {
    const failed = checks.filter((check) => !holds(check, text))
    const value = (checks.length - failed.length) / checks.length
    if (failed.length === 0) return { passed: true, value }
    return { passed: false, value, detail: { failed: failed.map(describe), checks: checks.length } }
  },
})
