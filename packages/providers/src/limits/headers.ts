/** What a provider says of its rate limits in the headers of an answer. */

export type Dimension = 'requests' | 'tokens' | 'input' | 'output'

export interface Told {
  readonly dimension: Dimension
  /** The whole allowance; absent where it is not said. */
  readonly limit?: number | undefined
  readonly remaining: number
  /** Milliseconds until the allowance is whole again; absent where it is not said. */
  readonly resetMs?: number | undefined
  /** `refill`: it grows back steadily until then. `window`: it is given anew then, and not before. */
  readonly renewal: 'refill' | 'window'
}

type Names = readonly [limit: string, remaining: string, reset: string]

const anthropic = (what: string): Names => [
  `anthropic-ratelimit-${what}-limit`,
  `anthropic-ratelimit-${what}-remaining`,
  `anthropic-ratelimit-${what}-reset`,
]
const openai = (what: string): Names => [
  `x-ratelimit-limit-${what}`,
  `x-ratelimit-remaining-${what}`,
  `x-ratelimit-reset-${what}`,
]

/**
 * https://docs.anthropic.com/en/api/rate-limits (token buckets), https://platform.openai.com/docs/guides/rate-limits
 * (which Groq and many more follow), Fireworks' and Cerebras' variations of them, Mistral's, OpenRouter's bare names,
 * and those of the IETF's draft.
 */
const families: readonly (readonly [Dimension, Names])[] = [
  ['requests', anthropic('requests')],
  ['tokens', anthropic('tokens')],
  ['input', anthropic('input-tokens')],
  ['output', anthropic('output-tokens')],
  ['requests', openai('requests')],
  ['tokens', openai('tokens')],
  ['input', openai('tokens-prompt')],
  ['output', openai('tokens-generated')],
  ['requests', openai('requests-day')],
  ['tokens', openai('tokens-minute')],
  ['requests', openai('req-minute')],
  ['requests', ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']],
  ['requests', ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset']],
]

/**
 * Everything that can be understood; what cannot is left out.
 * @param header names in lower case
 * @param now Unix time in milliseconds, for a reset that is a date where the answer itself is not dated
 */
export function toldBy(header: (name: string) => string | undefined, now: number): Told[] {
  const told: Told[] = []
  for (const [dimension, [limitName, remainingName, resetName]] of families) {
    const remaining = amount(header(remainingName))
    if (remaining === undefined) continue
    const limit = amount(header(limitName))
    // Some servers write 0 where there is no limit.
    if (limit === 0) continue
    const reset = resetOf(header(resetName), () => Date.parse(header('date') ?? '') || now)
    told.push({
      dimension,
      limit: limit === undefined ? undefined : Math.max(limit, remaining),
      remaining,
      resetMs: reset?.ms,
      renewal: reset?.renewal ?? 'window',
    })
  }
  return told
}

/**
 * How long until a limit is whole again. A length of time (`6m0s`, `20ms`) or a date (RFC 3339) is when a bucket that
 * refills will be full. A bare number is when a window ends: seconds from now, or a Unix time in seconds or milliseconds.
 */
export function resetOf(
  written: string | undefined,
  now: () => number,
): { readonly ms: number; readonly renewal: Told['renewal'] } | undefined {
  const text = written?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    const ms = number > 1e11 ? number - now() : number > 1e9 ? number * 1000 - now() : number * 1000
    return Number.isFinite(ms) ? { ms: Math.max(0, ms), renewal: 'window' } : undefined
  }
  if (/^(\d+(\.\d+)?(d|h|ms|m|s|us|µs|ns))+$/.test(text)) {
    let ms = 0
    for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s|us|µs|ns)/g)) {
      ms += Number(number) * (units[unit ?? ''] ?? 0)
    }
    return Number.isFinite(ms) ? { ms, renewal: 'refill' } : undefined
  }
  const date = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : { ms: Math.max(0, date - now()), renewal: 'refill' }
}

const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
}

/** A whole number, not negative. Of a list (`100, 100;w=60`) the first. */
function amount(written: string | undefined): number | undefined {
  const found = written?.match(/^\s*(\d{1,15})(\.\d+)?\s*(?:[,;]|$)/)
  return found ? Number(found[1]) : undefined
}
