/** The provider seam: who is asked, and what came back. Types only. */

export type Role = 'system' | 'user' | 'assistant'

export interface Message {
  readonly role: Role
  readonly content: string
}

/** What is asked of a model besides the messages. An absent setting is left to the provider's own default. */
export interface CallOptions {
  /** 0–2. */
  readonly temperature?: number
  /** Most tokens the reply may hold, reasoning included where the provider counts it so. */
  readonly maxTokens?: number
  /** 0–1. */
  readonly topP?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  /** Milliseconds for the whole call, all tries together. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Which task is asked. Only {@link Model.control controls} are told; a real model never learns it. */
  readonly task?: ControlTask
}

/** What a control needs to answer without a model. */
export interface ControlTask {
  readonly id: string
  /** 0 is the first. */
  readonly repeat: number
  /** The task's reference solution or reference reply; absent where the dataset has none. */
  readonly reference?: string
}

export type FinishReason = 'stop' | 'length' | 'refusal' | 'tool_calls' | 'other'

/** Tokens as the provider counted them. An absent count is unknown, never zero. */
export interface Usage {
  /** All prompt tokens, cached ones included. */
  readonly input?: number
  readonly output?: number
  /** The part of `input` that was read from the provider's cache. */
  readonly cacheRead?: number
  /** The part of `input` that was written to the provider's cache. */
  readonly cacheWrite?: number
  /** The part of `output` that was reasoning. */
  readonly reasoning?: number
}

export interface Cost {
  /** US dollars for this call, all its tries together. */
  readonly usd: number
  /** `reported` by the provider, or computed from a dated price list: `genai-prices@0.1.8`. */
  readonly source: string
}

/** Wall-clock facts of one call. Durations in milliseconds, from when the first try was sent. */
export interface Timing {
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly totalMs: number
  /** First token of any channel, reasoning included; absent where nothing was streamed. */
  readonly firstTokenMs?: number
  /** Output tokens per second over the decode phase (first to last token); absent where either is unknown. */
  readonly tokensPerSecond?: number
}

/** What came back: the whole reply of one call. */
export interface Completion {
  readonly text: string
  /**
   * How the text relates to the prompt. `chat` (the default): a reply in which code has to be found.
   * `continuation`: it goes on where the prompt ends, as a base model's does. `program`: the whole code, as it is.
   */
  readonly form?: 'chat' | 'continuation' | 'program'
  /** The model's reasoning, kept apart from its answer. */
  readonly reasoning?: string
  readonly finish: FinishReason
  /** The provider's own word for `finish`. */
  readonly finishRaw?: string
  /** The model that says it answered, which may differ from the one asked. */
  readonly served?: string
  /** What pins the served weights or system down: `system_fingerprint`, upstream provider, digest. */
  readonly fingerprint?: string
  readonly usage: Usage
  /** Absent means unknown. A local model costs `{ usd: 0, source: 'local' }`. */
  readonly cost?: Cost
  readonly timing: Timing
  /** Requests sent, 1 or more. */
  readonly tries: number
  /** Settings that were ignored and other things a reader of the record should know. */
  readonly warnings: readonly string[]
}

/** Dollars per million tokens, on a date. */
export interface Price {
  readonly inputPerMillion: number
  readonly outputPerMillion: number
  /** `genai-prices@0.1.8`, `config`, `local`. */
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
  /** OpenRouter: sent as `HTTP-Referer` and `X-Title`, only where set. */
  readonly siteUrl?: string
  readonly appName?: string
  /** `replay`: the file of recorded completions. */
  readonly file?: string
}

export interface ModelInfo {
  /** As it is written after `provider:`. */
  readonly name: string
  readonly contextLength?: number
  readonly price?: Price
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
