import { resetOf } from '../limits/headers.js'

type Header = (name: string) => string | undefined

/**
 * How long a server asks to wait, in milliseconds: `retry-after-ms`, `retry-after` in seconds or as a date, or, where
 * neither is sent, when the limit that is used up is there again (`x-ratelimit-reset*`).
 * @param now UTC, milliseconds
 */
export function retryAfter(header: Header, now = Date.now()): number | undefined {
  const ms = Number(header('retry-after-ms') ?? Number.NaN)
  if (ms >= 0 && Number.isFinite(ms)) return ms
  return waitIn(header('retry-after'), now) ?? untilReset(header, now)
}

/** Of limits for requests and for tokens the one that is used up; where that is not told, the one that is back first. */
function untilReset(header: Header, now: number): number | undefined {
  const limits = ['-requests', '-tokens', ''].map((kind) => ({
    wait: waitIn(header(`x-ratelimit-reset${kind}`), now),
    used: Number(header(`x-ratelimit-remaining${kind}`) ?? Number.NaN) === 0,
  }))
  const waits = (some: typeof limits) => some.flatMap(({ wait }) => (wait === undefined ? [] : [wait]))
  const used = waits(limits.filter((limit) => limit.used))
  if (used.length > 0) return Math.max(...used)
  const all = waits(limits)
  return all.length > 0 ? Math.min(...all) : undefined
}

/**
 * Milliseconds from now: `7`, `0.5` (seconds), `1741305600000` (a time in milliseconds or seconds since 1970), `6m0s`,
 * `20ms`, or a date. Undefined for anything else.
 */
export function waitIn(written: string | undefined, now = Date.now()): number | undefined {
  const reset = resetOf(written, () => now)
  if (reset) return reset.ms
  // The date of RFC 9110: `Wed, 21 Oct 2015 07:28:00 GMT`.
  const date = /^[A-Z][a-z]{2}, \d/.test(written ?? '') ? Date.parse(written ?? '') : Number.NaN
  return Number.isFinite(date) ? Math.max(0, date - now) : undefined
}
