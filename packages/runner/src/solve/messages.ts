import type { Message } from '@bench/providers'
import type { AskedTask, Step } from './spec.js'

/** What a task asks, as the first messages of a conversation. */
export function firstMessages({ system, prompt }: AskedTask, more = ''): Message[] {
  const messages: Message[] = [{ role: 'user', content: `${prompt}${more}` }]
  if (system !== undefined) messages.unshift({ role: 'system', content: system })
  return messages
}

/** A message as a transcript has it. */
export function stepOf(message: Message): Step {
  const { role, content } = message
  if (message.role === 'assistant')
    return { role, content, ...(message.toolCalls && { toolCalls: message.toolCalls }) }
  if (message.role === 'tool')
    return { role, content, name: message.name, ...(message.failed && { failed: true }) }
  return { role, content }
}
