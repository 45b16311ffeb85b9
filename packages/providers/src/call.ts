/** One call: what is asked of a model, and what came back. Types only. */

import type { ProviderErrorCode } from './error-code.js'

export type Role = Message['role']

/** One turn of a conversation. */
export type Message = PlainMessage | AssistantMessage | ToolMessage

export interface PlainMessage {
  readonly role: 'system' | 'user'
  readonly content: string
}

/** What the model said before, given back to it. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string
  readonly toolCalls?: readonly ToolCall[]
  /** {@link Completion.carry} of the reply this was: some providers want it back, or think anew. */
  readonly carry?: unknown
}

/** What a tool returned for one {@link ToolCall}. */
export interface ToolMessage {
  readonly role: 'tool'
  readonly toolCallId: string
  /** The tool's name. */
  readonly name: string
  readonly content: string
  /** The tool failed; `content` says how. */
  readonly failed?: boolean
}

/** A tool as the model is told of it. */
export interface Tool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string
  readonly description: string
  /** JSON Schema of an object: the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A tool the model wants called. */
export interface ToolCall {
  /** Unique within the reply; made up where the provider gives none. */
  readonly id: string
  readonly name: string
  /** As the model wrote them: JSON, unless it failed to write any. */
  readonly arguments: string
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
  readonly tools?: readonly Tool[]
  /** `auto` (the default), none at all, at least one, or the one named. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string }
  /** Milliseconds for the whole call, all tries together. What the limiter holds back is not counted. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /**
   * From when it aborts, no request is sent any more: one that waits for its turn is given up with the signal's reason, one that would be
   * sent again fails as it last did. What is under way ends on its own.
   */
  readonly noneAfter?: AbortSignal
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
  /** The part of `cacheWrite` that is to last an hour, which costs more than the usual five minutes. */
  readonly cacheWrite1h?: number
  /** The part of `output` that was reasoning. */
  readonly reasoning?: number
}

export interface Cost {
  /** US dollars for this call, all its tries together. */
  readonly usd: number
  /**
   * `reported` by the provider, `config`, `local`, `cache`, or computed from a dated price list: `genai-prices@0.1.8 (2026-09-23)`,
   * or the vendor's page with the day it was read.
   */
  readonly source: string
  /** Where it was reported: dollars by the price list, to be held against it. Absent where that is unknown. */
  readonly listedUsd?: number
}

/**
 * Wall-clock facts of one call, in milliseconds. What the server is measured by counts from when the last try was
 * sent; `totalMs` holds everything, waits and earlier tries too.
 */
export interface Timing {
  /** When the first try was sent. UTC, ISO 8601. */
  readonly startedAt: string
  /** From {@link startedAt} to the end of the reply. */
  readonly totalMs: number
  /** From when the call was due to when its first try was sent: what the limiter held it back. */
  readonly queuedMs?: number
  /** From {@link startedAt} to when the try that succeeded was sent; absent where the first did. */
  readonly sentMs?: number
  /** First byte of the reply's body, from when the last try was sent. */
  readonly firstByteMs?: number
  /** First token of any channel, reasoning included, from when the last try was sent. Absent where nothing streamed. */
  readonly firstTokenMs?: number
  /** Last token of any channel, from when the last try was sent. */
  readonly lastTokenMs?: number
  /** Output tokens per second over the decode phase (first to last token); absent where either is unknown. */
  readonly tokensPerSecond?: number
  /** How long tokens came after one another: how many gaps fell under each bound of `gapBoundsMs`, the last beyond. */
  readonly gaps?: readonly number[]
  /** Prompt tokens per second, where the server measured it. */
  readonly promptTokensPerSecond?: number
  /** Time the server took to load the model, where it tells: no part of the model's latency. */
  readonly loadMs?: number
}

/** One request of a call. */
export interface Attempt {
  /** Milliseconds from {@link Timing.startedAt} to when it was sent. */
  readonly sentMs: number
  readonly durationMs: number
  /** Absent for the one that succeeded. */
  readonly error?: { readonly code: ProviderErrorCode; readonly message: string; readonly status?: number }
  /** Tokens it reported before it failed. */
  readonly usage?: Usage
  /** It had left when it failed, and the provider may bill it. */
  readonly possiblyBilled?: boolean
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
  /** In the order the model made them; absent where it called none. */
  readonly toolCalls?: readonly ToolCall[]
  /** To be given back with the next turn as it is: reasoning that the provider signed, for one. */
  readonly carry?: unknown
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
  /** Requests sent, 1 or more; 0 where the response cache had the reply. */
  readonly tries: number
  /** Each request sent, in order; the last is the one that succeeded. Absent where there is no wire. */
  readonly attempts?: readonly Attempt[]
  /** Taken from the response cache: nothing was sent or paid now, and timing is the original's. */
  readonly cached?: boolean
  /** What a cached reply cost when it was asked for; its `cost` is 0. Absent where that was unknown. */
  readonly originalCost?: Cost
  /** The provider's id of the batch it came in. Its timing is the batch's, and says nothing of the model. */
  readonly batch?: string
  /** The body as it came over the wire, where the caller asked to keep it. */
  readonly raw?: string
  /** Settings that were ignored and other things a reader of the record should know. */
  readonly warnings: readonly string[]
}
