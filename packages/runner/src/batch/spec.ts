/** Batches of a run: many questions handed in at once, answered hours later. Types only. */
import type { Model } from '@bench/providers'

/** What a live view may show of a batch. */
export interface BatchEvent {
  readonly type: 'batch'
  readonly label: string
  readonly model: string
  /** The provider's id; absent until it is known. */
  readonly id?: string
  /**
   * `sent`: handed in just now. `found`: handed in by an earlier part of the run. `lost`: nobody knows yet whether it was.
   * `working`: looked at. `fetched`: its results are durable. `waiting`: the provider cannot be asked just now.
   */
  readonly state: 'sent' | 'found' | 'lost' | 'working' | 'fetched' | 'waiting'
  /** Questions in it. */
  readonly count: number
  /** Questions dealt with, where the provider tells. */
  readonly done?: number
  /** Why it is `waiting`. */
  readonly message?: string
}

/** Answers that have come in batches, for the attempts that asked. */
export interface BatchAnswers {
  /** A model that answers an attempt out of its batches, and sends nothing: what is not there is `NotAnswered`. */
  model(model: Model, attemptKey: string): Model
}

export interface BatchOptions {
  /** Milliseconds between two looks at what works: the first, and the most it grows to. 5,000 and 60,000 by default. */
  readonly pollMs?: { readonly first: number; readonly most: number }
  /**
   * How long a batch of which nobody knows may still turn up in the provider's list, in milliseconds; 60,000 by
   * default. Only then is it handed in again.
   */
  readonly settleMs?: number
  /** How often a question is put again whose batch failed it for no fault of its own; 2 by default. */
  readonly maxRetries?: number
}
