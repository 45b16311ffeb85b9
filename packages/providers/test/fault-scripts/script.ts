import type { ModelSettings, ProviderErrorCode } from '@bench/providers'
import type { Exchange, Format, Said } from '@bench/providers/testing'

/** One server that is not as it should be, and what must come of it. */
export interface Script {
  readonly name: string
  /** What it replies to each request, the last again and again. */
  readonly exchanges: readonly Exchange[]
  /** The class of the fault; absent where a whole reply must come of it. */
  readonly code?: ProviderErrorCode
  /** Requests that the server must count. */
  readonly tries: number
  /** Milliseconds between them. */
  readonly waits: readonly number[]
  /** Whether the provider may bill what it did not report. */
  readonly billed?: boolean
  /** It falls silent: time has to pass. */
  readonly silent?: boolean
  readonly settings?: ModelSettings
  /** In place of the server's. */
  readonly endpoint?: string
}

export const whole = ['Καλη', 'μέρα, ', 'wör', 'ld ', '🌍', '!']

export const said: Said = {
  model: 'served',
  text: whole,
  reasoning: [],
  toolCalls: [],
  finish: 'stop',
  usage: { input: 12, output: 7 },
}

/** With every draw at its highest, the first wait is a second, and each is twice the one before. */
export const backoff = [1000, 2000, 4000]

/** Of no use to try again. */
export const fatal = (
  name: string,
  exchange: Exchange,
  code: ProviderErrorCode,
  more: Partial<Script> = {},
) => ({
  name,
  exchanges: [exchange],
  code,
  tries: 1,
  waits: [],
  ...more,
})

/** Tried until the tries are used up. */
export const lasting = (
  name: string,
  exchange: Exchange,
  code: ProviderErrorCode,
  more: Partial<Script> = {},
) => ({
  name,
  exchanges: [exchange],
  code,
  tries: 4,
  waits: backoff,
  ...more,
})

/** Gone the second time. */
export const passing = (name: string, exchange: Exchange, good: Exchange, more: Partial<Script> = {}) => ({
  name: `${name}, once`,
  exchanges: [exchange, good],
  tries: 2,
  waits: [1000],
  ...more,
})

export const streamOf = (format: Format): Exchange => ({
  headers: { 'content-type': format.contentType },
  body: format.stream(said),
})

export const json = { 'content-type': 'application/json' }
