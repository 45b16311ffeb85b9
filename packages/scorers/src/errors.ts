export type ScorerErrorCode = 'unknown_scorer' | 'bad_options' | 'bad_plugin' | 'no_sandbox'

/** A scorer that cannot be used as asked. The message says which, why and what to do. */
export class ScorerError extends Error {
  override readonly name = 'ScorerError'
  readonly code: ScorerErrorCode

  constructor(code: ScorerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
