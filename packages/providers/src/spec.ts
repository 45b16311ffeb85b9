/** The provider seam: who is asked, and what came back. Types only. */

import type { BatchService } from './batch/spec.js'
import type { CallOptions, Completion, Message } from './call.js'
import type { Clock } from './clock.js'
import type { Limiter } from './limits/spec.js'

export type * from './call.js'

/** Dollars per million tokens. */
export interface Rates {
  readonly inputPerMillion: number
  readonly outputPerMillion: number
  /** As `inputPerMillion` where absent. */
  readonly cacheReadPerMillion?: number
  /** As `inputPerMillion` where absent. */
  readonly cacheWritePerMillion?: number
  /** Of what is to last an hour; as `cacheWritePerMillion` where absent. */
  readonly cacheWrite1hPerMillion?: number
  /** As `outputPerMillion` where absent. */
  readonly reasoningPerMillion?: number
}

/** What a model asks, on a date. */
export interface Price extends Rates {
  /** Dollars for each request besides its tokens. */
  readonly perRequest?: number
  /** Rates of long prompts, the longest last: all tokens of a call whose input is over the bound are charged so. */
  readonly tiers?: readonly ({ readonly overInputTokens: number } & Rates)[]
  /** What the batch API asks, of all this; no batch price is known where absent. */
  readonly batchFactor?: number
  /** `config`, `local`, a dated price list as in {@link Cost.source}, or the provider that lists it. */
  readonly source: string
}

export interface Model {
  /** `provider:model`, e.g. `anthropic:claude-opus-4-5`, `ollama:qwen2.5-coder:7b`, or a bare control: `oracle`. */
  readonly id: string
  /** Absent means unknown, and unknown is never zero. */
  readonly price?: Price
  /** Runs on this machine or costs nothing by nature; needs no permission to spend. */
  readonly local?: boolean
  /** Answers from the task itself (`oracle`, `null`, `replay`); is told which task it is asked. */
  readonly control?: boolean
  /**
   * Asks once and returns the whole reply.
   * @throws ProviderError for every fault of the wire or the provider; an abort rejects with the signal's reason.
   */
  generate(messages: readonly Message[], options: CallOptions): Promise<Completion>
  /** What `generate` would ask, without asking. Absent where nothing goes over a wire. */
  question?(messages: readonly Message[], options: CallOptions): Question
  /** Absent where the provider has no batches. */
  readonly batch?: BatchService
}

/**
 * What a call asks, as plain data: equal questions have the same answers to draw from. No key is in it, and nothing
 * that leaves the reply as it is: how it is brought, how long one waits for it, which task it is for.
 */
export interface Question {
  /** Base URL of the endpoint. */
  readonly endpoint: string
  /** The request as the provider's API takes it, the model's name and the settings that are sent among it. */
  readonly body: Readonly<Record<string, unknown>>
  /** A setting that the model refuses is to be a fault, and not left out. */
  readonly strict?: boolean
}

/** What a person may set per provider or model; every adapter reads what concerns it. */
export interface ModelSettings {
  readonly apiKey?: string
  /** Base URL of the endpoint. */
  readonly endpoint?: string
  /** Whole-call time limit in milliseconds; 120,000 by default. */
  readonly timeoutMs?: number
  /** 0–10; 3 by default. */
  readonly maxRetries?: number
  /** First wait between tries in milliseconds, doubled each time, with full jitter; 2,000 by default. */
  readonly retryDelayMs?: number
  /** The longest wait that a server may ask for in milliseconds; a longer one ends the call. 60,000 by default. */
  readonly maxRetryAfterMs?: number
  /** Longest wait of one try for the reply's headers in milliseconds; 300,000 by default, 600,000 for a local model. */
  readonly headersTimeoutMs?: number
  /** Longest wait of one try for a token in milliseconds, signs of life or not; as {@link headersTimeoutMs}. */
  readonly firstTokenTimeoutMs?: number
  /** Longest silence in mid-reply in milliseconds, neither token nor sign of life; 60,000 by default. */
  readonly idleTimeoutMs?: number
  /** OpenRouter: sent as `HTTP-Referer` and `X-Title`, only where set. */
  readonly siteUrl?: string
  readonly appName?: string
  /** Keep each reply's body as it came: {@link Completion.raw}. */
  readonly keepRaw?: boolean
  /** Ollama: tokens of prompt and reply together (`num_ctx`); absent, as many as the prompt may need. */
  readonly contextLength?: number
  /** `openai-compatible`: its endpoint has OpenAI's Batch API. */
  readonly batches?: boolean
  /** `replay`: the file of recorded completions. */
  readonly file?: string
  /** What the model costs, in place of what any list says. */
  readonly price?: Omit<Price, 'source'>
  /** A setting that the model does not take is a fault, instead of being left out with a warning. */
  readonly strictSettings?: boolean
  /** Holds requests back, for all models that are given the same one; by default the process's own. */
  readonly limiter?: Limiter
  /** Time and chance, for tests that need not wait; not of a configuration. */
  readonly clock?: Clock
}

export interface ModelInfo {
  /** As it is written after `provider:`. */
  readonly name: string
  readonly contextLength?: number
  readonly price?: Price
  /** What it takes; an absent one is unknown. */
  readonly supports?: Supports
}

export interface Supports {
  readonly temperature?: boolean
  readonly seed?: boolean
  readonly stop?: boolean
  readonly tools?: boolean
  readonly logprobs?: boolean
}

/** One provider: how its models are made and found. One adapter file exports one of these as `provider`. */
export interface Provider {
  readonly name: string
  /** Environment variable of the key; absent where none is needed. */
  readonly keyVariable?: string
  /** Environment variable of the endpoint (`OLLAMA_HOST`); absent where the endpoint comes from settings only. */
  readonly endpointVariable?: string
  readonly local?: boolean
  readonly control?: boolean
  /** The model used when a person names only the provider; absent where one must be named. */
  readonly defaultModel?: string
  /** @throws ProviderError `auth` without a key, `bad_request` for settings it cannot use. */
  model(name: string, settings: ModelSettings): Promise<Model>
  /** Models reachable now. Short time limit, no retry. @throws ProviderError where they cannot be listed. */
  list?(settings: ModelSettings): Promise<readonly ModelInfo[]>
}
