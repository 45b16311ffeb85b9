import type { AssistantMessage, CallOptions, Message, ToolMessage } from '../spec.js'
import { type Fields, fields, known, list } from './loose.js'
import { argumentsOf, takenName } from './tool-calls.js'

/**
 * A request of Anthropic's Messages API: https://docs.anthropic.com/en/api/messages
 * @param warnings is told what was not sent
 */
export function messagesBody(
  model: string,
  messages: readonly Message[],
  options: CallOptions,
  warnings: string[],
): Fields {
  const system = messages.flatMap(({ role, content }) => (role === 'system' ? [content] : []))
  const { temperature } = options
  const hot = temperature !== undefined && temperature > 1
  if (hot) warnings.push(`temperature ${temperature}: not sent, anthropic takes 0 to 1`)
  if (options.seed !== undefined) warnings.push('seed: not supported by anthropic')
  return known<Fields>({
    model,
    system: system.length > 0 ? system.join('\n\n') : undefined,
    messages: turns(messages),
    max_tokens: options.maxTokens ?? defaultMaxTokens(model),
    temperature: hot ? undefined : temperature,
    top_p: options.topP,
    stop_sequences: options.stop,
    ...toolFields(options),
  })
}

/** Content blocks of a reply that holds some which text and tool calls cannot make again: signed thinking. */
export const messagesCarry = (blocks: readonly Fields[]): Fields | undefined =>
  blocks.some(({ type }) => type !== 'text' && type !== 'tool_use') ? { messages: blocks } : undefined

/** The API wants a limit; the oldest models take no more than 4,096. */
const defaultMaxTokens = (model: string) => (/^claude-3-(opus|sonnet|haiku)/.test(model) ? 4096 : 8192)

function toolFields({ tools, toolChoice }: CallOptions): Fields {
  if (!tools?.length) return {}
  return {
    tools: tools.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: parameters,
    })),
    tool_choice:
      typeof toolChoice === 'object'
        ? { type: 'tool', name: toolChoice.name }
        : toolChoice && { type: toolChoice === 'required' ? 'any' : toolChoice },
  }
}

/** Turns of user and assistant. What tools returned to one turn has to stand in one message of the user's. */
function turns(messages: readonly Message[]): Fields[] {
  const out: { role: string; content: unknown }[] = []
  let results: Fields[] | undefined
  for (const message of messages) {
    if (message.role === 'system') continue
    if (message.role === 'tool') {
      if (!results) {
        results = []
        out.push({ role: 'user', content: results })
      }
      results.push(toolResult(message))
      continue
    }
    results = undefined
    const says = message.role !== 'assistant' || message.toolCalls?.length || message.carry !== undefined
    if (!says && isBlank(message.content)) continue
    out.push(
      message.role === 'assistant'
        ? { role: 'assistant', content: assistantContent(message) }
        : { role: 'user', content: message.content },
    )
  }
  return out
}

const toolResult = ({ toolCallId, content, failed }: ToolMessage): Fields =>
  known<Fields>({
    type: 'tool_result',
    tool_use_id: toolCallId,
    // An empty result is one without any.
    content: isBlank(content) ? undefined : content,
    is_error: failed ? true : undefined,
  })

/** A block of text without any is refused, and so is a turn that has nothing else. */
const isBlank = (said: unknown): boolean => typeof said === 'string' && said.trim() === ''

function keptBlock(block: Fields): Fields[] {
  if (block.type === 'text' && isBlank(block.text)) return []
  return [block.type === 'tool_use' ? { ...block, name: takenName(String(block.name)) } : block]
}

function assistantContent({ content, toolCalls, carry }: AssistantMessage): unknown {
  const kept = list(fields(carry).messages)
  if (kept.length > 0) return kept.map(fields).flatMap(keptBlock)
  if (!toolCalls?.length) return content
  return [
    ...(isBlank(content) ? [] : [{ type: 'text', text: content }]),
    ...toolCalls.map((call) => ({
      type: 'tool_use',
      id: call.id,
      name: takenName(call.name),
      input: argumentsOf(call),
    })),
  ]
}
