import { amount, count, type Kind, onOff, perMillion, text, texts, type ValueOf } from './kinds.js'

/** One setting of one model of a file, said once. */
interface ModelOption {
  readonly kind: Kind
  readonly about: string
  /** Where it goes, and in what unit: a call's seconds are milliseconds there. */
  readonly to?: 'call' | 'settings'
  readonly as?: string
  readonly seconds?: true
  /** The run's option that is the same for all models: as a flag it beats this one. */
  readonly run?: string
  readonly secret?: true
}

const long = amount(0.001, 86_400)

/** What a file may say of one model. */
const modelOptions = {
  provider: { kind: text, about: 'openai, ollama, …; local is any OpenAI-compatible server at endpoint' },
  model: { kind: text, about: 'the model, as its provider names it' },
  name: { kind: text, about: 'the model where model is absent; else a label, for people' },
  api_key: {
    kind: text,
    about: `its key, best as \${VARIABLE} (default: the variable of the provider)`,
    to: 'settings',
    as: 'apiKey',
    secret: true,
  },
  endpoint: {
    kind: text,
    about: 'base URL of its server',
    to: 'settings',
    as: 'endpoint',
    run: 'endpoint',
    secret: true,
  },
  temperature: {
    kind: amount(0, 2),
    about: '0 to 2',
    to: 'call',
    as: 'temperature',
    run: 'temperature',
  },
  max_tokens: {
    kind: count(1),
    about: 'most tokens of a reply; 100 to 8000 is usual',
    to: 'call',
    as: 'maxTokens',
    run: 'maxTokens',
  },
  top_p: { kind: amount(0, 1), about: '0 to 1', to: 'call', as: 'topP' },
  seed: {
    kind: count(0),
    about: 'seed of its sampling, where the provider takes one',
    to: 'call',
    as: 'seed',
  },
  stop: { kind: texts, about: 'where a reply is cut', to: 'call', as: 'stop' },
  timeout: {
    kind: amount(30, 600),
    about: 'seconds for one call, 30 to 600 (default: 120)',
    to: 'call',
    as: 'timeoutMs',
    seconds: true,
    run: 'timeout',
  },
  timeout_headers: {
    kind: long,
    about: 'seconds until a reply begins',
    to: 'settings',
    as: 'headersTimeoutMs',
    seconds: true,
    run: 'timeoutHeaders',
  },
  timeout_first_token: {
    kind: long,
    about: 'seconds until its first token',
    to: 'settings',
    as: 'firstTokenTimeoutMs',
    seconds: true,
    run: 'timeoutFirstToken',
  },
  timeout_idle: {
    kind: long,
    about: 'seconds of silence in mid-reply',
    to: 'settings',
    as: 'idleTimeoutMs',
    seconds: true,
    run: 'timeoutIdle',
  },
  max_retries: {
    kind: count(0, 10),
    about: 'tries of a call beyond the first, 0 to 10 (default: 3)',
    to: 'settings',
    as: 'maxRetries',
    run: 'maxRetries',
  },
  retry_delay: {
    kind: amount(0.1, 60),
    about: 'seconds of the first wait between two tries, 0.1 to 60 (default: 2)',
    to: 'settings',
    as: 'retryDelayMs',
    seconds: true,
    run: 'retryDelay',
  },
  price: {
    kind: perMillion,
    about: 'dollars per million tokens: IN/OUT, or input_per_million, output_per_million, …',
    to: 'settings',
    as: 'price',
  },
  context_length: {
    kind: count(256, 16_777_216),
    about: 'Ollama: tokens of prompt and reply together',
    to: 'settings',
    as: 'contextLength',
  },
  strict_settings: {
    kind: onOff,
    about: 'a setting that it does not take is an error',
    to: 'settings',
    as: 'strictSettings',
    run: 'strictSettings',
  },
  replies: {
    kind: text,
    about: 'replay: the file of recorded completions',
    to: 'settings',
    as: 'file',
    run: 'replies',
  },
  site_url: { kind: text, about: 'OpenRouter: sent as HTTP-Referer', to: 'settings', as: 'siteUrl' },
  app_name: { kind: text, about: 'OpenRouter: sent as X-Title', to: 'settings', as: 'appName' },
} as const satisfies Readonly<Record<string, ModelOption>>

/** The table as what reads it needs it. */
export const modelTable: Readonly<Record<string, ModelOption>> = modelOptions

/** Dollars per million tokens, by kind of token: the parts of a price, and what they are called elsewhere. */
export const priceParts = {
  input_per_million: 'inputPerMillion',
  output_per_million: 'outputPerMillion',
  cache_read_per_million: 'cacheReadPerMillion',
  cache_write_per_million: 'cacheWritePerMillion',
  cache_write_1h_per_million: 'cacheWrite1hPerMillion',
  reasoning_per_million: 'reasoningPerMillion',
  per_request: 'perRequest',
  batch_factor: 'batchFactor',
} as const

/** A price as a file has it. */
export type PriceConfig = string | { readonly [Part in keyof typeof priceParts]?: number }

/** One model as a typed configuration has it. */
export type ModelConfig = {
  readonly [Name in keyof typeof modelOptions]?: (typeof modelOptions)[Name]['kind'] extends { is: 'price' }
    ? PriceConfig
    : (typeof modelOptions)[Name]['kind'] extends { is: 'texts' }
      ? string | readonly string[]
      : ValueOf<(typeof modelOptions)[Name]['kind']>
}
