import { z } from 'zod'
import { defineScorer } from '../define.js'
import { judgeReply } from '../execution/reply.js'
import { mean, passAt } from '../metrics.js'

/**
 * Runs the reply's code against the task's tests. For input/output tasks the value is the weight of the cases passed over
 * the weight of all; otherwise 1 or 0. It passes only if every case does.
 */
export const scorer = defineScorer({
  name: 'code-tests',
  description: 'the code in the reply passes the task’s tests, run in a sandbox',
  version: '2',
  metrics: [mean(), passAt(1)],
  runsCode: true,
  options: z.strictObject({}),
  score: (attempt, deps) => judgeReply('code-tests', attempt, deps),
})
