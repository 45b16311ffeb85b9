export type DatasetErrorCode =
  | 'not_found'
  | 'unreadable'
  | 'syntax'
  | 'invalid'
  | 'changed'
  | 'unknown_dataset'
  | 'unknown_format'
  | 'bad_option'
  | 'unreachable'
  | 'unauthorized'
  | 'rate_limited'
  | 'checksum'

/** A dataset that cannot be used. The message is one line: what, in which file and place, what to do next. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly code: DatasetErrorCode
  /** Every fault found in the file, one line each with its place, the first being the message's; at most 100. */
  readonly faults: readonly string[]

  constructor(code: DatasetErrorCode, message: string, cause?: unknown, faults: readonly string[] = []) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.faults = faults
  }
}
