import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exchange } from './exchange.js'
import { readRecording } from './recording.js'

/** A request as it came. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly requests: readonly Received[]
  /** Resolves once that many requests have come. */
  received(count: number): Promise<void>
}

/**
 * A real HTTP server on a free port of the loopback that gives recorded or scripted replies: those of a request's
 * own method, in order, the last one again and again.
 * @param replies a recording's path, or the replies
 */
export async function replayServer(replies: string | readonly Exchange[]): Promise<TestServer> {
  const script = typeof replies === 'string' ? await readRecording(replies) : replies
  const requests: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const received = { ...(await read(request)) }
    requests.push(received)
    for (const check of waiting) check()
    const mine = script.filter((one) => !('method' in one) || one.method === received.method)
    const before = requests.filter((one) => one.method === received.method).length - 1
    await write(
      response,
      mine[Math.min(before, mine.length - 1)] ?? { status: 404, body: 'no reply recorded' },
    )
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (requests.length < count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

async function write(response: ServerResponse, exchange: Exchange): Promise<void> {
  const { status = 200, headers = {}, body = '', ending = 'end' } = exchange
  response.writeHead(status, headers as Record<string, string | string[]>)
  const chunks = typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  if (ending === 'end' && chunks.length <= 1) {
    response.end(chunks[0] ?? '')
    return
  }
  response.flushHeaders()
  for (const chunk of chunks) {
    if (response.destroyed) return
    if (chunk.length === 0) continue
    await new Promise((resolve) => response.write(chunk, resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (ending === 'end') response.end()
  if (ending === 'cut') response.destroy()
}
