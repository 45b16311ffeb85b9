import { fields } from '../../wire/loose.js'
import { type Complaint, type Format, halves, lastOfUser, type Said, sse } from './format.js'
import { refusedByResponses } from './refusals.js'

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responses: Format = {
  name: 'responses',
  contentType: 'text/event-stream; charset=utf-8',
  wanted(_path, body) {
    const { model, input, instructions, stream } = fields(body)
    return {
      model: String(model ?? ''),
      prompt: typeof input === 'string' ? input : lastOfUser(input),
      chars: JSON.stringify([instructions, input]).length,
      stream: stream === true,
    }
  },
  refusal: refusedByResponses,
  stream(said) {
    let sequence_number = 0
    const event = (type: string, data: object) =>
      sse({ type, sequence_number: sequence_number++, ...data }, type)
    const response = { ...envelope(said), status: 'in_progress', output: [] }
    const items = outputOf(said)
    return [
      event('response.created', { response }),
      event('response.in_progress', { response }),
      ...items.flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }),
        ...deltasOf(item, said).map(([type, delta]) =>
          event(type, { output_index, item_id: item.id, delta }),
        ),
        event('response.output_item.done', { output_index, item }),
      ]),
      said.finish === 'length'
        ? event('response.incomplete', { response: finished(said) })
        : event('response.completed', { response: finished(said) }),
    ]
  },
  whole: finished,
  error: errorOf,
  late: (complaint) => {
    const { error } = errorOf(complaint)
    return sse(
      { type: 'error', code: error.code ?? error.type, message: error.message, param: null },
      'error',
    )
  },
}

function errorOf({ status, message, code }: Complaint) {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error'
  return { error: { message, type: code ?? type, param: null, code: code ?? null } }
}

const envelope = ({ model }: Said) => ({
  id: 'resp_mock',
  object: 'response',
  created_at: 1_767_225_600,
  model,
})

type Item = { readonly id: string; readonly type: string; readonly [key: string]: unknown }

function outputOf(said: Said): Item[] {
  return [
    ...(said.reasoning.length > 0
      ? [
          {
            id: 'rs_mock',
            type: 'reasoning',
            summary: [{ type: 'summary_text', text: said.reasoning.join('') }],
          },
        ]
      : []),
    ...(said.text.length > 0
      ? [
          {
            id: 'msg_mock',
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: said.text.join(''), annotations: [] }],
          },
        ]
      : []),
    ...said.toolCalls.map((call) => ({
      id: `fc_${call.id}`,
      type: 'function_call',
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
      status: 'completed',
    })),
  ]
}

function deltasOf(item: Item, said: Said): readonly (readonly [string, string])[] {
  if (item.type === 'message') return said.text.map((text) => ['response.output_text.delta', text])
  if (item.type === 'reasoning')
    return said.reasoning.map((text) => ['response.reasoning_summary_text.delta', text])
  return halves(String(item.arguments)).map((text) => ['response.function_call_arguments.delta', text])
}

function finished(said: Said) {
  return {
    ...envelope(said),
    status: said.finish === 'length' ? 'incomplete' : 'completed',
    incomplete_details: said.finish === 'length' ? { reason: 'max_output_tokens' } : null,
    error: null,
    output: outputOf(said),
    usage: {
      input_tokens: said.usage.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: said.usage.output,
      output_tokens_details: { reasoning_tokens: said.usage.reasoning ?? 0 },
      total_tokens: said.usage.input + said.usage.output,
    },
  }
}
