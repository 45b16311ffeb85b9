import type { MappingOptions } from './mapping.js'
import type { PriceOptions } from './prices.js'

/** What a person asked of `bench bench`, as the options read. */
export interface BenchOptions extends MappingOptions, PriceOptions {
  readonly dataset?: string
  readonly providers?: readonly string[]
  readonly model?: readonly string[]
  readonly endpoint?: string
  readonly replies?: string
  readonly scorer?: readonly string[]
  readonly limit?: number
  readonly sample?: number
  readonly seed?: number
  readonly repeats: number
  /** One number, or bounds within which the limiter finds out how many; absent for its own bounds. */
  readonly concurrency?: number | { readonly start: number; readonly max: number }
  readonly strictSettings?: boolean
  readonly maxRetries?: number
  /** Seconds. */
  readonly retryDelay?: number
  readonly temperature?: number
  readonly maxTokens?: number
  readonly timeout?: number
  readonly output: string
  readonly export: 'json' | 'csv' | 'both'
  /** False: no cache; true: for models of one's own machine too; absent: for those that cost money. */
  readonly cache?: boolean
  readonly cacheOnly?: boolean
  readonly cacheDir?: string
  readonly batch?: boolean
  /** Seconds between two looks at a batch, at most. */
  readonly batchPoll?: number
  readonly resume?: string
  readonly dryRun?: boolean
  readonly preflight: boolean
  readonly sandbox?: string
  readonly yes?: boolean
  readonly maxCost?: number
  readonly allowUnpriced?: boolean
  readonly allowSelfJudged?: boolean
  readonly failUnder?: number
  readonly json?: boolean
}
