import { readFile } from 'node:fs/promises'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { Exchange } from './exchange.js'

/** A recorded reply with the request it answered. */
export interface Recorded extends Exchange {
  readonly method: string
  /** As it was recorded; empty where the file holds a body only. */
  readonly uri: string
  readonly body: Buffer
  readonly status: number
  readonly headers: Readonly<Record<string, readonly string[]>>
}

/**
 * The replies of a recording: a YAML cassette of Python's vcrpy or Ruby's vcr, or a file that holds one body
 * (`.sse`, `.json`). Bodies are unpacked, and headers that no longer hold are dropped.
 */
export async function readRecording(path: string): Promise<readonly Recorded[]> {
  const bytes = await readFile(path)
  if (!/\.ya?ml$/.test(path)) return [bare(bytes)]
  const { parse } = await import('yaml')
  const binary = {
    tag: '!binary',
    resolve: (written: string) => Buffer.from(written, 'base64'),
  }
  const cassette = parse(bytes.toString('utf8'), {
    customTags: (tags) => [...tags, 'binary', binary],
  }) as Cassette
  return (cassette.interactions ?? cassette.http_interactions ?? []).map(recorded)
}

interface Cassette {
  readonly interactions?: readonly Interaction[]
  readonly http_interactions?: readonly Interaction[]
}

type Body = string | { readonly string?: string | Uint8Array; readonly base64_string?: string }

interface Interaction {
  readonly request: { readonly method: string; readonly uri: string }
  readonly response: {
    readonly status: { readonly code: number }
    readonly headers: Readonly<Record<string, string | readonly string[]>>
    readonly body?: Body
    readonly parsed_body?: unknown
  }
}

function recorded({ request, response }: Interaction): Recorded {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? [value] : value,
    ]),
  )
  const packed = 'parsed_body' in response ? JSON.stringify(response.parsed_body) : contentOf(response.body)
  const body = unpack(Buffer.from(packed), headers['content-encoding']?.[0])
  for (const name of untrue) delete headers[name]
  return {
    method: request.method.toUpperCase(),
    uri: request.uri,
    status: response.status.code,
    headers,
    body,
  }
}

const untrue = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'set-cookie']

function contentOf(body: Body | undefined): string | Uint8Array {
  if (body === undefined || typeof body === 'string') return body ?? ''
  return body.string ?? Buffer.from(body.base64_string ?? '', 'base64')
}

/** Some recorders keep the header of an encoding that they have already undone. */
function unpack(body: Buffer, encoding: string | undefined): Buffer {
  try {
    if (encoding === 'gzip') return gunzipSync(body)
    if (encoding === 'br') return brotliDecompressSync(body)
    if (encoding === 'deflate') return inflateSync(body)
  } catch {}
  return body
}

function bare(body: Buffer): Recorded {
  const start = body.toString('utf8', 0, 200).trimStart()
  const lines = body.toString('utf8').trim().split('\n').length
  const json = start.startsWith('{')
  const type = json ? (lines > 1 ? 'application/x-ndjson' : 'application/json') : 'text/event-stream'
  return { method: 'POST', uri: '', status: 200, headers: { 'content-type': [type] }, body }
}
