import { ProviderError, type ProviderErrorCode } from '../errors.js'
import { detailOf, type ErrorDetail, redact } from './detail.js'
import { isPrivateHost } from './http.js'

/** Who is asked: what a message about a fault needs to name. */
export interface Origin {
  readonly provider: string
  readonly model: string
  readonly url: string
  readonly key?: string | undefined
  readonly keyVariable?: string | undefined
  /** A provider's own words for what to do; the rest is said in general ones. */
  readonly advice?: Partial<Record<ProviderErrorCode, string>>
}

/** An HTTP status other than 2xx, by what the reply says. */
export function httpFault(
  origin: Origin,
  status: number,
  header: (name: string) => string | undefined,
  body: string,
): ProviderError {
  const detail = detailOf(body)
  const wait = retryAfter(header)
  const asked = header('x-should-retry')
  return fault(origin, classify(status, detail), detail.message, {
    status,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(asked === 'false' ? { retryable: false } : {}),
  })
}

/** An error that came inside a reply, after HTTP 200. */
export function bodyFault(origin: Origin, error: unknown): ProviderError {
  const detail = detailOf(JSON.stringify({ error }))
  const status = detail.status ?? statusByType.find(([type]) => type.test(detail.type))?.[1] ?? 500
  return fault(origin, classify(status, detail), detail.message, { status })
}

/** What the network said instead of a reply. */
export function networkFault(origin: Origin, error: unknown): ProviderError {
  const { host, hostname } = new URL(origin.url)
  const code = codeOf(error) ?? 'no reason given'
  const broken = connectionFaults[code]
  const what = broken ? `${broken.what} ${host}` : `the connection to ${host} broke (${code})`
  // Nothing listens on one's own machine until a person starts it; a service elsewhere may be starting again.
  const retryable = code === 'ECONNREFUSED' ? !isPrivateHost(hostname) : (broken?.retryable ?? true)
  return fault(origin, 'connect', what, { retryable, cause: error })
}

/** The code of the innermost error: clients wrap what the socket said. Undefined for faults of another kind. */
export function codeOf(error: unknown): string | undefined {
  let at: unknown = error
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
    at = at.cause
  }
  return undefined
}

/** @param detail what is known besides; a server's words are cut and cleaned of keys and control characters. */
export function fault(
  origin: Origin,
  code: ProviderErrorCode,
  detail = '',
  more: { retryable?: boolean; retryAfterMs?: number; status?: number; tries?: number; cause?: unknown } = {},
): ProviderError {
  const said = redact(detail, origin.key)
  const { what, todo, retryable = false } = words[code]
  const advice = origin.advice?.[code] ?? todo
  const line = [what(origin), ...(said ? [said] : [])].join(': ').replace(/[^.!?…]$/, '$&.')
  return new ProviderError(code, `${line} ${advice}`, { retryable, ...more })
}

function classify(status: number, { type, message }: ErrorDetail): ProviderErrorCode {
  if (status === 402 || /insufficient_quota|billing/.test(type) || outOfMoney.test(message))
    return 'spend_cap'
  if (status === 401) return 'auth'
  if (status === 403) return 'permission'
  if (status === 404) return 'not_found'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limit'
  if (status === 503 || status === 529) return 'overloaded'
  if (status >= 500) return 'server'
  return tooLong.test(`${type} ${message}`) ? 'context_length' : 'bad_request'
}

/** An error inside a reply names its class, not a status: the status that the same class has outside. */
const statusByType: readonly (readonly [RegExp, number])[] = [
  [/authentication|invalid_api_key/, 401],
  [/permission/, 403],
  [/not_found/, 404],
  [/rate_limit/, 429],
  [/overloaded/, 529],
  [/invalid_request|context_length/, 400],
]

const outOfMoney = /credit balance is too low|reached your specified .*usage limit|insufficient credits/i
const tooLong =
  /context_length_exceeded|prompt is too long|maximum context length|context (window|length|size)|too many tokens/i

interface Words {
  readonly what: (origin: Origin) => string
  readonly todo: string
  readonly retryable?: boolean
}

