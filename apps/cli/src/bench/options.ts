import type { ModelEntry } from '../config/model-entry.js'
import type { MappingOptions } from './mapping.js'
import type { PriceOptions } from './prices.js'

/** What a person asked of `bench bench`, as the options read. */
export interface BenchOptions extends MappingOptions, PriceOptions {
  readonly dataset?: string
  readonly providers?: readonly string[]
  /** Models that a file has settings for; which of them are asked is in `providers`. */
  readonly models?: readonly ModelEntry[]
  readonly model?: readonly string[]
  readonly endpoint?: string
  readonly replies?: string
  readonly scorer?: readonly string[]
  readonly limit?: number
  readonly sample?: number
  readonly seed?: number
  /** Each of them has the share in the sample that it has in the dataset. */
  readonly stratify?: 'difficulty' | 'category'
  /** Half-width of the 95 % interval, in percentage points, at which a model is asked no further. */
  readonly untilCi?: number
  /** `single`, `refine`, `agent`, or a module. */
  readonly solver?: string
  /** Of `refine`: rounds in which the model sees what failed. */
  readonly rounds?: number
  /** Of `agent`. */
  readonly maxIterations?: number
  /** Of whichever solver it is, by name; those that come from a stronger source are over those of a weaker. */
  readonly solverOptions?: Readonly<Record<string, string | number | boolean>>
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
  /** Seconds to the response's headers, to its first token, and between two tokens. */
  readonly timeoutHeaders?: number
  readonly timeoutFirstToken?: number
  readonly timeoutIdle?: number
  /** Milliseconds between two requests to one provider, at least. */
  readonly requestDelay?: number
  readonly output: string
  readonly export: 'json' | 'csv' | 'both'
  /** False: no cache; true: for models of one's own machine too; absent: for those that cost money. */
  readonly cache?: boolean
  readonly cacheOnly?: boolean
  readonly cacheDir?: string
  readonly batch?: boolean
  /** Seconds between two looks at a batch, at most. */
  readonly batchPoll?: number
  /** The file that settings were read from, or are to be. */
  readonly config?: string
  readonly resume?: string
  readonly dryRun?: boolean
  readonly preflight: boolean
  readonly sandbox?: string
  readonly yes?: boolean
  readonly maxCost?: number
  /** Seconds of this session. */
  readonly maxTime?: number
  /** Infrastructure errors at which the run ends. */
  readonly maxErrors?: number
  /** False: the run ends at the first infrastructure error. */
  readonly continueOnFailure?: boolean
  /** Replies that are judged at once; as many as there are cores where absent. */
  readonly judges?: number
  /** Postgres whose workers make the attempts. */
  readonly queue?: string
  readonly display?: 'full' | 'plain' | 'none'
  readonly allowUnpriced?: boolean
  readonly allowSelfJudged?: boolean
  readonly failUnder?: number
  readonly json?: boolean
  /** Names of those that a person wrote as flags: only these have to be written again to go on with a run. */
  readonly flagged?: ReadonlySet<string>
}
