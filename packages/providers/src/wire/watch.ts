import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.js'
import type { ProviderErrorCode } from '../errors.js'
import type { ModelSettings } from '../spec.js'

/** How long a try may keep one waiting, in milliseconds. */
export interface Patience {
  /** From sending to the reply's headers. */
  readonly headersMs: number
  /** From sending to the first token of any channel; in mid-reply for any token after another. */
  readonly firstTokenMs: number
  /** In mid-reply without a byte, be it a token or a sign of life. */
  readonly idleMs: number
}

/**
 * Reasoning models think for minutes before their first token, and a large local model takes as long to load: what
 * is caught by default is the server that hangs, no sooner than a call of default length would end anyway.
 */
export const patienceOf = (settings: ModelSettings, local: boolean): Patience => ({
  headersMs: settings.headersTimeoutMs ?? (local ? 600_000 : 300_000),
  firstTokenMs: settings.firstTokenTimeoutMs ?? (local ? 600_000 : 300_000),
  idleMs: settings.idleTimeoutMs ?? 60_000,
})

/** What a silence is called, and how long it lasted. */
export type Silence = { readonly code: ProviderErrorCode; readonly ms: number }

/**
 * What became of one request, as its connection tells, and when it has been silent for too long. One timer, set anew
 * only when it rings: a token costs no more than a look at the clock.
 */
export class Watch {
  /** Connected, and the whole request written. */
  left = false
  #headers = false
  #byteAt = 0
  #cancel = () => {}

  /**
   * @param size how much of the reply there is: grows with every token
   * @param onSilence called at most once
   */
  constructor(patience: Patience, clock: Clock, size: () => number, onSilence: (silence: Silence) => void) {
    const sentAt = clock.now()
    const tick = Math.min(patience.headersMs, patience.firstTokenMs, patience.idleMs)
    let seen = { size: 0, at: sentAt }
    const overdue = (now: number): Silence | number => {
      const late = (code: ProviderErrorCode, from: number, ms: number) =>
        now - from >= ms ? { code, ms } : from + ms - now
      if (!this.#headers) return late('timeout_headers', sentAt, patience.headersMs)
      if (size() > seen.size) seen = { size: size(), at: now }
      if (seen.size === 0) return late('timeout_first_token', sentAt, patience.firstTokenMs)
      const silent = late('timeout_between_tokens', this.#byteAt, patience.idleMs)
      const tokenless = late('timeout_between_tokens', seen.at, patience.firstTokenMs)
      return typeof tokenless === 'number' ? silent : tokenless
    }
    const ring = () => {
      const found = overdue(clock.now())
      if (typeof found === 'number') this.#cancel = clock.after(Math.min(found, tick), ring)
      else onSilence(found)
    }
    this.#now = clock.now
    this.#cancel = clock.after(tick, ring)
  }

  readonly #now: () => number

  /** The connections, watched for this one request. */
  over(pool: Dispatcher): Dispatcher {
    const dispatch: Dispatcher['dispatch'] = (options, handler) =>
      pool.dispatch(options, this.#listen(handler))
    return { dispatch } as unknown as Dispatcher
  }

  [Symbol.dispose](): void {
    this.#cancel()
  }

  #listen(handler: Dispatcher.DispatchHandler & { onRequestSent?: () => void }): Dispatcher.DispatchHandler {
    const { onHeaders, onData } = handler
    handler.onRequestSent = () => {
      this.left = true
    }
    if (onHeaders) {
      handler.onHeaders = (status, ...rest) => {
        // 1xx are no answer yet.
        if (status >= 200) this.#headers = true
        this.#byteAt = this.#now()
        return onHeaders.call(handler, status, ...rest)
      }
    }
    if (onData) {
      handler.onData = (chunk) => {
        this.#byteAt = this.#now()
        return onData.call(handler, chunk)
      }
    }
    return handler
  }
}

/** The watch of a try, by the try's own signal: whoever sends has the signal at hand. */
const watches = new WeakMap<AbortSignal, Watch>()

export const setWatch = (signal: AbortSignal, watch: Watch): void => void watches.set(signal, watch)

/** The connections for one try: watched, where its signal has a watch. */
export const watched = (pool: Dispatcher, signal: AbortSignal): Dispatcher =>
  watches.get(signal)?.over(pool) ?? pool
