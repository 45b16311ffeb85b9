import type { CallOptions, Message } from '../spec.js'
import { type Fields, fields, known, text } from './loose.js'
import { takenArguments, takenName } from './tool-calls.js'

/** What every server of the chat-completions dialect takes, but how it is brought; an absent setting is not sent. */
export function chatBody(model: string, messages: readonly Message[], options: CallOptions): Fields {
  return known<Fields>({
    model,
    messages: messages.map(chatMessage),
    temperature: options.temperature,
    max_tokens: options.maxTokens,
    top_p: options.topP,
    stop: options.stop,
    seed: options.seed,
    ...chatTools(options),
  })
}

/** Tools as OpenAI's chat completions and Ollama take them. */
export const functionTools = (tools: CallOptions['tools']): readonly Fields[] | undefined =>
  tools?.length
    ? tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      }))
    : undefined

/** What of a reply its own turn has to bring back, by the provider that gave it. */
export type Carry = Readonly<Record<string, unknown>>

/** Reasoning that a server of this dialect wants back: OpenRouter's, DeepSeek's, Gemini's. */
export const chatCarry = (kept: {
  readonly details: readonly Fields[]
  readonly reasoningContent: string
  readonly extras: Readonly<Record<string, unknown>>
}): Carry | undefined => {
  const carry = {
    ...(kept.details.length > 0 && { reasoning_details: kept.details }),
    ...(kept.reasoningContent !== '' && { reasoning_content: kept.reasoningContent }),
    ...(Object.keys(kept.extras).length > 0 && { extra_content: kept.extras }),
  }
  return Object.keys(carry).length > 0 ? { chat: carry } : undefined
}

function chatTools({ tools, toolChoice }: CallOptions): Fields {
  const sent = functionTools(tools)
  if (!sent) return {}
  const choice =
    typeof toolChoice === 'object' ? { type: 'function', function: { name: toolChoice.name } } : toolChoice
  return { tools: sent, tool_choice: choice }
}

function chatMessage(message: Message): Fields {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  }
  const { role, content } = message
  if (message.role !== 'assistant') return { role, content }
  const { reasoning_details, reasoning_content, extra_content } = fields(fields(message.carry).chat)
  const calls = message.toolCalls?.length ? message.toolCalls : undefined
  return known<Fields>({
    role,
    content: content === '' && calls ? null : content,
    reasoning_details,
    // Older reasoning models refuse it where no tool was called.
    reasoning_content: calls && text(reasoning_content),
    tool_calls: calls?.map((call) =>
      known<Fields>({
        id: call.id,
        type: 'function',
        function: { name: takenName(call.name), arguments: takenArguments(call) },
        extra_content: fields(extra_content)[call.id],
      }),
    ),
  })
}
