import { ProviderError } from '../errors.js'
import { codeOf, fault, httpFault, networkFault, type Origin } from './fault.js'
import { send } from './http.js'
import { type Fields, fields, json } from './loose.js'

const limitMs = 3000

/**
 * The JSON object at a path of the endpoint, asked once, within 3 s.
 * @param more what to post; a signal that ends it sooner
 * @throws ProviderError
 */
export async function getJson(
  origin: Origin,
  path: string,
  headers: Readonly<Record<string, string>>,
  more: { readonly json?: Fields; readonly signal?: AbortSignal } = {},
): Promise<Fields> {
  const timer = AbortSignal.timeout(limitMs)
  const signal = more.signal ? AbortSignal.any([timer, more.signal]) : timer
  const method = more.json ? 'POST' : 'GET'
  try {
    const reply = await send(`${origin.url}${path}`, { method, headers, json: more.json, signal })
    const body = await reply.text()
    if (reply.status !== 200) throw httpFault(origin, reply.status, reply.header, body)
    const parsed = json(body)
    if (parsed === undefined) throw fault(origin, 'malformed', 'its list of models is not JSON')
    return fields(parsed)
  } catch (error) {
    if (error instanceof ProviderError) throw error
    if (signal.aborted) throw fault(origin, 'timeout', `no list of models within ${limitMs / 1000} s`)
    throw codeOf(error) === undefined ? error : networkFault(origin, error)
  }
}
