import { z } from 'zod'
import { defineScorer } from '../define.js'
import { ScorerError } from '../errors.js'
import { judgeReply } from '../execution/reply.js'
import { mean, passAt } from '../metrics.js'

/** Runs the reply's code against the tests of the set that EvalPlus began with: HumanEval's of HumanEval+, MBPP's of MBPP+. */
export const scorer = defineScorer({
  name: 'base-tests',
  description: 'the code in the reply passes the tests that the set had before EvalPlus added more',
  metrics: [mean(), passAt(1)],
  runsCode: true,
  options: z.strictObject({}),
  score(attempt, deps) {
    const { id, code } = attempt.task
    if (code?.kind !== 'reference')
      throw new ScorerError('bad_options', `scorer base-tests: task ${id} has no tests added to a base`)
    return judgeReply('base-tests', attempt, deps, 'base')
  },
})
