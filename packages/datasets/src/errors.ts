export type DatasetErrorCode =
  | 'not_found'
  | 'unreadable'
  | 'syntax'
  | 'invalid'
  | 'unknown_dataset'
  | 'unknown_format'

/** A dataset that cannot be used. The message is one line: what, in which file and place, what to do next. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode

  constructor(code: DatasetErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
