/**
 * What became of an attempt, and what that means for every place that names it: one table.
 * `denominator`: whether it counts in the score. `status`: the exported status, which tells only whether a reply
 * was won. `errorType`: the tracker's word; undefined where the problem has no result at all.
 */
export const outcomes = {
  pass: { denominator: true, status: 'Success', errorType: null },
  wrong_answer: { denominator: true, status: 'Success', errorType: 'wrong_answer' },
  syntax: { denominator: true, status: 'Success', errorType: 'syntax' },
  runtime: { denominator: true, status: 'Success', errorType: 'runtime' },
  memory: { denominator: true, status: 'Success', errorType: 'runtime' },
  output_limit: { denominator: true, status: 'Success', errorType: 'runtime' },
  crash: { denominator: true, status: 'Success', errorType: 'runtime' },
  forged: { denominator: true, status: 'Success', errorType: 'runtime' },
  time_limit: { denominator: true, status: 'Success', errorType: 'timeout' },
  no_answer: { denominator: true, status: 'Success', errorType: 'wrong_answer' },
  truncated: { denominator: true, status: 'Success', errorType: 'wrong_answer' },
  refused: { denominator: true, status: 'Success', errorType: 'wrong_answer' },
  timeout: { denominator: false, status: 'Timeout', errorType: 'timeout' },
  infra: { denominator: false, status: 'Failure', errorType: undefined },
  unjudged: { denominator: false, status: 'Success', errorType: undefined },
  not_run: { denominator: false, status: 'Skipped', errorType: undefined },
} as const

export type AttemptOutcome = keyof typeof outcomes
export type ExportedStatus = (typeof outcomes)[AttemptOutcome]['status']

export const outcomeNames = Object.keys(outcomes) as readonly AttemptOutcome[]
