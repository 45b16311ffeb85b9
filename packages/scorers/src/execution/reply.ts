import type { Task } from '@bench/datasets'
import { ScorerError } from '../errors.js'
import { openJudge } from '../judge.js'
import type { Scorable, Score, ScorerDeps } from '../spec.js'

/**
 * Judges the code of a reply by its task's tests, with the run's judge or one opened for this reply alone.
 * @param name of the scorer, for messages
 * @throws ScorerError `bad_options` where the task has no code, `no_sandbox` where it cannot be judged
 */
export async function judgeReply(
  name: string,
  { task, answer: { code, rule, alternatives = [] } }: Scorable,
  { judge, sandbox, signal }: ScorerDeps,
  suite?: 'base',
): Promise<Score> {
  const spec = task.code
  if (!spec) throw new ScorerError('bad_options', `scorer ${name}: task ${task.id} has no "code" to judge by`)
  if (code === undefined) return { outcome: 'no_answer', value: 0 }
  if (!judge && !sandbox) throw noSandbox(name, task)
  await using own = judge ? undefined : openJudge(sandbox!, { size: 1 })
  const options = { ...(suite ? { suite } : {}), ...(signal ? { signal } : {}) }
  try {
    const score = await (judge ?? own!).judge(spec, code, options)
    const others = alternatives.length > 0 ? { extraction: 'disagreed' } : {}
    return { ...score, detail: { ...score.detail, ...(rule ? { rule } : {}), ...others } }
  } catch (error) {
    if (!(error instanceof ScorerError)) throw error
    throw new ScorerError(error.code, `scorer ${name}: task ${task.id}: ${error.message}`, error)
  }
}

const noSandbox = (name: string, { id }: Task): ScorerError =>
  new ScorerError(
    'no_sandbox',
    `scorer ${name}: task ${id} runs code and there is no sandbox; install bubblewrap or start Docker`,
  )
