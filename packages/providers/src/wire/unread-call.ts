import { fields, json } from './loose.js'
import type { Reply } from './reply.js'

/**
 * Some servers read the calls that a model writes, and answer with an error where they cannot: Groq with what the model wrote in
 * `failed_generation` (https://console.groq.com/docs/tool-use), Ollama with it in the message. That is no fault of the server's: it is
 * what the model said.
 */
function writtenInstead(error: unknown): string | undefined {
  if (typeof error === 'string') return /error parsing tool call: raw='([\s\S]*)', err=/.exec(error)?.[1]
  const { code, failed_generation, message } = fields(error)
  if (code === 'tool_use_failed') return typeof failed_generation === 'string' ? failed_generation : ''
  return typeof message === 'string' ? writtenInstead(message) : undefined
}

/**
 * Makes a reply of such an error: its text is what the model wrote, and it has no call.
 * @param error the `error` of a body or an event
 * @returns false where it is another error
 */
export function takeUnreadCall(error: unknown, reply: Reply): boolean {
  const written = writtenInstead(error)
  if (written === undefined) return false
  if (written !== '') reply.addText(written)
  reply.end('other', 'tool_use_failed')
  reply.warnings.push('a tool call that its server could not read: its text is the reply')
  return true
}

/** As {@link takeUnreadCall}, of the body of an error reply. */
export const takeUnreadBody = (body: string, reply: Reply): boolean =>
  takeUnreadCall(fields(json(body)).error, reply)
