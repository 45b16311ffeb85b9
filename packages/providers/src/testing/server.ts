import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exchange } from './exchange.js'
import { readRecording } from './recording.js'
import { write } from './write.js'

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
  /** The newest of them, oldest first. */
  readonly requests: readonly Received[]
  /** How many have come in all. */
  readonly count: number
  /** Requests whose reply was given up by whoever asked. */
  readonly abandoned: number
  /** Resolves once that many requests have come. */
  received(count: number): Promise<void>
  /** Resolves once so many replies were given up by whoever asked. */
  gone(count: number): Promise<void>
}

export interface ServerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** Requests that are kept to be looked at; all of them where absent. */
  readonly keep?: number
}

/**
 * A real HTTP server on the loopback.
 * @param answer what to reply to each request
 * @throws the system's own error where the port is taken
 */
export async function listen(
  answer: (request: Received) => Exchange | Promise<Exchange>,
  { port = 0, keep = Number.POSITIVE_INFINITY }: ServerOptions = {},
): Promise<TestServer> {
  const requests: Received[] = []
  const waiting = new Set<() => void>()
  let count = 0
  let abandoned = 0
  const tell = () => {
    for (const check of waiting) check()
  }
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    // A reply that was torn or held back on purpose is not given up by whoever asked.
    let ours = false
    response.on('close', () => {
      if (response.writableFinished || ours) return
      abandoned++
      tell()
    })
    const received = await read(request)
    count++
    if (keep > 0) requests.push(received)
    if (requests.length > keep) requests.shift()
    tell()
    const exchange = await answer(received)
    ours = exchange.ending === 'cut' || exchange.cutAt !== undefined || exchange.raw !== undefined
    if (exchange.ending === 'hang') ours = false
    await write(response, exchange)
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    reply(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get count() {
      return count
    },
    get abandoned() {
      return abandoned
    },
    received: (wanted) => until(() => count >= wanted),
    gone: (wanted) => until(() => abandoned >= wanted),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * A server that gives recorded or scripted replies: those of a request's own method, in order, the last one again and
 * again.
 * @param replies a recording's path, or the replies
 */
export async function replayServer(replies: string | readonly Exchange[]): Promise<TestServer> {
  const script = typeof replies === 'string' ? await readRecording(replies) : replies
  const before = new Map<string, number>()
  return listen(({ method }) => {
    const index = before.get(method) ?? 0
    before.set(method, index + 1)
    const mine = script.filter((one) => !('method' in one) || one.method === method)
    return mine[Math.min(index, mine.length - 1)] ?? { status: 404, body: 'no reply recorded' }
  })
}

function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', reject)
    request.on('end', () =>
      resolve({
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    )
  })
}
