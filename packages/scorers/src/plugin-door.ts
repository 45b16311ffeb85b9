/** What a scorer of someone's own is made of: all of `@bench/scorers` but the loading of such scorers. */
export type { ScorerRef } from '@bench/datasets'
export { readAnswer } from './answer.js'
export { defineScorer, type Judgement, type ScorerDefinition } from './define.js'
export * from './errors.js'
export { type JudgeOptions, openJudge } from './judge.js'
export { mean, passAt } from './metrics.js'
export { listScorers, scorer, scorerNames } from './registry.js'
export * from './spec.js'
export { type Sources, type TypeCheck, typeCheck } from './type-check.js'
export {
  runInWorkspace,
  type Step,
  type StepResult,
  type WorkspaceResult,
  type WorkspaceSpec,
} from './workspace.js'
