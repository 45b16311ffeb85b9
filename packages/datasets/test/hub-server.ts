import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers instead of the usual one; returns whether it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

export interface HubServer extends AsyncDisposable {
  readonly endpoint: string
  /** `GET /path` of every request to the hub, and `CDN GET /path` of every one to its store. */
  readonly requests: {
    readonly line: string
    readonly authorization: string | undefined
    readonly range: string | undefined
  }[]
  /** Tried first, in order. */
  readonly faults: Fault[]
  readonly commit: string
}

export interface HubRepo {
  readonly repo: string
  readonly files: Readonly<Record<string, string | Buffer>>
  /** Paths kept apart, on another host. */
  readonly large?: readonly string[]
  /** The one token that may read it; anyone where absent. */
  readonly token?: string
}

/** The part of the Hugging Face hub's HTTP API that reads datasets: revisions, trees by page, files here and in a store. */
export async function hubServer({ repo, files, large = [], token }: HubRepo): Promise<HubServer> {
  const requests: HubServer['requests'] = []
  const faults: Fault[] = []
  const commit = createHash('sha1').update(JSON.stringify(files)).digest('hex')
  const note = (request: IncomingMessage, prefix = '') =>
    requests.push({
      line: `${prefix}${request.method} ${request.url}`,
      authorization: request.headers.authorization,
      range: request.headers.range,
    })

  const store = createServer((request, response) => {
    note(request, 'CDN ')
    if (faults.some((fault) => fault(request, response))) return
    send(request, response, Buffer.from(files[decodeURIComponent((request.url ?? '').slice(1))] ?? ''))
  })
  const hub = createServer((request, response) => {
    note(request)
    if (faults.some((fault) => fault(request, response))) return
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://hub')
    const refuse = (status: number, code?: string) =>
      response.writeHead(status, code === undefined ? {} : { 'x-error-code': code }).end()
    if (!decodeURIComponent(pathname).includes(`/datasets/${repo}/`)) return refuse(401, 'RepoNotFound')
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return refuse(
        request.headers.authorization === undefined ? 403 : 401,
        request.headers.authorization === undefined ? 'GatedRepo' : undefined,
      )
    const [, kind, rest = ''] = /\/(revision|tree|resolve)\/(.+)$/.exec(pathname) ?? []
    const [at = '', ...parts] = rest.split('/')
    const revision = decodeURIComponent(at)
    if (![commit, 'main', 'refs/convert/parquet'].includes(revision)) return refuse(404, 'RevisionNotFound')
    if (kind === 'revision') return json({ id: repo, sha: commit })
    if (kind === 'tree') {
      const from = Number(searchParams.get('cursor') ?? 0)
      const all = Object.entries(files).map(([path, content]) => entry(path, Buffer.from(content)))
      if (from + 2 < all.length)
        response.setHeader('link', `<${pathname}?recursive=true&cursor=${from + 2}>; rel="next"`)
      return json([{ type: 'directory', path: 'data', size: 0, oid: 'd' }, ...all.slice(from, from + 2)])
    }
    const path = decodeURIComponent(parts.join('/'))
    const content = files[path]
    if (content === undefined) return refuse(404, 'EntryNotFound')
    if (large.includes(path)) {
      const { port } = store.address() as AddressInfo
      return response
        .writeHead(302, { location: `http://127.0.0.1:${port}/${encodeURIComponent(path)}` })
        .end()
    }
    return send(request, response, Buffer.from(content))

    function json(value: unknown) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
  })
  const entry = (path: string, content: Buffer) => {
    const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
    const sha256 = createHash('sha256').update(content).digest('hex')
    return large.includes(path)
      ? {
          type: 'file',
          path,
          size: content.length,
          oid: 'pointer',
          lfs: { oid: sha256, size: content.length, pointerSize: 130 },
        }
      : { type: 'file', path, size: content.length, oid }
  }
  for (const server of [store, hub]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    endpoint: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    requests,
    faults,
    commit,
    async [Symbol.asyncDispose]() {
      for (const server of [hub, store]) {
        server.closeAllConnections()
        await new Promise((done) => server.close(done))
      }
    },
  }
}

/** A file, from where it is asked for. */
export function send(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from > 0 && from >= content.length) {
    response.writeHead(416).end()
    return
  }
  const head = { 'content-length': content.length - from }
  if (from === 0) response.writeHead(200, head)
  else
    response.writeHead(206, {
      ...head,
      'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
    })
  response.end(content.subarray(from))
}

/** Once: the first `bytes` of a file of the store, then nothing; the line goes dead when `goDead` is called. */
export function cut(path: string, content: Buffer, bytes: number): { fault: Fault; goDead: () => void } {
  let line: ServerResponse | undefined
  return {
    fault(request, response) {
      if (line !== undefined || decodeURIComponent(request.url ?? '') !== `/${path}`) return false
      line = response
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, bytes))
      return true
    },
    goDead: () => line?.destroy(),
  }
}

/** So many times: a status instead of an answer. */
export function refuse(times: number, status: number, headers: Record<string, string> = {}): Fault {
  let left = times
  return (_request, response) => {
    if (left === 0) return false
    left--
    response.writeHead(status, headers).end()
    return true
  }
}
