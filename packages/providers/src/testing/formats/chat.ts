import type { FinishReason } from '../../spec.js'
import { fields } from '../../wire/loose.js'
import { type Complaint, type Format, halves, lastOfUser, type Said, sse } from './format.js'
import { refusedByChat } from './refusals.js'

const base = (said: Said, object: string) => ({
  id: 'chatcmpl-mock',
  object,
  created: 1_767_225_600,
  model: said.model,
})

const usageOf = ({ usage, usd }: Said, routed: boolean) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  ...(usage.reasoning === undefined
    ? {}
    : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  ...(routed ? { cost: usd ?? 0, is_byok: false } : {}),
})

const finishes: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  refusal: 'content_filter',
  other: 'unknown',
}

/** Chat completions, of OpenAI and of the many who copied it; or with what OpenRouter says besides. */
function speaker(routed: boolean): Format {
  const mark = routed ? { provider: 'Mock' } : {}
  const reasoningKey = routed ? 'reasoning' : 'reasoning_content'
  return {
    name: routed ? 'openrouter' : 'chat',
    contentType: 'text/event-stream; charset=utf-8',
    wanted(_path, body) {
      const { model, messages, stream } = fields(body)
      return {
        model: String(model ?? ''),
        prompt: lastOfUser(messages),
        chars: JSON.stringify(messages ?? '').length,
        stream: stream === true,
      }
    },
    refusal: refusedByChat,
    stream(said) {
      const chunk = (delta: object, finish_reason: string | null = null) =>
        sse({
          ...base(said, 'chat.completion.chunk'),
          ...mark,
          choices: [{ index: 0, delta, finish_reason }],
        })
      return [
        ...(routed ? [': OPENROUTER PROCESSING\n\n'] : []),
        chunk({ role: 'assistant', content: '' }),
        ...said.reasoning.map((piece) => chunk({ [reasoningKey]: piece })),
        ...said.text.map((content) => chunk({ content })),
        ...said.toolCalls.flatMap((call, index) => [
          chunk({
            tool_calls: [
              { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
            ],
          }),
          ...halves(call.arguments).map((part) =>
            chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
          ),
        ]),
        chunk({}, finishes[said.finish]),
        sse({ ...base(said, 'chat.completion.chunk'), ...mark, choices: [], usage: usageOf(said, routed) }),
        sse('[DONE]'),
      ]
    },
    whole: (said) => ({
      ...base(said, 'chat.completion'),
      ...mark,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: said.text.join(''),
            ...(said.reasoning.length > 0 ? { [reasoningKey]: said.reasoning.join('') } : {}),
            ...(said.toolCalls.length > 0
              ? {
                  tool_calls: said.toolCalls.map(({ id, name, arguments: args }) => ({
                    id,
                    type: 'function',
                    function: { name, arguments: args },
                  })),
                }
              : {}),
          },
          finish_reason: finishes[said.finish],
        },
      ],
      usage: usageOf(said, routed),
    }),
    error: errorOf,
    late: (complaint) => sse(errorOf(complaint)),
  }

  function errorOf({ status, message, code }: Complaint) {
    return routed
      ? {
          error: { message, code: status, ...(code ? { metadata: { error_type: code } } : {}) },
          user_id: 'user_mock',
        }
      : { error: { message, type: code ?? typeOf(status), param: null, code: code ?? null } }
  }
}

const typeOf = (status: number): string => {
  if (status === 401) return 'authentication_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

export const chat = speaker(false)
export const openrouter = speaker(true)
