import { amount, type Fields, fields, json, list } from './loose.js'
import { waitIn } from './retry-after.js'

/** What an error body says, in whichever of the common shapes it says it. */
export interface ErrorDetail {
  /** The server's words, as they are: not yet fit for a message. */
  readonly message: string
  /** Its own class of the fault, `type` and `code` together; empty where it gives none. */
  readonly type: string
  /** An HTTP status that the body itself names. */
  readonly status?: number
  /** The wait that the body itself asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

const maxMessage = 300

/**
 * `{error: {message, type, code}}`, `{error: "…", error_type}`, `[{error: …}]`, `{message, type}`, `{detail: [{msg}]}`,
 * or plain text.
 */
export function detailOf(body: string): ErrorDetail {
  const parsed = json(body)
  if (typeof parsed !== 'object' || parsed === null) return { message: plain(body), type: '' }
  const outer = fields(Array.isArray(parsed) ? parsed[0] : parsed)
  const error = outer.error ?? outer.detail ?? outer.message
  const inner = typeof error === 'string' ? {} : fields(Array.isArray(error) ? error[0] : error)
  const status = Number(inner.code ?? inner.status ?? outer.code ?? outer.status_code ?? Number.NaN)
  const { raw, headers } = fields(inner.metadata)
  const details = list(inner.details).map(fields)
  const words = (...values: readonly unknown[]) => values.filter((value) => typeof value === 'string')
  return {
    message: words(error, inner.message, inner.msg, raw).join(': '),
    type: words(
      ...[inner.type, inner.code, inner.status, outer.error_type, outer.type, outer.code],
      ...details.map(({ reason }) => reason),
    ).join(' '),
    ...(status >= 400 && status <= 599 ? { status } : {}),
    retryAfterMs: askedWait(details, outer, fields(headers)),
  }
}

/** Gemini's `RetryInfo`, the time Hugging Face takes to load a model, the headers OpenRouter hands through. */
function askedWait(details: readonly Fields[], outer: Fields, headers: Fields): number | undefined {
  const delay = details.map(({ retryDelay }) => retryDelay).find((one) => typeof one === 'string')
  const loading = amount(outer.estimated_time)
  const reset = headers['X-RateLimit-Reset']
  if (delay !== undefined) return waitIn(delay)
  if (loading !== undefined) return loading * 1000
  return typeof reset === 'string' ? waitIn(reset) : undefined
}

/**
 * Words of a server made fit for one line: no control characters, no part of the key (6 characters or more of it)
 * but its last four, at most 300 characters.
 */
export function redact(text: string, key: string | undefined): string {
  const line = text
    .slice(0, 4000)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  const safe = key ? withoutKey(line, key) : line
  return safe.length > maxMessage ? `${safe.slice(0, maxMessage)}…` : safe
}

const shortestLeak = 6

function withoutKey(line: string, key: string): string {
  let out = ''
  for (let at = 0; at < line.length; ) {
    let end = at
    while (end < line.length && key.includes(line.slice(at, end + 1))) end++
    if (end - at >= Math.min(shortestLeak, key.length)) {
      out += '…'
      at = end
    } else {
      out += line[at++]
    }
  }
  return out
}

const plain = (body: string) => (/<html|<!doctype/i.test(body) ? 'it sent a web page' : body)
