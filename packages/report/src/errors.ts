export type ReportErrorCode = 'unknown_format' | 'unknown_field'

/** A report that cannot be written as asked. The message says what, and which name was probably meant. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
  readonly code: ReportErrorCode

  constructor(code: ReportErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
