import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where a server that is sent a key says it again. */
export const places = [
  'reply',
  'tools',
  'refused',
  'failing',
  'page',
  'redirect',
  'late',
  'malformed',
  'unfinished',
] as const

export type Place = (typeof places)[number]

export interface EchoServer extends AsyncDisposable {
  readonly url: string
  /** Requests that brought a key. */
  readonly asked: () => number
}

/** A server of every wire that says whatever key it is sent again, in one place or another, in every form. */
export async function echoServer(place: Place): Promise<EchoServer> {
  let asked = 0
  const server = createServer((request, response) => {
    const said = sayAgain(request)
    if (said !== '') asked++
    request.resume().on('end', () => answer(place, request.url ?? '/', said, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sayAgain({ headers, url = '' }: IncomingMessage): string {
  const { authorization = '', 'x-api-key': own, 'x-goog-api-key': google } = headers
  const [scheme, sent = ''] = authorization.split(' ')
  const login =
    scheme === 'Basic' ? Buffer.from(sent, 'base64').toString().split(':').slice(1).join(':') : sent
  const query = new URL(url, 'http://h').searchParams.get('key')
  const key = String(own ?? google ?? (login || (query ?? '')))
  if (key === '') return ''
  return [
    `your key is ${key}`,
    JSON.stringify({ key }),
    encodeURIComponent(key),
    Buffer.from(`user:${key}`).toString('base64'),
    Buffer.from(key).toString('base64url'),
    key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  ].join(' , ')
}

const sse = (...events: object[]) =>
  events
    .map((event) => `${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
    .join('')

function answer(place: Place, url: string, said: string, response: ServerResponse): void {
  const line = said.replace(/[^\x20-\x7e]/g, '?')
  const headers = { 'x-request-id': line, 'x-echo': line, 'set-cookie': `k=${encodeURIComponent(line)}` }
  const send = (status: number, type: string, body: string) =>
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
  const error = { error: { message: `no such key: ${said}`, type: said, code: said, param: said } }
  const json = (status: number, body: object) => send(status, 'application/json', JSON.stringify(body))
  if (/\/(models|tags)(\?|$)/.test(url) && place !== 'refused') {
    return void json(200, { data: [{ id: `gpt-4o ${said}` }], models: [{ name: `models/${said}` }] })
  }
  if (place === 'refused') return void json(401, error)
  if (place === 'failing') return void json(500, error)
  if (place === 'page') return void send(502, 'text/html', `<html><title>${said}</title>${said}</html>`)
  if (place === 'redirect') {
    response.writeHead(307, { ...headers, location: `/again?key=${encodeURIComponent(said)}` }).end(said)
    return
  }
  const [type, body] = stream(place, url, said)
  send(200, type, body)
}

/** One reply by the wire that the path belongs to. */
function stream(place: Place, url: string, said: string): [type: string, body: string] {
  if (place === 'malformed') return ['text/event-stream', `data: {"${said}\n\n`]
  const tools = place === 'tools'
  const late = place === 'late'
  const ended = place !== 'unfinished' && !late
  const error = { message: said, type: said, code: said }
  if (url.includes('/messages')) {
    const block = tools ? { type: 'tool_use', id: said, name: said, input: {} } : { type: 'text', text: '' }
    const delta = tools
      ? { type: 'input_json_delta', partial_json: JSON.stringify({ said }) }
      : { type: 'text_delta', text: said }
    return [
      'text/event-stream',
      sse(
        {
          type: 'message_start',
          message: {
            model: said,
            role: 'assistant',
            content: [],
            usage: { input_tokens: 1, output_tokens: 1 },
          },
        },
        { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: said } },
        { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: said } },
        { type: 'content_block_stop', index: 0 },
        { type: 'content_block_start', index: 1, content_block: block },
        { type: 'content_block_delta', index: 1, delta },
        { type: 'content_block_stop', index: 1 },
        ...(late ? [{ type: 'error', error }] : []),
        ...(ended
          ? [
              {
                type: 'message_delta',
                delta: { stop_reason: tools ? said : 'end_turn' },
                usage: { output_tokens: 7 },
              },
              { type: 'message_stop' },
            ]
          : []),
      ),
    ]
  }
  if (url.includes('/api/chat')) {
    const call = { function: { name: said, arguments: { said } } }
    const message = {
      role: 'assistant',
      content: said,
      thinking: said,
      ...(tools ? { tool_calls: [call] } : {}),
    }
    const lines = [
      { model: said, message, done: false },
      ...(late ? [{ error: said }] : []),
      ...(ended
        ? [
            {
              model: said,
              message: { content: '' },
              done: true,
              done_reason: tools ? said : 'stop',
              prompt_eval_count: 5,
              eval_count: 7,
            },
          ]
        : []),
    ]
    return ['application/x-ndjson', lines.map((one) => `${JSON.stringify(one)}\n`).join('')]
  }
  if (url.includes('GenerateContent')) {
    const part = tools ? { functionCall: { name: said, args: { said } } } : { text: said }
    const end = ended ? { finishReason: 'STOP', finishMessage: said } : {}
    return [
      'text/event-stream',
      sse(
        {
          candidates: [{ content: { parts: [{ text: said, thought: true }, part] }, ...end }],
          modelVersion: said,
          responseId: said,
        },
        ...(late ? [{ error: { ...error, code: 500 } }] : []),
      ),
    ]
  }
  const call = {
    index: 0,
    id: said,
    type: 'function',
    function: { name: said, arguments: JSON.stringify({ said }) },
  }
  const delta = { content: said, reasoning_content: said, ...(tools ? { tool_calls: [call] } : {}) }
  const head = { id: said, model: said, provider: said, system_fingerprint: said }
  return [
    'text/event-stream',
    `: ${said}\n\n${sse(
      { ...head, choices: [{ index: 0, delta }] },
      ...(late ? [{ error }] : []),
      ...(ended
        ? [
            {
              ...head,
              choices: [
                {
                  index: 0,
                  delta: {},
                  finish_reason: tools ? said : 'stop',
                  native_finish_reason: tools ? said : 'stop',
                },
              ],
              usage: { prompt_tokens: 5, completion_tokens: 7 },
            },
          ]
        : []),
    )}${ended ? 'data: [DONE]\n\n' : ''}`,
  ]
}
