/** Reads how long a server asks to wait, in whichever way it says so. */

type Header = (name: string) => string | undefined

/**
 * Milliseconds: `retry-after-ms`, `retry-after` in seconds or as a date, or, where neither is sent, when the limit that
 * is used up is there again (`x-ratelimit-reset*`).
 * @param now UTC, milliseconds
 */
export function retryAfter(header: Header, now = Date.now()): number | undefined {
  const ms = Number(header('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  return fromNow(header('retry-after'), now) ?? resetOf(header, now)
}

/** Of limits for requests and for tokens the one that is used up; where that is not told, the one that is back first. */
function resetOf(header: Header, now: number): number | undefined {
  const limits = ['-requests', '-tokens', ''].map((kind) => ({
    wait: fromNow(header(`x-ratelimit-reset${kind}`), now),
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
export function fromNow(written: string | undefined, now = Date.now()): number | undefined {
  const text = written?.trim() ?? ''
  if (text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return atLeastNow(Number(text), now)
  if (/^([\d.]+(ms|[dhms]))+$/.test(text)) return duration(text)
  const date = Date.parse(text)
  return Number.isFinite(date) && /\d/.test(text) ? Math.max(0, date - now) : undefined
}

/** A number too large for a wait is a time. */
function atLeastNow(value: number, now: number): number {
  if (value > 1e12) return Math.max(0, value - now)
  if (value > 1e9) return Math.max(0, value * 1000 - now)
  return value * 1000
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function duration(text: string): number | undefined {
  let sum = 0
  for (const [, value = '', unit = ''] of text.matchAll(/([\d.]+)(ms|[dhms])/g)) {
    sum += Number(value) * (units[unit] ?? Number.NaN)
  }
  return Number.isFinite(sum) ? sum : undefined
}
