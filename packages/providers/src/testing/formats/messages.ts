import type { FinishReason } from '../../spec.js'
import { fields, json } from '../../wire/loose.js'
import { type Complaint, type Format, halves, lastOfUser, type Said, sse } from './format.js'
import { refusedByMessages } from './refusals.js'

const finishes: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  refusal: 'refusal',
  other: 'pause_turn',
}

const event = (data: { readonly type: string; readonly [key: string]: unknown }) => sse(data, data.type)

/** Anthropic's Messages API. */
export const messages: Format = {
  name: 'messages',
  contentType: 'text/event-stream; charset=utf-8',
  wanted(_path, body) {
    const { model, messages: all, system, stream } = fields(body)
    return {
      model: String(model ?? ''),
      prompt: lastOfUser(all),
      chars: JSON.stringify([system, all]).length,
      stream: stream === true,
    }
  },
  refusal: refusedByMessages,
  stream(said) {
    let index = -1
    const block = (content_block: object, deltas: readonly object[]) => [
      event({ type: 'content_block_start', index: ++index, content_block }),
      ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
      event({ type: 'content_block_stop', index }),
    ]
    const start = {
      ...envelope(said),
      content: [],
      stop_reason: null,
      usage: { input_tokens: said.usage.input, output_tokens: 1 },
    }
    return [
      event({ type: 'message_start', message: start }),
      event({ type: 'ping' }),
      ...(said.reasoning.length > 0
        ? block({ type: 'thinking', thinking: '', signature: '' }, [
            ...said.reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })),
            { type: 'signature_delta', signature: 'bW9jaw==' },
          ])
        : []),
      ...(said.text.length > 0
        ? block(
            { type: 'text', text: '' },
            said.text.map((text) => ({ type: 'text_delta', text })),
          )
        : []),
      ...said.toolCalls.flatMap((call) =>
        block(
          { type: 'tool_use', id: call.id, name: call.name, input: {} },
          halves(call.arguments).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
        ),
      ),
      event({
        type: 'message_delta',
        delta: { stop_reason: finishes[said.finish], stop_sequence: null },
        usage: { output_tokens: said.usage.output },
      }),
      event({ type: 'message_stop' }),
    ]
  },
  whole: (said) => ({
    ...envelope(said),
    content: [
      ...(said.reasoning.length > 0
        ? [{ type: 'thinking', thinking: said.reasoning.join(''), signature: 'bW9jaw==' }]
        : []),
      ...(said.text.length > 0 ? [{ type: 'text', text: said.text.join('') }] : []),
      ...said.toolCalls.map(({ id, name, arguments: args }) => ({
        type: 'tool_use',
        id,
        name,
        input: json(args) ?? {},
      })),
    ],
    stop_reason: finishes[said.finish],
    stop_sequence: null,
    usage: { input_tokens: said.usage.input, output_tokens: said.usage.output },
  }),
  error: errorOf,
  late: (complaint) => sse(errorOf(complaint), 'error'),
}

const envelope = ({ model }: Said) => ({ id: 'msg_mock', type: 'message', role: 'assistant', model })

function errorOf({ status, message }: Complaint) {
  return {
    type: 'error',
    error: { type: types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message },
    request_id: 'req_mock',
  }
}

/** https://docs.anthropic.com/en/api/errors */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}
