import { setMaxListeners } from 'node:events'
import { ProviderError } from './errors.js'

/** Time and chance, so that tests need not wait. Times in milliseconds. */
export interface Clock {
  now(): number
  /** Calls back once after a while. @returns what cancels it. */
  after(ms: number, callback: () => void): () => void
  /** 0 to 1, 1 excluded. */
  random(): number
}

export interface RetryPolicy {
  /** Tries beyond the first: 0 or more. */
  readonly maxRetries: number
  /** The most the first wait may be; doubled with each try, drawn with full jitter. */
  readonly delayMs: number
  /** For the whole call, waits included. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** The fault that a passed deadline becomes. */
  onTimeout(tries: number): ProviderError
}

/** The longest wait between two tries, whatever the server asks for. */
const maxWaitMs = 60_000

const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // A longer one would overflow and fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2_147_483_647))
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

/**
 * Calls until it succeeds, fails for good, or the deadline passes. Waits are exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or as long as the server asked,
 * at most 60 s. A wait that would outlast the deadline is not begun: the last fault is thrown at once.
 * @param call is given a signal that ends with the deadline or the caller's own, and its number, from 1
 * @throws ProviderError with `tries`; an abort rejects with the signal's reason, promptly.
 */
export async function withRetries<T>(
  call: (signal: AbortSignal, tries: number) => Promise<T>,
  policy: RetryPolicy,
  clock: Clock = systemClock,
): Promise<T> {
  policy.signal?.throwIfAborted()
  const ended = new AbortController()
  const deadline = clock.now() + policy.timeoutMs
  let tries = 0
  // One listener, taken off again: AbortSignal.any on a signal that lives as long as a run would leak on Node 20.
  const onAbort = () => ended.abort(policy.signal?.reason)
  if (policy.signal) {
    // A run's signal has one listener for each call under way, which Node would take for a leak.
    setMaxListeners(0, policy.signal)
    policy.signal.addEventListener('abort', onAbort, { once: true })
  }
  const cancel = clock.after(policy.timeoutMs, () => ended.abort(policy.onTimeout(tries)))
  try {
    for (;;) {
      tries++
      const outcome = await unlessAborted(ended.signal, attempt(call, ended.signal, tries))
      if (outcome.ok) return outcome.value
      const { error } = outcome
      ended.signal.throwIfAborted()
      if (!(error instanceof ProviderError)) throw error
      const wait = waitFor(error, tries, policy, clock)
      if (!error.retryable || tries > policy.maxRetries || clock.now() + wait >= deadline) {
        throw counted(error, tries)
      }
      await pause(wait, ended.signal, clock)
    }
  } finally {
    cancel()
    policy.signal?.removeEventListener('abort', onAbort)
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

const attempt = <T>(
  call: (signal: AbortSignal, tries: number) => Promise<T>,
  signal: AbortSignal,
  tries: number,
): Promise<Outcome<T>> =>
  call(signal, tries).then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  )

function waitFor(error: ProviderError, tries: number, policy: RetryPolicy, clock: Clock): number {
  const wait = error.retryAfterMs ?? clock.random() * policy.delayMs * 2 ** (tries - 1)
  return Math.min(wait, maxWaitMs)
}

const pause = (ms: number, signal: AbortSignal, clock: Clock): Promise<void> => {
  let cancel = () => {}
  const slept = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  return unlessAborted(signal, slept).finally(() => cancel())
}

/** A call that does not listen to its signal must not hold up an abort. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function counted(error: ProviderError, tries: number): ProviderError {
  const message = tries === 1 ? error.message : `${error.message} Tried ${tries} times.`
  return new ProviderError(error.code, message, {
    retryable: error.retryable,
    tries,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  })
}
