export type SandboxErrorCode = 'unavailable' | 'unsupported' | 'bad_path' | 'failed' | 'unknown_driver'

/** The box itself failed, or cannot do what was asked; never a fault of the code that runs in it. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  readonly code: SandboxErrorCode

  constructor(code: SandboxErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
