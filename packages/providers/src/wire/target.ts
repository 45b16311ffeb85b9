import { addSecret } from '../secrets.js'

/** What of a query is a secret, by the name it goes under: `?key=…`, `?api_key=…`, `?sig=…`. */
const secretName = /key|token|secret|sig|pass|auth|code/i

/**
 * An endpoint as adapters put paths behind it, with its secrets known from here on. Whatever credentials it brings
 * (`user:password@`, `?key=…`) stay in it for {@link targetOf}; slashes of the query are escaped, so that the first
 * one after a `?` begins the path.
 */
export function endpointOf(url: URL): string {
  const password = decoded(url.password)
  addSecret(password)
  if (url.password !== '') addSecret(`${decoded(url.username)}:${password}`)
  for (const [name, value] of url.searchParams) if (secretName.test(name)) addSecret(value)
  const login = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}@`
  const base = `${url.protocol}//${login}${url.host}${url.pathname.replace(/\/+$/, '')}`
  return base + url.search.replaceAll('/', '%2F')
}

/** An endpoint without its credentials: to be named, compared or kept. */
export function bareEndpoint(endpoint: string): string {
  if (!/[?@]/.test(endpoint)) return endpoint
  const url = new URL(endpoint)
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
}

/** Where a request really goes: the endpoint's query behind the path, its login as the header that a login becomes. */
export function targetOf(url: string): { readonly url: string; readonly headers: Record<string, string> } {
  if (!/[?@]/.test(url)) return { url, headers: {} }
  const [, base = url, query = '', path = '', more = ''] =
    /^([^?]*)\?([^/]*)(\/[^?]*)(?:\?(.*))?$/.exec(url) ?? []
  const found = new URL(base + path)
  found.search = path === '' ? found.search : [query, more].filter((part) => part !== '').join('&')
  const login = Buffer.from(`${decoded(found.username)}:${decoded(found.password)}`)
  const headers: Record<string, string> =
    found.username === '' && found.password === ''
      ? {}
      : { authorization: `Basic ${login.toString('base64')}` }
  found.username = ''
  found.password = ''
  return { url: found.href, headers }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
