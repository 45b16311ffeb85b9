import { fields, json } from '../../wire/loose.js'
import { type Format, lastOfUser, type Said } from './format.js'
import { refusedByOllama } from './refusals.js'

const at = '2026-01-01T00:00:00.000000Z'
const line = (data: object) => `${JSON.stringify(data)}\n`

/** Ollama's own API: https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Format = {
  name: 'ollama',
  contentType: 'application/x-ndjson',
  wanted(_path, body) {
    const { model, messages, prompt, stream } = fields(body)
    return {
      model: String(model ?? ''),
      prompt: typeof prompt === 'string' ? prompt : lastOfUser(messages),
      chars: JSON.stringify(messages ?? prompt ?? '').length,
      stream: stream !== false,
    }
  },
  refusal: refusedByOllama,
  stream(said) {
    const part = (message: object) =>
      line({
        model: said.model,
        created_at: at,
        message: { role: 'assistant', content: '', ...message },
        done: false,
      })
    return [
      ...said.reasoning.map((thinking) => part({ thinking })),
      ...said.text.map((content) => part({ content })),
      ...said.toolCalls.map((call) => part({ tool_calls: [callOf(call)] })),
      line({
        model: said.model,
        created_at: at,
        message: { role: 'assistant', content: '' },
        ...ending(said),
      }),
    ]
  },
  whole: (said) => ({
    model: said.model,
    created_at: at,
    message: {
      role: 'assistant',
      content: said.text.join(''),
      ...(said.reasoning.length > 0 ? { thinking: said.reasoning.join('') } : {}),
      ...(said.toolCalls.length > 0 ? { tool_calls: said.toolCalls.map(callOf) } : {}),
    },
    ...ending(said),
  }),
  error: ({ message }) => ({ error: message }),
  late: ({ message }) => line({ error: message }),
}

const callOf = ({ id, name, arguments: args }: Said['toolCalls'][number]) => ({
  id,
  function: { name, arguments: json(args) ?? {} },
})

const ending = ({ finish, usage }: Said) => ({
  done: true,
  done_reason: finish === 'length' ? 'length' : 'stop',
  total_duration: 1_000_000 * (usage.output + 1),
  load_duration: 1_000_000,
  prompt_eval_count: usage.input,
  prompt_eval_duration: 1_000_000,
  eval_count: usage.output,
  eval_duration: 1_000_000 * usage.output,
})
