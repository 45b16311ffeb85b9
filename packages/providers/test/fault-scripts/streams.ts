import { gzipSync } from 'node:zlib'
import type { ProviderErrorCode } from '@bench/providers'
import { type Exchange, type FaultName, type Format, faults } from '@bench/providers/testing'
import { fatal, json, lasting, passing, type Script, said, streamOf } from './script.js'

/** Servers that say yes and do not keep it. */
export function streams(format: Format): Script[] {
  return [
    ...cuts(format),
    ...ends(format),
    ...named(format),
    ...late(format),
    ...silences(format),
    ...bodies(format),
    ...sound(format),
    ...connections(format),
  ]
}

const billed = { billed: true }

function cuts(format: Format): Script[] {
  const good = streamOf(format)
  const length = Buffer.byteLength(format.stream(said).join(''))
  const places = [0, 1, 2, 10, 50, 100, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.99].map((at) =>
    at > 0 && at < 1 ? Math.floor(length * at) : at,
  )
  return [
    ...places.map((cutAt) => lasting(`torn at byte ${cutAt}`, { ...good, cutAt }, 'cut', billed)),
    lasting('torn a byte before its end', { ...good, cutAt: length - 1 }, 'cut', billed),
    lasting('torn after its last byte', { ...good, ending: 'cut' }, 'cut', billed),
    passing('torn in the middle', { ...good, cutAt: Math.floor(length / 2) }, good),
    {
      ...passing('torn twice', { ...good, cutAt: 40 }, good),
      exchanges: [{ ...good, cutAt: 40 }, { ...good, cutAt: 90 }, good],
      tries: 3,
      waits: [1000, 2000],
    },
  ]
}

/** A proper end after each of its events but those that make it whole. */
function ends(format: Format): Script[] {
  const chunks = format.stream(said)
  // Whoever copied OpenAI's dialect may leave out what comes after the reason.
  const needed = /chat|openrouter/.test(format.name) ? chunks.length - 2 : chunks.length
  const headers = { 'content-type': format.contentType }
  return [
    ...chunks
      .slice(0, needed)
      .map((_, count) =>
        lasting(
          `ended after ${count} events`,
          { headers, body: chunks.slice(0, count) },
          'incomplete',
          billed,
        ),
      ),
    lasting(
      'ended within its last event',
      { headers, body: [...chunks.slice(0, needed - 1), chunks[needed - 1]?.slice(0, -8) ?? ''] },
      'incomplete',
      billed,
    ),
    passing('ended too soon', { headers, body: chunks.slice(0, 3) }, streamOf(format)),
  ]
}

function named(format: Format): Script[] {
  const of = (name: FaultName): Exchange => faults[name]({ format, said })
  const good = streamOf(format)
  const broken: readonly (readonly [FaultName, ProviderErrorCode, boolean])[] = [
    ['error_200', 'server', false],
    ['late_error', 'server', true],
    ['late_overloaded', 'overloaded', true],
    ['garbage', 'malformed', true],
    ['invalid_utf8', 'malformed', true],
    ['truncated_gzip', 'cut', true],
    ['web_page', 'malformed', true],
    ['empty', 'incomplete', true],
    ['not_http', 'malformed', true],
    ['reset', 'connect', true],
  ]
  return [
    ...broken.map(([name, code, mayBill]) => lasting(name, of(name), code, { billed: mayBill })),
    ...broken.map(([name]) => passing(name, of(name), good)),
    fatal('redirect', of('redirect'), 'bad_request'),
    fatal('a line without end', of('huge_line'), 'malformed', billed),
  ]
}

/** An error as an event, before the first token and in mid-reply. */
function late(format: Format): Script[] {
  const classes: readonly (readonly [number, string | undefined, ProviderErrorCode])[] = [
    [401, 'invalid_api_key', 'auth'],
    [429, 'rate_limit_exceeded', 'rate_limit'],
    [500, undefined, 'server'],
    [529, 'overloaded', 'overloaded'],
    [400, 'context_length_exceeded', 'context_length'],
    [400, 'content_filter', 'content_filter'],
  ]
  const chunks = format.stream(said)
  const begun = [0, 5]
  return begun.flatMap((after) =>
    classes.flatMap(([status, code, expected]) => {
      const message =
        expected === 'context_length'
          ? 'prompt is too long'
          : expected === 'content_filter'
            ? 'flagged'
            : 'No.'
      if (!tells(format, expected)) return []
      const event = format.late({ status, message, code })
      const exchange = {
        headers: { 'content-type': format.contentType },
        body: [...chunks.slice(0, after), event],
      }
      const name = `an event that says ${expected}, after ${after} others`
      const again = status >= 429
      return [
        again
          ? lasting(name, exchange, expected, { billed: after > 0 })
          : fatal(name, exchange, expected, { billed: after > 0 }),
      ]
    }),
  )
}

/** Ollama's errors are words without a class, Anthropic's have none for some. */
const tells = ({ name }: Format, code: ProviderErrorCode): boolean => name !== 'ollama' || code === 'server'

