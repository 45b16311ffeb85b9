import { setMaxListeners } from 'node:events'
import type { Attempt } from './call.js'
import { type Clock, systemClock } from './clock.js'
import { ProviderError } from './errors.js'

export interface RetryPolicy {
  /** Tries beyond the first: 0 or more. */
  readonly maxRetries: number
  /** The most the first wait may be; doubled with each try, drawn with full jitter. */
  readonly delayMs: number
  /** The longest wait that a server may ask for; 60,000 by default. */
  readonly maxRetryAfterMs?: number | undefined
  /** For the whole call, waits between tries included, but not what is {@link Held}. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** As in a call's options: from when it aborts, no request is sent any more. */
  readonly noneAfter?: AbortSignal | undefined
  /** Whether the next request will not meet this fault again: it goes at once, and is none of the retries. */
  mended?(error: ProviderError): boolean
  /** The fault that a passed deadline becomes. */
  onTimeout(): ProviderError
}

/** Waits before a request is sent, with the call's time stopped: what its own limiter holds back is no delay. */
export type Held = <T>(promise: Promise<T>) => Promise<T>

/** What came of a call, with each of its requests. */
export interface Retried<T> {
  readonly value: T
  readonly attempts: readonly Attempt[]
}

const defaultMaxWaitMs = 60_000

/**
 * Calls until it succeeds, fails for good, or the deadline passes. Waits are exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or as long as the server asked.
 * A wait longer than the policy takes from a server, or one that would outlast the deadline, is not begun: the
 * last fault is thrown at once.
 * @param call is given a signal that ends with the deadline or the caller's own, its number, from 1, and what stops
 * the call's time until the request is sent
 * @throws ProviderError with `tries` and `attempts`; an abort rejects with the signal's reason, promptly, and so does
 * `noneAfter` where no request has failed before.
 */
export async function withRetries<T>(
  call: (signal: AbortSignal, tries: number, held: Held) => Promise<T>,
  policy: RetryPolicy,
  clock: Clock = systemClock,
): Promise<Retried<T>> {
  policy.signal?.throwIfAborted()
  policy.noneAfter?.throwIfAborted()
  const ended = new AbortController()
  let began = clock.now()
  let sentAt = began
  let deadline = began + policy.timeoutMs
  const attempts: Attempt[] = []
  // One listener, taken off again: AbortSignal.any on a signal that lives as long as a run would leak on Node 20.
  const onAbort = () => ended.abort(policy.signal?.reason)
  if (policy.signal) {
    // A run's signal has one listener for each call under way, which Node would take for a leak.
    setMaxListeners(0, policy.signal)
    policy.signal.addEventListener('abort', onAbort, { once: true })
  }
  const alarm = () => clock.after(Math.max(0, deadline - clock.now()), () => ended.abort(policy.onTimeout()))
  let cancel = alarm()
  const { noneAfter } = policy
  let last: ProviderError | undefined
  const giveUp = () => ended.abort(noneAfter?.reason)
  if (noneAfter) setMaxListeners(0, noneAfter)
  /** Nothing is under way meanwhile, so that it can be given up. */
  const unlessTooLate = async <T>(waiting: Promise<T>): Promise<T> => {
    if (noneAfter?.aborted) giveUp()
    noneAfter?.addEventListener('abort', giveUp, { once: true })
    try {
      return await unlessAborted(ended.signal, waiting)
    } finally {
      noneAfter?.removeEventListener('abort', giveUp)
    }
  }
  const held: Held = async (promise) => {
    cancel()
    const since = clock.now()
    try {
      return await unlessTooLate(promise)
    } finally {
      sentAt = clock.now()
      deadline += sentAt - since
      if (attempts.length === 0) began = sentAt
      // A call that was aborted meanwhile is over, and must not leave a timer behind.
      if (!ended.signal.aborted) cancel = alarm()
    }
  }
  let mended = 0
  try {
    for (let tries = 1; ; tries++) {
      sentAt = clock.now()
      const outcome = await attempt(unlessAborted(ended.signal, call(ended.signal, tries, held)))
      const timing = { sentMs: sentAt - began, durationMs: clock.now() - sentAt }
      if (outcome.ok) return { value: outcome.value, attempts: [...attempts, timing] }
      const { error } = outcome
      if (noneAfter?.aborted && error === noneAfter.reason && last) throw counted(last, attempts)
      // The caller's own reason is passed on as it is, a passed deadline is a fault like others.
      if (policy.signal?.aborted || !(error instanceof ProviderError)) throw error
      // Nothing was sent.
      if (error.tries === 0) throw error
      attempts.push(failed(timing, error))
      last = error
      if (!ended.signal.aborted && policy.mended?.(error)) {
        mended++
        continue
      }
      const retry = tries - mended
      const wait = waitFor(error, retry, policy, clock)
      if (ended.signal.aborted || !error.retryable || retry > policy.maxRetries) {
        throw counted(error, attempts)
      }
      if (wait > maxWait(policy)) {
        throw counted(
          error,
          attempts,
          `It asks for a wait of ${seconds(wait)}: resume then, or raise maxRetryAfterMs.`,
        )
      }
      if (clock.now() + wait >= deadline) {
        const asked = error.retryAfterMs !== undefined
        throw counted(
          error,
          attempts,
          asked ? `It asks for a wait of ${seconds(wait)}, more than the time limit leaves.` : undefined,
        )
      }
      try {
        await unlessTooLate(pause(wait, ended.signal, clock))
      } catch (reason) {
        if (noneAfter?.aborted && reason === noneAfter.reason) throw counted(error, attempts)
        throw reason
      }
    }
  } finally {
    cancel()
    policy.signal?.removeEventListener('abort', onAbort)
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

const attempt = <T>(call: Promise<T>): Promise<Outcome<T>> =>
  call.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  )

const failed = (
  timing: Attempt,
  { code, message, status, usage, possiblyBilled }: ProviderError,
): Attempt => ({
  ...timing,
  error: { code, message, ...(status === undefined ? {} : { status }) },
  ...(usage === undefined ? {} : { usage }),
  ...(possiblyBilled ? { possiblyBilled } : {}),
})

const maxWait = ({ maxRetryAfterMs = defaultMaxWaitMs }: RetryPolicy): number => maxRetryAfterMs

const waitFor = (error: ProviderError, tries: number, policy: RetryPolicy, clock: Clock): number =>
  error.retryAfterMs ?? Math.min(clock.random() * policy.delayMs * 2 ** (tries - 1), maxWait(policy))

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
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    // Also where it is too late already: what it rejects with is not to be nobody's.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function counted(error: ProviderError, attempts: readonly Attempt[], advice?: string): ProviderError {
  const tries = attempts.length
  const message = [
    error.message,
    ...(tries > 1 ? [`Tried ${tries} times.`] : []),
    ...(advice ? [advice] : []),
  ]
  const possiblyBilled = error.possiblyBilled === undefined ? {} : { possiblyBilled: attempts.some(billed) }
  return error.with({ tries, attempts, ...possiblyBilled }, message.join(' '))
}

const billed = ({ possiblyBilled }: Attempt) => possiblyBilled === true

const seconds = (ms: number): string =>
  ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`