const words: Record<ProviderErrorCode, Words> = {
  auth: {
    what: (o) => `${o.provider}: key refused (${keyName(o)})`,
    todo: 'Set a valid key and run again; nothing was spent.',
  },
  permission: {
    what: (o) => `${o.provider}: this key may not use ${o.model}`,
    todo: 'Ask for access, or choose another model.',
  },
  not_found: {
    what: (o) => `${o.provider} has no model "${o.model}"`,
    todo: "Check the model's name and the endpoint.",
  },
  bad_request: {
    what: (o) => `${o.provider} refused the request to ${o.model}`,
    todo: 'Change the setting it names, or choose another model.',
  },
  context_length: {
    what: (o) => `${o.provider}: the prompt is longer than ${o.model} can take`,
    todo: 'Shorten it, or choose a model with a larger context.',
  },
  rate_limit: {
    what: (o) => `${o.provider}: rate limit of ${o.model} reached`,
    todo: 'Wait, or lower the concurrency.',
    retryable: true,
  },
  spend_cap: {
    what: (o) => `${o.provider}: the account has no money left to spend`,
    todo: 'Add credit or raise its limit, then resume.',
  },
  overloaded: {
    what: (o) => `${o.provider} is overloaded`,
    todo: 'Try again later.',
    retryable: true,
  },
  server: {
    what: (o) => `${o.provider} failed to answer for ${o.model}`,
    todo: 'Try again later.',
    retryable: true,
  },
  connect: {
    what: (o) => `${o.provider} cannot be reached`,
    todo: 'Check the network and the endpoint.',
    retryable: true,
  },
  dns: {
    what: (o) => `${o.provider} cannot be found`,
    todo: 'Check the network and the endpoint.',
  },
  tls: {
    what: (o) => `${o.provider}: no secure connection`,
    todo: 'Check the endpoint, the clock and the certificates of this machine.',
  },
  timeout: {
    what: (o) => `${o.provider}: no whole reply from ${o.model} in time`,
    todo: 'Raise the time limit, or choose a faster model.',
    retryable: true,
  },
  timeout_headers: {
    what: (o) => `${o.provider}: no answer to the request to ${o.model} in time`,
    todo: 'Raise its time limit, or try again later.',
    retryable: true,
  },
  timeout_first_token: {
    what: (o) => `${o.provider}: ${o.model} began to answer, but no token came in time`,
    todo: 'Raise its time limit, or try again later.',
    retryable: true,
  },
  timeout_between_tokens: {
    what: (o) => `${o.provider}: ${o.model} fell silent in mid-reply`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  content_filter: {
    what: (o) => `${o.provider} refused what ${o.model} was asked`,
    todo: 'Look at the prompt and the terms of the provider.',
  },
  cut: {
    what: (o) => `${o.provider}: the connection broke while ${o.model} was answering`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  incomplete: {
    what: (o) => `${o.provider}: the reply of ${o.model} broke off before its end`,
    todo: 'Try again; what came was not used.',
    retryable: true,
  },
  malformed: {
    what: (o) => `${o.provider}: the reply of ${o.model} cannot be read`,
    todo: 'Check that the endpoint speaks this protocol.',
    retryable: true,
  },
  cache_miss: {
    what: (o) => `${o.provider}: the cache has no reply of ${o.model} to this question`,
    todo: 'Nothing was sent; run without --cache-only to ask.',
  },
}

/** Never more than the last four characters, and those only of a key long enough to spare them. */
function keyName({ key, keyVariable }: Origin): string {
  const name = keyVariable ?? 'apiKey'
  if (!key) return `none was sent; ${name}`
  return key.length >= 16 ? `${name}, ends in …${key.slice(-4)}` : name
}

const connectionFaults: Readonly<Record<string, { what: string; retryable?: boolean }>> = {
  ECONNREFUSED: { what: 'connection refused by' },
  ENOTFOUND: { what: 'no such host as', retryable: false },
  EAI_AGAIN: { what: 'the name service does not answer for' },
  UND_ERR_CONNECT_TIMEOUT: { what: 'no answer within 10 s from' },
  EHOSTUNREACH: { what: 'no route to' },
  ENETUNREACH: { what: 'no network to' },
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. Milliseconds. */
function retryAfter(header: (name: string) => string | undefined): number | undefined {
  const ms = Number(header('retry-after-ms') ?? Number.NaN)
  if (ms >= 0) return ms
  const written = header('retry-after')
  if (!written) return undefined
  const wait = /^\d+(\.\d+)?$/.test(written.trim())
    ? Number(written) * 1000
    : Date.parse(written) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}
