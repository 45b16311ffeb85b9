/** The seam of batches: many questions handed in at once, answered within a day, at a lower price. Types only. */

import type { CallOptions, Completion, Message } from '../call.js'
import type { ProviderErrorCode } from '../error-code.js'

/**
 * A provider's batches, for one model. Every method that sends anything sends it once, throws ProviderError, and
 * rejects with the signal's reason.
 */
export interface BatchService {
  /** Most questions that one batch may hold. */
  readonly maxRequests: number
  /** Most bytes that its lines may have together. */
  readonly maxBytes: number
  /** @param id letters, digits, `_` and `-`, 1 to 64, unique in its batch. @returns one line, newline included. */
  line(id: string, messages: readonly Message[], options: CallOptions): string
  /**
   * Hands a batch in, sending it once: whoever calls this twice pays twice. A fault that is `possiblyBilled` leaves
   * open whether it arrived: only {@link find} can tell.
   * @returns the provider's id
   */
  submit(batch: BatchRequests, signal: AbortSignal): Promise<string>
  /** Looks for a batch that may have been handed in, among those the provider has. */
  find(batch: LostBatch, signal: AbortSignal): Promise<BatchFound>
  look(id: string, signal: AbortSignal): Promise<BatchState>
  /**
   * An ended batch's results, in any order; some of its questions may have none.
   * @param each is given one line at a time, without newline
   * @throws ProviderError `cut` where not all of it came
   */
  results(state: BatchState, each: (line: string) => Promise<void>, signal: AbortSignal): Promise<void>
  /** Which question a line of the results answers; undefined where it does not say. */
  idOf(line: string): string | undefined
  /**
   * A line of the results as the reply to what was asked, priced as a batch.
   * @param line absent where there is none for the question
   * @throws ProviderError where it is no reply: refused, expired, cancelled, or nothing at all
   */
  read(
    line: string | undefined,
    messages: readonly Message[],
    options: CallOptions,
    state: BatchState,
  ): Promise<Completion>
}

export interface BatchRequests {
  /** Made up by the caller, unlike any other: letters, digits and `-`, at most 64. */
  readonly label: string
  readonly count: number
  /** Of all lines together. */
  readonly bytes: number
  /** Each made by {@link BatchService.line}; may be asked for again. */
  lines(): AsyncIterable<Uint8Array>
}

/** A batch of which nobody knows whether it was handed in. */
export interface LostBatch {
  readonly label: string
  readonly count: number
  /** When it was about to be handed in. */
  readonly at: Date
  /** Whether it holds a question of this id. */
  has(id: string): boolean
  /** Ids of batches that are known to be others. */
  readonly others: ReadonlySet<string>
}

/** `id` where it is there; `undecided` where it may be one that still works, and only its results will tell. */
export type BatchFound =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'absent' | 'undecided' }

export interface BatchState {
  readonly id: string
  /** Nothing more will come. */
  readonly ended: boolean
  /** UTC, ISO 8601. */
  readonly createdAt: string
  readonly endedAt?: string
  /** Questions dealt with, well or not; absent where it does not tell. */
  readonly done?: number
  /** Why a question of an ended batch that has no result has none; absent where every one should have. */
  readonly fault?: BatchFault
}

/** A fault as plain data, to be kept. */
export interface BatchFault {
  readonly code: ProviderErrorCode
  readonly message: string
  readonly retryable: boolean
}
