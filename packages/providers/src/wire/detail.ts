import { fields, json } from './loose.js'

/** What an error body says, in whichever of the common shapes it says it. */
export interface ErrorDetail {
  /** The server's words, as they are: not yet fit for a message. */
  readonly message: string
  /** Its own class of the fault, `type` and `code` together; empty where it gives none. */
  readonly type: string
  /** An HTTP status that the body itself names. */
  readonly status?: number
}

const maxMessage = 300

/** `{error: {message, type, code}}`, `{error: "…"}`, `[{error: …}]`, `{message}`, `{detail}`, or plain text. */
export function detailOf(body: string): ErrorDetail {
  const parsed = json(body)
  if (typeof parsed !== 'object' || parsed === null) return { message: plain(body), type: '' }
  const outer = fields(Array.isArray(parsed) ? parsed[0] : parsed)
  const error = outer.error ?? outer.detail ?? outer.message
  if (typeof error === 'string') return { message: error, type: '' }
  const inner = fields(error)
  const status = Number(inner.code ?? inner.status ?? Number.NaN)
  const raw = fields(inner.metadata).raw
  return {
    message: [inner.message, raw].filter((part) => typeof part === 'string').join(': '),
    type: [inner.type, inner.code].filter((part) => typeof part === 'string').join(' '),
    ...(status >= 400 && status <= 599 ? { status } : {}),
  }
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
