import { z } from 'zod'
import { defineScorer } from '../define.js'
import { ScorerError } from '../errors.js'
import { judgeAssert } from '../execution/assert.js'
import { judgeIo } from '../execution/io.js'
import { settle, unanswered } from '../match.js'
import { mean, passAt } from '../metrics.js'

/**
 * Runs the reply's code against the task's tests. For input/output tasks the value is the weight of the cases passed over
 * the weight of all; for a set's own assertions 1 or 0. It passes only if every case does.
 */
export const scorer = defineScorer({
  name: 'code-tests',
  description: 'the code in the reply passes the task’s tests, run in a sandbox',
  metrics: [mean(), passAt(1)],
  runsCode: true,
  options: z.strictObject({}),
  async score(attempt, { sandbox, signal }) {
    const { task, answer } = attempt
    if (!task.code)
      throw new ScorerError('bad_options', `scorer code-tests: task ${task.id} has no "code" to judge by`)
    const early = unanswered(attempt, answer.code)
    if (early) return early
    if (!sandbox)
      throw new ScorerError(
        'no_sandbox',
        `scorer code-tests: task ${task.id} runs code and there is no sandbox; run bench doctor`,
      )
    if (!sandbox.kinds.includes(task.code.kind))
      throw new ScorerError(
        'no_sandbox',
        `scorer code-tests: ${sandbox.name} cannot judge ${task.id} (kind ${task.code.kind}); use bubblewrap or docker`,
      )
    const score =
      task.code.kind === 'io'
        ? await judgeIo(task.code, answer.code!, sandbox, signal)
        : await judgeAssert(task.code, answer.code!, sandbox, signal)
    return settle(attempt, {
      ...score,
      detail: { ...score.detail, ...(answer.rule ? { rule: answer.rule } : {}) },
    })
  },
})
