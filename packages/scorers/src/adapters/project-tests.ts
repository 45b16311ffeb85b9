import { z } from 'zod'
import { readingDetail } from '../answer/detail.js'
import { defineScorer } from '../define.js'
import { ScorerError } from '../errors.js'
import { passAt } from '../metrics.js'
import { checkProject } from '../verify/plan.js'
import { runnerOf } from '../verify/runners.js'
import { verifyProject } from '../verify.js'

/** Runs a project's own tests against the reply's files. The value is 1 if all of them pass, else 0. */
export const scorer = defineScorer({
  name: 'project-tests',
  description: 'the files in the reply pass the project’s own tests, run in a sandbox',
  metrics: [passAt(1)],
  runsCode: true,
  options: z.strictObject({}),
  async score({ task, answer }, { sandbox, signal }) {
    const { code } = task
    if (code?.kind !== 'project')
      throw new ScorerError('bad_options', `scorer project-tests: task ${task.id} has no project to judge by`)
    checkProject(task.id, code, runnerOf(code))
    if (answer.faults !== undefined)
      return {
        outcome: 'no_answer',
        value: 0,
        detail: { error: 'the files cannot be used', faults: answer.faults.slice(0, 50) },
      }
    if (answer.files === undefined) return { outcome: 'no_answer', value: 0 }
    if (!sandbox?.kinds.includes('assert')) {
      const what = sandbox ? `${sandbox.name} cannot run tests beside it` : 'there is no sandbox'
      throw new ScorerError(
        'no_sandbox',
        `scorer project-tests: task ${task.id} runs code and ${what}; install bubblewrap or start Docker`,
      )
    }
    const score = await verifyProject(code, answer.files, sandbox, signal)
    return { ...score, detail: { ...score.detail, ...readingDetail(answer) } }
  },
})
