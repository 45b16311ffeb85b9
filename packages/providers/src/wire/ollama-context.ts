import { fault, type Origin } from './fault.js'
import { type Fields, fields, list, text } from './loose.js'
import type { Reply } from './reply.js'

/** What a prompt of unknown tokenizer takes at most: hardly any text has more than a token for two bytes. */
const bytesPerToken = 2
/** Room for a reply whose length nobody limited. */
const replyTokens = 4096
const smallest = 8192

/**
 * Tokens of context to ask for, so that prompt and reply fit: a power of two, for every other number makes Ollama load
 * the model anew.
 */
export function contextFor(body: Fields): number {
  const limit = fields(body.options).num_predict
  const reply = typeof limit === 'number' && limit > 0 ? limit : replyTokens
  const needed = promptBytes(body) / bytesPerToken + reply
  return Math.max(smallest, 2 ** Math.ceil(Math.log2(needed)))
}

/**
 * Older servers cut a prompt that does not fit without a word, and answer what is left of it with HTTP 200; their
 * count of its tokens tells.
 * @param context tokens the model ran with
 * @throws ProviderError `context_length`
 */
export function checkPromptFit(origin: Origin, body: Fields, context: number, reply: Reply): void {
  const { input, output = 0 } = reply.usage
  if (input === undefined) return
  const bytes = promptBytes(body)
  // No text is that dense: 7 bytes a token, in a prompt that would have needed more than there was.
  const shortened = input * 7 < bytes && bytes / 4 > context
  if (shortened || input >= context) {
    throw fault(origin, 'context_length', `it read ${input} tokens of it, of a context of ${context}`)
  }
  if (input + output > context) {
    reply.warnings.push(
      `the reply outgrew the context of ${context} tokens: the model lost the prompt's beginning`,
    )
  }
}

const promptBytes = (body: Fields): number => {
  let bytes = body.tools === undefined ? 0 : JSON.stringify(body.tools).length
  for (const message of list(body.messages)) {
    bytes += Buffer.byteLength(text(fields(message).content) ?? '')
    const calls = fields(message).tool_calls
    if (calls !== undefined) bytes += JSON.stringify(calls).length
  }
  return bytes
}
