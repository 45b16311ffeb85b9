import type { Task } from '@bench/datasets'
import type { CallOptions, Completion } from '@bench/providers'
import { readAnswer, type ScorerDeps } from '@bench/scorers'
import { check } from './checks.js'
import { noReply } from './no-reply.js'
import type { AskedTask, SolverDeps, Step } from './spec.js'
import { openWorkspace } from './workspace.js'

/** What a solver may know of a task, and nothing else of it: no test, no expected value, no solution. */
export const askedOf = ({ id, prompt, system, category, difficulty, config, metadata }: Task): AskedTask => ({
  id,
  prompt,
  ...(system !== undefined && { system }),
  ...(category !== undefined && { category }),
  ...(difficulty !== undefined && { difficulty }),
  ...(config !== undefined && { config }),
  ...(metadata !== undefined && { metadata }),
})

export interface SolvingOf {
  readonly task: Task
  readonly call: CallOptions
  readonly options: unknown
  readonly signal: AbortSignal
  /** What visible checks run in; none are run where it is empty. */
  readonly boxes?: Pick<ScorerDeps, 'sandbox' | 'judge'>
  step?(step: Step): void
}

/** All that a solver has at hand for one attempt. */
export function solverDeps({ task, call, options, signal, boxes = {}, step }: SolvingOf): SolverDeps {
  const read = (completion: Completion) => readAnswer(task, completion)
  return {
    call,
    options,
    signal,
    read,
    check: (answer, { kind } = {}) => check(task, answer, { ...boxes, signal }, kind),
    workspace: () => openWorkspace(task, (text) => read({ ...noReply, text })),
    step: step ?? (() => {}),
    now: () => performance.now(),
  }
}