function silences(format: Format): Script[] {
  const of = (name: FaultName): Exchange => faults[name]({ format, said })
  const good = streamOf(format)
  const comment = format.contentType.startsWith('text/') ? ': still here\n\n' : '\n'
  const silent = { ...billed, silent: true }
  const alive: Exchange = { ...of('silent'), body: [comment, comment] }
  return [
    lasting('no headers', of('hang'), 'timeout_headers', silent),
    lasting('headers, then nothing', of('silent'), 'timeout_first_token', silent),
    lasting('signs of life, but no token', alive, 'timeout_first_token', silent),
    lasting('tokens, then nothing', of('stall'), 'timeout_between_tokens', silent),
    passing('no headers', of('hang'), good, { silent: true }),
    passing('tokens, then nothing', of('stall'), good, { silent: true }),
    fatal('no headers within the whole time', of('hang'), 'timeout', {
      ...silent,
      settings: { timeoutMs: 50_000.5 },
    }),
    fatal('no end within the whole time', of('stall'), 'timeout', {
      ...silent,
      settings: { timeoutMs: 50_000.5 },
    }),
  ]
}

function bodies(format: Format): Script[] {
  const headers = { 'content-type': format.contentType }
  const wrong = (
    name: string,
    body: string | Uint8Array,
    code: ProviderErrorCode = 'malformed',
    type = headers,
  ) => lasting(name, { headers: type, body }, code, billed)
  const packed = gzipSync(format.stream(said).join(''))
  return [
    wrong('JSON null', 'null', 'malformed', json),
    wrong('a JSON string', '"hello"', 'malformed', json),
    wrong('an empty JSON object', '{}', 'malformed', json),
    wrong('an empty JSON list', '[]', 'malformed', json),
    wrong('half of a JSON object', JSON.stringify(format.whole(said)).slice(0, -20), 'malformed', json),
    wrong('a JSON of another kind', '{"object":"list","data":[]}', 'malformed', json),
    lasting('HTTP 204', { status: 204 }, 'malformed', billed),
    lasting(
      'gzip that is none',
      { headers: { ...headers, 'content-encoding': 'gzip' }, body: 'plain' },
      'malformed',
      billed,
    ),
    lasting(
      'gzip that is damaged',
      { headers: { ...headers, 'content-encoding': 'gzip' }, body: damaged(packed) },
      'malformed',
      billed,
    ),
    lasting(
      'less than its length says',
      {
        headers: { ...headers, 'content-length': '100000' },
        body: format.stream(said)[0] ?? '',
        ending: 'cut',
      },
      'cut',
      billed,
    ),
  ]
}

function damaged(packed: Buffer): Buffer {
  const bytes = Buffer.from(packed)
  bytes.fill(0xff, 20, 40)
  return bytes
}

/** Odd, but whole. */
function sound(format: Format): Script[] {
  const chunks = format.stream(said)
  const headers = { 'content-type': format.contentType }
  const text = chunks.join('')
  const fine = (name: string, exchange: Exchange): Script => ({
    name,
    exchanges: [exchange],
    tries: 1,
    waits: [],
  })
  return [
    fine('as it should be', streamOf(format)),
    fine('byte by byte', faults.drip({ format, said })),
    fine('all at once', { headers, body: text }),
    fine('its last event twice', faults.duplicate({ format, said })),
    fine('gzip', { headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(text) }),
    fine('in one piece', { headers: json, body: JSON.stringify(format.whole(said)) }),
    fine('empty lines between', { headers, body: chunks.map((chunk) => `${chunk}\n`) }),
    fine('lines that end in CR LF', { headers, body: text.replaceAll('\n', '\r\n') }),
    fine('labelled as text', { headers: { 'content-type': 'text/plain' }, body: text }),
    ...(format.contentType.startsWith('text/')
      ? [
          fine('comments between', {
            headers,
            body: chunks.map((chunk) => `: OPENROUTER PROCESSING\n\n${chunk}`),
          }),
        ]
      : []),
  ]
}

function connections(format: Format): Script[] {
  const raw = (bytes: string): Exchange => ({ raw: bytes, ending: 'cut' })
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${format.contentType}\r\n`
  const none = { exchanges: [], tries: 0 }
  return [
    lasting('closed within the headers', raw(head), 'connect', billed),
    lasting(
      'a chunk that is none',
      { raw: `${head}transfer-encoding: chunked\r\n\r\nzz\r\nno\r\n`, ending: 'end' },
      'malformed',
      billed,
    ),
    lasting(
      'headers larger than anybody sends',
      { raw: `${head}x: ${'a'.repeat(40_000)}\r\n\r\n`, ending: 'end' },
      'malformed',
      billed,
    ),
    { ...fatal('nobody there', {}, 'connect', none), endpoint: 'http://127.0.0.1:9' },
    { ...fatal('no such host', {}, 'dns', none), endpoint: 'http://no-such-host.invalid' },
  ]
}
