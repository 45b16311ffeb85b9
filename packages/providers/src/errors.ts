import type { Attempt, Cost, Usage } from './call.js'
import type { ProviderErrorCode } from './error-code.js'
import { withoutSecrets } from './secrets.js'

export type { ProviderErrorCode }

/** What is known of a fault besides its class. */
export interface FaultDetail {
  readonly retryable?: boolean | undefined
  readonly retryAfterMs?: number | undefined
  readonly status?: number | undefined
  readonly tries?: number | undefined
  readonly attempts?: readonly Attempt[] | undefined
  readonly usage?: Usage | undefined
  readonly cost?: Cost | undefined
  readonly possiblyBilled?: boolean | undefined
  readonly cause?: unknown
}

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
  /** Each of those requests, in order. */
  readonly attempts?: readonly Attempt[]
  /** Tokens that the last request reported before it failed. */
  readonly usage?: Usage
  /** What the failed requests are known to have cost, all together. */
  readonly cost?: Cost
  /**
   * A request had left, the provider did not refuse it, and it may bill what it did not report. Absent where that
   * is unknown.
   */
  readonly possiblyBilled?: boolean

  constructor(code: ProviderErrorCode, message: string, more: FaultDetail = {}) {
    super(withoutSecrets(message), more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.retryable = more.retryable ?? false
    if (more.retryAfterMs !== undefined) this.retryAfterMs = more.retryAfterMs
    if (more.status !== undefined) this.status = more.status
    if (more.tries !== undefined) this.tries = more.tries
    if (more.attempts !== undefined) this.attempts = more.attempts
    if (more.usage !== undefined) this.usage = more.usage
    if (more.cost !== undefined) this.cost = more.cost
    if (more.possiblyBilled !== undefined) this.possiblyBilled = more.possiblyBilled
  }

  /** The same fault, with more known of it. */
  with(more: FaultDetail, message = this.message): ProviderError {
    const { code, retryable, retryAfterMs, status, tries, attempts, usage, cost, possiblyBilled, cause } =
      this
    return new ProviderError(code, message, {
      ...{ retryable, retryAfterMs, status, tries, attempts, usage, cost, possiblyBilled, cause },
      ...more,
    })
  }
}
