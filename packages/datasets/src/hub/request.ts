import { setTimeout as sleep } from 'node:timers/promises'
import { DatasetError } from '../errors.js'

export interface Request {
  /** Sent to the first host only, never to one that it redirects to. */
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Milliseconds before the second try; each further one waits as much longer. 1,000 where absent. */
  readonly pauseMs?: number
  /** Longest wait that a server may ask for, in milliseconds; beyond it the call fails at once. 60,000 where absent. */
  readonly patienceMs?: number
}

const mostRedirects = 5
const tries = 4

/**
 * Sends a GET, follows redirects by hand, waits where the server asks to and tries again where it is at fault.
 * @param options.accept statuses that are an answer; any other is an error
 * @throws DatasetError `unreachable`, `rate_limited`, `unauthorized` or `not_found`, in one line; a token is in none
 */
export async function request(
  url: string,
  options: Request & { readonly accept?: readonly number[] } = {},
): Promise<Response> {
  const { accept = [200], pauseMs = 1000, patienceMs = 60_000, signal } = options
  for (let tried = 1; ; tried++) {
    const response = await follow(url, options)
    if (accept.includes(response.status)) return response
    const refusal = await explain(url, response)
    const busy = response.status === 429 || response.status >= 500
    const wait = retryAfter(response) ?? pauseMs * tried
    if (!busy || tried === tries || wait > patienceMs) throw refusal
    await sleep(wait, undefined, { signal })
  }
}

async function follow(url: string, { token, headers, signal }: Request): Promise<Response> {
  const home = new URL(url)
  let at = home
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const authorization =
      token !== undefined && at.origin === home.origin ? { authorization: `Bearer ${token}` } : {}
    const response = await fetch(at, {
      redirect: 'manual',
      signal: signal ?? null,
      // Bytes as they are: a range and a checksum are of the file, not of a packing on the way.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'bench', ...headers, ...authorization },
    }).catch((cause: unknown) => {
      signal?.throwIfAborted()
      throw unreachable(url, cause)
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === null)
      return response
    await response.body?.cancel()
    const next = new URL(location, at)
    if (at.protocol === 'https:' && next.protocol !== 'https:')
      throw new DatasetError(
        'unreachable',
        `${home.host}: redirects to an address without encryption; refused`,
      )
    at = next
  }
  throw new DatasetError('unreachable', `${home.host}: redirects without end`)
}

/** What the caller may know better: it is told the server's own code (`RepoNotFound`) as the cause. */
async function explain(url: string, response: Response): Promise<DatasetError> {
  const { status, headers } = response
  await response.body?.cancel()
  const { host, pathname } = new URL(url)
  const where = `${host}${pathname}`
  const reason = new Error(headers.get('x-error-code') ?? `HTTP ${status}`)
  if (status === 429) {
    const seconds = (retryAfter(response) ?? 0) / 1000
    const when = seconds > 0 ? `in ${Math.ceil(seconds)} s` : 'later'
    return new DatasetError(
      'rate_limited',
      `${host}: too many requests; try again ${when}, or set HF_TOKEN`,
      reason,
    )
  }
  if (status === 401 || status === 403)
    return new DatasetError('unauthorized', `${where}: not allowed (${status})`, reason)
  if (status === 404) return new DatasetError('not_found', `${where}: not there (404)`, reason)
  return new DatasetError('unreachable', `${where}: the server failed (${status}); try again later`, reason)
}

/** Milliseconds that the server asks to wait, told in seconds or as a date. */
function retryAfter({ headers }: Response): number | undefined {
  const told = headers.get('retry-after')
  if (told === null) return undefined
  const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}

export function unreachable(url: string, cause: unknown): DatasetError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined
  const why = code ?? (inner instanceof Error ? (inner.message.split('\n', 1)[0] ?? '') : String(inner))
  return new DatasetError(
    'unreachable',
    `${new URL(url).host}: cannot be reached (${why}); check the network, or name a file that is here`,
    cause,
  )
}
