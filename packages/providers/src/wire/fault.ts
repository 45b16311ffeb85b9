import { type FaultDetail, ProviderError, type ProviderErrorCode } from '../errors.js'
import { classify, statusOf } from './classify.js'
import { detailOf, redact } from './detail.js'
import { isPrivateHost } from './http.js'
import type { Origin } from './origin.js'
import { retryAfter } from './retry-after.js'
import { words } from './words.js'

export type { Origin }

/** An HTTP status other than 2xx, by what the reply says. */
export function httpFault(
  origin: Origin,
  status: number,
  header: (name: string) => string | undefined,
  body: string,
): ProviderError {
  if (status < 300) return fault(origin, 'malformed', `HTTP ${status} without a reply`)
  if (status <= 399) return redirected(origin, status, header('location'))
  const detail = detailOf(body)
  const wait = retryAfter(header) ?? detail.retryAfterMs
  const hopeless = header('x-should-retry') === 'false' || tooLarge.test(detail.message)
  return fault(origin, classify(status, detail), detail.message, {
    status,
    retryAfterMs: wait,
    ...(hopeless ? { retryable: false } : {}),
  })
}

/** One request larger than a whole minute's limit never passes, however long one waits. */
const tooLarge = /^request too large for /i

/** Not followed: it would carry the key along. */
function redirected(origin: Origin, status: number, location = ''): ProviderError {
  const to = URL.canParse(location, origin.url) ? new URL(location, origin.url).origin : 'elsewhere'
  return fault(origin, 'bad_request', `HTTP ${status} points to ${to}, where the key is not sent`, { status })
}

/** An error that came inside a reply, after HTTP 200. */
export function bodyFault(origin: Origin, error: unknown): ProviderError {
  const detail = detailOf(JSON.stringify({ error }))
  const status = statusOf(detail)
  return fault(origin, classify(status, detail), detail.message, {
    status,
    retryAfterMs: detail.retryAfterMs,
  })
}

/** What the network said instead of a reply, or in the middle of one. */
export function networkFault(origin: Origin, error: unknown, opened = false): ProviderError {
  const { host, hostname } = new URL(origin.url)
  const code = codeOf(error) ?? 'no reason given'
  if (unreadable.test(code))
    return fault(origin, 'malformed', `it breaks its protocol (${code})`, { cause: error })
  if (opened) return fault(origin, 'cut', `connection lost (${code})`, { cause: error })
  if (insecure.test(code)) return fault(origin, 'tls', `${host} (${code})`, { cause: error })
  const nameless = namelessness[code]
  if (nameless) return fault(origin, 'dns', `${nameless.what} ${host}`, { ...nameless, cause: error })
  const what = connectionFaults[code] ?? `the connection broke (${code}) to`
  // Nothing listens on one's own machine until a person starts it; a service elsewhere may be starting again.
  const retryable = code !== 'ECONNREFUSED' || !isPrivateHost(hostname)
  return fault(origin, 'connect', `${what} ${host}`, { retryable, cause: error })
}

const unreadable = /^(HPE_|Z_DATA_ERROR|UND_ERR_HEADERS_OVERFLOW|ERR_ENCODING)/
const insecure = /^(ERR_TLS|ERR_SSL|EPROTO)|CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^HOSTNAME_MISMATCH/

/** The code of the innermost error: clients wrap what the socket said. Undefined for faults of another kind. */
export function codeOf(error: unknown): string | undefined {
  let at: unknown = error
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at.name === 'HTTPParserError') return 'HPE_INVALID'
    at = at.cause
  }
  return undefined
}

/** @param detail what is known besides; a server's words are cut and cleaned of keys and control characters. */
export function fault(
  origin: Origin,
  code: ProviderErrorCode,
  detail = '',
  more: FaultDetail = {},
): ProviderError {
  const said = redact(detail, origin.key)
  const { what, todo, retryable = false } = words[code]
  const advice = origin.advice?.[code] ?? todo
  const line = [what(origin), ...(said ? [said] : [])].join(': ').replace(/[^.!?…]$/, '$&.')
  return new ProviderError(code, `${line} ${advice}`, { retryable, ...more })
}

const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused by',
  UND_ERR_CONNECT_TIMEOUT: 'no answer within 10 s from',
  EHOSTUNREACH: 'no route to',
  ENETUNREACH: 'no network to',
}

const namelessness: Readonly<Record<string, { readonly what: string; readonly retryable?: boolean }>> = {
  ENOTFOUND: { what: 'no such host as' },
  ENODATA: { what: 'no address for' },
  EAI_AGAIN: { what: 'the name service does not answer for', retryable: true },
  EAI_FAIL: { what: 'the name service fails for', retryable: true },
}
