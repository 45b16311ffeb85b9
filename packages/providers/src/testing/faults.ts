import { gzipSync } from 'node:zlib'
import type { Exchange } from './exchange.js'
import type { Complaint, Format, Said } from './formats/format.js'

/** What a fault is made of: the wire, what would have been said on it, and how far that comes. */
export interface FaultContext {
  readonly format: Format
  readonly said: Said
  /** Chunks of the stream that come first; half of them where absent. */
  readonly after?: number | undefined
  /** Seconds that the client is told to wait. */
  readonly retryAfter?: number | undefined
}

type Fault = (context: FaultContext) => Exchange

const json = { 'content-type': 'application/json' }

/** A whole reply that is as it should be. */
export function good(format: Format, said: Said, stream = true): Exchange {
  return stream
    ? { headers: { 'content-type': format.contentType }, body: format.stream(said) }
    : { headers: json, body: JSON.stringify(format.whole(said)) }
}

/** An error reply in the words of the wire. */
export function refused(format: Format, complaint: Complaint, retryAfter?: number): Exchange {
  return {
    status: complaint.status,
    headers: { ...json, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
    body: JSON.stringify(format.error(complaint)),
  }
}

const refusal =
  (status: number, message: string, code?: string, wait?: number): Fault =>
  ({ format, retryAfter = wait }) =>
    refused(format, { status, message, code }, retryAfter)

/** The stream as far as it comes. */
const begun = (
  { format, said, after }: FaultContext,
  ...then: readonly (string | Uint8Array)[]
): Exchange => {
  const chunks = format.stream(said)
  const head = chunks.slice(0, after ?? Math.max(1, Math.ceil(chunks.length / 2)))
  return { headers: { 'content-type': format.contentType }, body: [...head, ...then] }
}

const all = ({ format, said }: FaultContext): Buffer => Buffer.from(format.stream(said).join(''))

const page = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'

/** Every fault by the name it has in a script. */
export const faults = {
  auth: refusal(401, 'Incorrect API key provided.', 'invalid_api_key'),
  permission: refusal(403, 'Your organization may not use this model.'),
  not_found: refusal(404, 'The model does not exist.', 'model_not_found'),
  bad_request: refusal(400, 'temperature: must be at most 2.'),
  context_length: refusal(
    400,
    'prompt is too long: 210000 tokens > 200000 maximum',
    'context_length_exceeded',
  ),
  content_filter: refusal(400, 'Output blocked by content filtering policy', 'content_filter'),
  rate_limit: refusal(429, 'Rate limit reached for requests.', 'rate_limit_exceeded', 1),
  spend_cap: refusal(429, 'You have insufficient credits.', 'insufficient_quota'),
  overloaded: refusal(529, 'Overloaded'),
  server: refusal(500, 'Internal server error'),
  unavailable: refusal(503, 'The server is temporarily unable to handle the request.'),
  gateway_timeout: refusal(504, 'The upstream did not answer in time.'),
  bad_gateway: () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: page }),
  /** Points elsewhere; whoever follows carries a key there. */
  redirect: () => ({ status: 307, headers: { location: 'http://127.0.0.2:9/' }, body: '' }),
  /** HTTP 200, and an error in it. */
  error_200: ({ format }) => ({
    headers: json,
    body: JSON.stringify(format.error({ status: 500, message: 'Upstream failed.' })),
  }),
  /** The stream begins well, then holds an error. */
  late_error: (context) => begun(context, context.format.late({ status: 500, message: 'Upstream failed.' })),
  late_overloaded: (context) => begun(context, context.format.late({ status: 529, message: 'Overloaded' })),
  /** No reply: the connection is closed. */
  reset: () => ({ raw: '', ending: 'cut' }),
  /** No reply: the connection stays open. */
  hang: () => ({ raw: '', ending: 'hang' }),
  /** Headers, then nothing. */
  silent: ({ format }) => ({ headers: { 'content-type': format.contentType }, body: [], ending: 'hang' }),
  /** Tokens, then nothing. */
  stall: (context) => ({ ...begun(context), ending: 'hang' }),
  /** Torn in mid-reply. */
  cut: (context) => ({ ...begun(context), ending: 'cut' }),
  /** Ends properly, but too soon. */
  incomplete: (context) => begun(context),
  empty: ({ format }) => ({ headers: { 'content-type': format.contentType }, body: '' }),
  not_http: () => ({ raw: 'SSH-2.0-OpenSSH_9.6\r\n', ending: 'end' }),
  web_page: () => ({ headers: { 'content-type': 'text/html' }, body: page }),
  /** An event that is no JSON. */
  garbage: (context) =>
    begun(context, context.format.contentType.startsWith('text') ? 'data: {"a":oops}\n\n' : '{"a":oops}\n'),
  /** A line longer than anything has a right to be. */
  huge_line: (context) => begun(context, `data: ${'a'.repeat(20 * 1024 * 1024)}\n\n`),
  invalid_utf8: (context) => begun(context, Uint8Array.of(0x64, 0xff, 0xfe, 0x3a, 0xc3, 0x28, 0x0a, 0x0a)),
  truncated_gzip: (context) => {
    const packed = gzipSync(all(context))
    const headers = { 'content-type': context.format.contentType, 'content-encoding': 'gzip' }
    return { headers, body: packed.subarray(0, packed.length - 12) }
  },
  /** All is well but the label. */
  wrong_type: (context) => ({ headers: { 'content-type': 'text/plain' }, body: all(context) }),
  /** All is well, byte by byte. */
  drip: (context) => ({
    ...begun(context),
    body: Array.from(all(context), (byte) => Uint8Array.of(byte)),
  }),
  /** The stream's last event comes twice. */
  duplicate: ({ format, said }) => {
    const chunks = format.stream(said)
    return { headers: { 'content-type': format.contentType }, body: [...chunks, ...chunks.slice(-1)] }
  },
  slow_headers: (context) => ({
    ...begun({ ...context, after: Number.POSITIVE_INFINITY }),
    waits: { headers: 2000 },
  }),
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof faults

export const faultNames = Object.keys(faults) as readonly FaultName[]
