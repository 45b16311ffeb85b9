import type { ProviderErrorCode } from '@bench/providers'
import { type Exchange, type Format, refused } from '@bench/providers/testing'
import { backoff, fatal, json, lasting, passing, type Script, streamOf } from './script.js'

/** Servers that say no: by status, in whatever words, and with a wait that they ask for. */
export function refusals(format: Format): Script[] {
  return [...byStatus(format), ...redirects(), ...byBody(), ...byWords(format), ...byWait(format)]
}

const again: ReadonlySet<ProviderErrorCode> = new Set(['rate_limit', 'overloaded', 'server', 'timeout'])

const one = (name: string, exchange: Exchange, code: ProviderErrorCode) =>
  again.has(code) ? lasting(name, exchange, code) : fatal(name, exchange, code)

const statuses: Readonly<Record<string, readonly number[]>> = {
  bad_request: [400, 405, 406, 411, 412, 414, 415, 416, 417, 418, 421, 422, 423, 426, 428, 431, 451],
  auth: [401, 407],
  spend_cap: [402],
  permission: [403],
  not_found: [404, 410],
  timeout: [408],
  context_length: [413],
  rate_limit: [429],
  overloaded: [498, 503, 529],
  server: [
    409, 424, 425, 499, 500, 501, 502, 504, 505, 507, 508, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530,
    599,
  ],
}

function byStatus(format: Format): Script[] {
  return Object.entries(statuses).flatMap(([code, all]) =>
    all.flatMap((status) => {
      const exchange = refused(format, { status, message: 'No.' })
      const script = one(`HTTP ${status}`, exchange, code as ProviderErrorCode)
      return status >= 500 || status === 429
        ? [script, passing(`HTTP ${status}`, exchange, streamOf(format))]
        : [script]
    }),
  )
}

