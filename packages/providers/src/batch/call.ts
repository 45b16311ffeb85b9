import { systemClock } from '../clock.js'
import { ProviderError } from '../errors.js'
import { codeOf, fault, httpFault, networkFault, type Origin } from '../wire/fault.js'
import { type HttpReply, type HttpRequest, send } from '../wire/http.js'
import { type Fields, fields, json } from '../wire/loose.js'
import { jsonLines } from '../wire/stream.js'
import { setWatch, Watch } from '../wire/watch.js'

/** What a call of a batch API is made of, besides its path. */
export interface BatchCall extends Omit<HttpRequest, 'signal'> {
  readonly signal: AbortSignal
  /** What 404 means here: said in place of "no such model". */
  readonly absent: string
}

/** Silence of this long ends a call: neither a byte up nor down. */
const idleMs = 120_000

/**
 * One request of a batch API, sent once; its reply is handed on while its time is watched.
 * @throws ProviderError, `possiblyBilled` where the request had left and nobody knows what became of it
 */
export async function callBatches<T>(
  origin: Origin,
  path: string,
  { absent, signal, ...request }: BatchCall,
  take: (reply: HttpReply) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const own = new AbortController()
  const onAbort = () => own.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  // An upload may be silent for as long as it takes: only what comes after it is timed.
  const patience = { headersMs: 15 * idleMs, firstTokenMs: 2 ** 31 - 1, idleMs }
  const onSilence = () => own.abort(fault(origin, 'timeout', `nothing for ${idleMs / 1000} s`))
  let opened = false
  let status = 0
  using watch = new Watch(patience, systemClock, () => Number(opened), onSilence)
  setWatch(own.signal, watch)
  try {
    const reply = await send(`${origin.url}${path}`, { ...request, signal: own.signal })
    status = reply.status
    if (status === 404 || status === 405) throw new ProviderError('not_found', absent, { status })
    if (status < 200 || status > 299) throw httpFault(origin, status, reply.header, await reply.text())
    opened = true
    return await take(reply)
  } catch (error) {
    signal.throwIfAborted()
    const known = faultOf(origin, own.signal.aborted ? own.signal.reason : error, opened)
    // What it refuses it has not taken; an error of its own says nothing of what it did before.
    const refused = status >= 300 && status < 500 && status !== 408
    throw known instanceof ProviderError ? known.with({ possiblyBilled: watch.left && !refused }) : known
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The reply as a JSON object. */
export const asJson =
  (origin: Origin) =>
  async (reply: HttpReply): Promise<Fields> => {
    const parsed = json(await reply.text())
    if (parsed === undefined) throw fault(origin, 'malformed', 'what it says of its batches is not JSON')
    return fields(parsed)
  }

/** The reply's lines, each of them JSON; handed to `each` as they come. */
export const eachLine =
  (origin: Origin, each: (line: string) => Promise<void>) =>
  async (reply: HttpReply): Promise<void> => {
    for await (const { data } of jsonLines(reply.body)) {
      if (json(data) === undefined) throw fault(origin, 'cut', 'a result of its batch is torn')
      await each(data)
    }
  }

const faultOf = (origin: Origin, error: unknown, opened: boolean): unknown =>
  error instanceof ProviderError || codeOf(error) === undefined ? error : networkFault(origin, error, opened)
