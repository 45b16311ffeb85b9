import type { SandboxDriver } from '@bench/sandbox'
import { z } from 'zod'
import { defineScorer } from '../define.js'
import { ScorerError } from '../errors.js'
import { judgeAssert } from '../execution/assert.js'
import { judgeIo } from '../execution/io.js'
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
  async score({ task, answer: { code, rule } }, { sandbox, signal }) {
    const spec = task.code
    if (!spec)
      throw new ScorerError('bad_options', `scorer code-tests: task ${task.id} has no "code" to judge by`)
    if (code === undefined) return { outcome: 'no_answer', value: 0 }
    if (spec.kind !== 'io' && spec.kind !== 'assert')
      throw new ScorerError('bad_options', `scorer code-tests: code of kind ${spec.kind} is not judged yet`)
    if (!sandbox?.kinds.includes(spec.kind)) throw noSandbox(task.id, spec.kind, sandbox)
    const score =
      spec.kind === 'io'
        ? await judgeIo(spec, code, sandbox, signal)
        : await judgeAssert(spec, code, sandbox, signal)
    return { ...score, detail: { ...score.detail, ...(rule ? { rule } : {}) } }
  },
})

function noSandbox(task: string, kind: string, sandbox?: SandboxDriver): ScorerError {
  const what = sandbox ? `${sandbox.name} cannot judge tests of kind ${kind}` : 'there is no sandbox'
  return new ScorerError(
    'no_sandbox',
    `scorer code-tests: task ${task} runs code and ${what}; install bubblewrap or start Docker`,
  )
}