const redirects = (): Script[] =>
  [300, 301, 302, 303, 304, 305, 307, 308].map((status) =>
    fatal(
      `HTTP ${status} to elsewhere`,
      { status, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
      'bad_request',
    ),
  )

const page = '<!DOCTYPE html><html><body><h1>Error</h1></body></html>'

function byBody(): Script[] {
  const bodies: readonly (readonly [string, string])[] = [
    ['an empty body', ''],
    ['a web page', page],
    ['plain words', 'no healthy upstream'],
    ['half of a JSON', '{"error":{"mess'],
    ['a list', '[{"error":{"message":"No."}}]'],
    ['FastAPI words', '{"detail":[{"loc":["body"],"msg":"No.","type":"value"}]}'],
    ['null', 'null'],
  ]
  const expected: readonly (readonly [number, ProviderErrorCode])[] = [
    [400, 'bad_request'],
    [401, 'auth'],
    [403, 'permission'],
    [404, 'not_found'],
    [429, 'rate_limit'],
    [500, 'server'],
    [503, 'overloaded'],
  ]
  return bodies.flatMap(([words, body]) =>
    expected.map(([status, code]) =>
      one(`HTTP ${status} with ${words}`, { status, headers: json, body }, code),
    ),
  )
}

/** What providers really say: status, words, their own code for it, and the class that it is. */
const sayings: readonly (readonly [number, string, string | undefined, ProviderErrorCode])[] = [
  [429, 'You exceeded your current quota, please check your plan.', 'insufficient_quota', 'spend_cap'],
  [400, 'Your credit balance is too low to access the Anthropic API.', undefined, 'spend_cap'],
  [
    400,
    'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    undefined,
    'spend_cap',
  ],
  [403, 'Key limit exceeded (total limit).', undefined, 'spend_cap'],
  [402, 'Insufficient Balance', undefined, 'spend_cap'],
  [402, 'You have exceeded your monthly included credits for Inference Providers.', undefined, 'spend_cap'],
  [403, "Your newly created team doesn't have any credits yet.", undefined, 'spend_cap'],
  [400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded', 'context_length'],
  [400, 'prompt is too long: 210000 tokens > 200000 maximum', undefined, 'context_length'],
  [
    400,
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    undefined,
    'context_length',
  ],
  [400, 'the request exceeds the available context size, try increasing it', undefined, 'context_length'],
  [
    422,
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096',
    undefined,
    'context_length',
  ],
  [
    400,
    'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
    undefined,
    'context_length',
  ],
  [500, 'litellm.ContextWindowExceededError: context window', undefined, 'context_length'],
  [400, 'Output blocked by content filtering policy', undefined, 'content_filter'],
  [
    400,
    'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
    undefined,
    'content_filter',
  ],
  [
    400,
    'The response was filtered due to the prompt triggering content management policy.',
    'content_filter',
    'content_filter',
  ],
  [403, 'requires moderation on Open AI. Your input was flagged for "violence"', undefined, 'content_filter'],
  [400, 'API key not valid. Please pass a valid API key.', undefined, 'auth'],
  [429, 'The engine is currently overloaded, please try again later.', undefined, 'overloaded'],
  [429, 'Model is overloaded', undefined, 'overloaded'],
  [500, 'Overloaded', undefined, 'overloaded'],
  [429, 'Number of request tokens has exceeded your per-minute rate limit', undefined, 'rate_limit'],
  [400, 'Unsupported parameter: frequency_penalty', 'unsupported_parameter', 'bad_request'],
]

const byWords = (format: Format): Script[] => [
  ...sayings
    .filter((one) => carries(format, one[2]))
    .map(([status, message, code, expected]) =>
      one(`HTTP ${status} "${message.slice(0, 50)}"`, refused(format, { status, message, code }), expected),
    ),
  fatal(
    'a request larger than a minute allows',
    refused(format, {
      status: 429,
      message: 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 60000.',
    }),
    'rate_limit',
  ),
]

/** OpenAI alone has a code that turns a rate limit into a spend cap; the same words of Gemini's mean a rate limit. */
const carries = ({ name }: Format, code: string | undefined): boolean =>
  code !== 'insufficient_quota' || name === 'chat' || name === 'responses'

function byWait(format: Format): Script[] {
  const limited = (headers: Record<string, string>, status = 429): Exchange => {
    const exchange = refused(format, { status, message: 'Slow down.' })
    return { ...exchange, headers: { ...exchange.headers, ...headers } }
  }
  const heard: readonly (readonly [Record<string, string>, number])[] = [
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '2.5' }, 2500],
    [{ 'retry-after': '60' }, 60_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '7' }, 1500],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, 1000],
    [{ 'retry-after': '-5' }, 1000],
    [{ 'retry-after-ms': 'NaN' }, 1000],
    [{ 'x-ratelimit-reset-requests': '2s', 'x-ratelimit-reset-tokens': '6m0s' }, 2000],
    [
      {
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-reset-tokens': '20s',
        'x-ratelimit-remaining-tokens': '0',
      },
      20_000,
    ],
    [{ 'x-ratelimit-reset': '30' }, 30_000],
    [{ 'x-ratelimit-reset': '1000000000500' }, 0],
    [{ 'x-ratelimit-reset': '30', 'retry-after': '3' }, 3000],
  ]
  const good = streamOf(format)
  return [
    ...heard.map(([headers, wait]) =>
      passing(`a wait by ${JSON.stringify(headers)}`, limited(headers), good, { waits: [wait] }),
    ),
    passing('a wait asked for by a 503', limited({ 'retry-after': '9' }, 503), good, { waits: [9000] }),
    lasting('a wait asked for each time', limited({ 'retry-after': '3' }), 'rate_limit', {
      waits: [3000, 3000, 3000],
    }),
    fatal('a wait beyond the cap', limited({ 'retry-after': '61' }), 'rate_limit'),
    fatal('a wait of hours', limited({ 'retry-after': '7200' }), 'rate_limit'),
    fatal('a wait beyond a cap of one’s own', limited({ 'retry-after': '6' }), 'rate_limit', {
      settings: { maxRetryAfterMs: 5000 },
    }),
    passing('a wait within a cap of one’s own', limited({ 'retry-after': '90' }), good, {
      waits: [90_000],
      settings: { maxRetryAfterMs: 100_000 },
    }),
    fatal('a wait beyond the time limit', limited({ 'retry-after': '30' }), 'rate_limit', {
      settings: { timeoutMs: 29_999.5 },
    }),
    fatal('a server that says not to try again', limited({ 'x-should-retry': 'false' }, 500), 'server'),
    fatal('no retries wanted', limited({}, 500), 'server', { settings: { maxRetries: 0 } }),
    lasting('one retry wanted', limited({}, 500), 'server', {
      settings: { maxRetries: 1 },
      tries: 2,
      waits: [1000],
    }),
    lasting('many retries wanted', limited({}, 500), 'server', {
      settings: { maxRetries: 7 },
      tries: 8,
      waits: [...backoff, 8000, 16_000, 32_000, 60_000],
    }),
  ]
}
