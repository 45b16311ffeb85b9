/** The limiter's seam: who may send a request, and when. Types only. */

import type { Usage } from '../call.js'

/**
 * Holds requests back so that a provider need not refuse them. One limiter serves all models of a process (or, where
 * many workers share a key, of them all); everything with the same `lane` shares one allowance.
 */
export interface Limiter {
  /** Resolves when the request may be sent. @throws the signal's reason, promptly, if it aborts first */
  acquire(request: LimitedRequest): Promise<Permit>
  /** How each lane stands now: for a live view. */
  lanes?(): readonly LaneState[]
}

/** One request as a limiter sees it: a single try, never a whole call with its waits. */
export interface LimitedRequest {
  /** Who shares an allowance: the endpoint, and a hash of the key. */
  readonly lane: string
  readonly model: string
  /** Tokens of the prompt, estimated. */
  readonly inputTokens: number
  /** The most the reply may hold; absent where there is no limit. */
  readonly maxTokens?: number | undefined
  /** Its server works on one request after the other: more at once would only wait there, and their time look long. */
  readonly serial?: boolean | undefined
  /** It was refused before, and goes ahead of those that have not been sent yet. */
  readonly again?: boolean | undefined
  /** Where the provider refuses without saying for how long: about the first wait, in milliseconds. */
  readonly retryDelayMs: number
  readonly signal?: AbortSignal | undefined
}

/** Leave to send one request. */
export interface Permit {
  /** To be told the headers of the answer, as soon as they are there. Names in lower case. */
  answered(header: (name: string) => string | undefined): void
  /** Gives the slot back, with what came of it. Only the first call counts. */
  release(end: { readonly usage?: Usage | undefined; readonly error?: unknown }): void
}

export interface LaneState {
  readonly lane: string
  /** Requests under way. */
  readonly running: number
  /** How many may be under way now: 0 while the provider asked for quiet. */
  readonly allowed: number
  readonly waiting: number
  /** What holds the next one back; absent where nothing waits. `delay`: the spacing that a person asked for. */
  readonly heldBy?: 'concurrency' | 'allowance' | 'pause' | 'delay' | undefined
}

/** How many requests may be under way at once in each lane: one fixed number, or within bounds, found out. */
export type ConcurrencyRange =
  | number
  | { readonly start?: number; readonly min?: number; readonly max?: number }
