export type RunnerErrorCode =
  | 'locked'
  | 'no_such_run'
  | 'bad_log'
  | 'bad_plan'
  | 'changed_dataset'
  | 'storage'
  | 'preflight'
  | 'unknown_solver'
  | 'no_sandbox'
  | 'queue'
  | 'queue_auth'

/** A run that cannot start or go on. What was recorded stays; the message says how to go on. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
  readonly code: RunnerErrorCode

  constructor(code: RunnerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** @throws RunnerError `bad_plan` where something is to be done so many at once that nothing would be */
export function refuseUnlessWhole(name: string, n: number): void {
  if (Number.isInteger(n) && n >= 1) return
  throw new RunnerError('bad_plan', `${name} must be a whole number from 1, not ${n}`)
}
