import { BlockList, isIP } from 'node:net'
import type { Agent, Dispatcher } from 'undici'
import { targetOf } from './target.js'
import { unpacked } from './unpacked.js'
import { watched } from './watch.js'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** JSON that is written already, in the place of `json`. */
  readonly written?: string
  /** Sent as it is, in the place of `json`. */
  readonly upload?: Upload
  readonly signal: AbortSignal
}

/** A body too large to be held. */
interface Upload {
  /** Its `content-type`. */
  readonly type: string
  readonly bytes: number
  readonly content: AsyncIterable<Uint8Array>
}

export interface HttpReply {
  readonly status: number
  /** Names in lower case; of several values the first. */
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array>
  /** The body as text, cut at {@link maxText} bytes. */
  text(): Promise<string>
}

const maxText = 16 * 1024 * 1024

/**
 * One request on a pool of kept-alive connections. Redirects are not followed: they would carry the key along.
 * There is no time limit but the signal's. Rejects with the signal's reason, or with what the network said.
 */
export async function send(url: string, request: HttpRequest): Promise<HttpReply> {
  const [{ request: ask }, { Readable }] = await Promise.all([import('undici'), import('node:stream')])
  const target = targetOf(url)
  const json = request.written ?? (request.json === undefined ? null : JSON.stringify(request.json))
  const reply = await ask(target.url, {
    dispatcher: watched(await connections(), request.signal),
    method: request.method ?? 'POST',
    headers: {
      ...target.headers,
      ...request.headers,
      ...(json === null ? {} : { 'content-type': 'application/json' }),
      ...(request.upload && {
        'content-type': request.upload.type,
        'content-length': String(request.upload.bytes),
      }),
    },
    body: request.upload ? Readable.from(request.upload.content) : json,
    signal: request.signal,
  })
  const header = (name: string) => first(reply.headers[name])
  const body = unpacked(reply.body, header('content-encoding'))
  return { status: reply.statusCode, header, body, text: () => textOf(body) }
}

/** The pool. It is the process's: idle connections do not keep it alive. */
async function connections(): Promise<Dispatcher> {
  if (!pool) {
    const { Agent } = await import('undici')
    pool ??= new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } })
  }
  return pool
}

let pool: Agent | undefined

/** Whether a host is this machine or a private network: loopback, RFC 1918, link-local, `.local`, or a bare name. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const version = isIP(host)
  if (version !== 0) return privateNets.check(host, version === 6 ? 'ipv6' : 'ipv4')
  return !host.includes('.') || /\.(localhost|local|internal)$/.test(host)
}

const privateNets = new BlockList()
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['0.0.0.0', 32],
] as const) {
  privateNets.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::1', 128],
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateNets.addSubnet(net, bits, 'ipv6')
}

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxText) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxText)
}
