import { withoutSecrets } from './secrets.js'

export type ProviderErrorCode =
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'bad_request'
  | 'context_length'
  | 'rate_limit'
  | 'spend_cap'
  | 'overloaded'
  | 'server'
  | 'connect'
  | 'dns'
  | 'tls'
  /** The whole call's time ran out. */
  | 'timeout'
  /** No answer to the request within its time. */
  | 'timeout_headers'
  /** An answer began, but no token came. */
  | 'timeout_first_token'
  /** Tokens came, then none for too long. */
  | 'timeout_between_tokens'
  | 'content_filter'
  /** The connection broke in mid-reply. */
  | 'cut'
  /** The reply ended properly, but before it said why. */
  | 'incomplete'
  | 'malformed'
  /** Only cached replies were asked for, and there is none. */
  | 'cache_miss'

/** A fault of the wire or of a provider; never the model's answer. The message says what, to what, what next. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly code: ProviderErrorCode
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** Milliseconds the server asked us to wait. */
  readonly retryAfterMs?: number
  /** HTTP status, where there was one. */
  readonly status?: number
  /** Requests sent before giving up; absent where none was counted. */
  readonly tries?: number

  constructor(
    code: ProviderErrorCode,
    message: string,
    more: {
      retryable?: boolean
      retryAfterMs?: number
      status?: number
      tries?: number
      cause?: unknown
    } = {},
  ) {
    super(withoutSecrets(message), more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.retryable = more.retryable ?? false
    if (more.retryAfterMs !== undefined) this.retryAfterMs = more.retryAfterMs
    if (more.status !== undefined) this.status = more.status
    if (more.tries !== undefined) this.tries = more.tries
  }
}
