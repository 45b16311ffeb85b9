import type { Fields } from '../wire/loose.js'
import { chat } from './formats/chat.js'
import type { Format, Said } from './formats/format.js'
import { messages } from './formats/messages.js'

/** How one question of a batch ends. */
export type BatchEnd = 'reply' | 'error' | 'invalid' | 'expired' | 'canceled'

/** One question of a batch, as it was handed in. */
export interface BatchItem {
  readonly id: string
  readonly body: Fields
}

const echoed = (format: Format, { body }: BatchItem): object => {
  const { model, prompt, chars } = format.wanted('', body)
  const said: Said = {
    model,
    text: [prompt],
    reasoning: [],
    toolCalls: [],
    finish: 'stop',
    usage: { input: chars, output: prompt.length },
  }
  return format.whole(said)
}

/** A line of Anthropic's results. */
export function anthropicLine(item: BatchItem, end: BatchEnd): object {
  const error = messages.error(
    end === 'invalid' ? { status: 400, message: 'no such parameter' } : { status: 500, message: 'it failed' },
  )
  const result =
    end === 'reply'
      ? { type: 'succeeded', message: echoed(messages, item) }
      : end === 'error' || end === 'invalid'
        ? { type: 'errored', error }
        : { type: end }
  return { custom_id: item.id, result }
}

/** A line of OpenAI's results. */
export function openaiLine(item: BatchItem, end: BatchEnd): object {
  const base = { id: `req_${item.id}`, custom_id: item.id }
  const whole = (status_code: number, body: object) => ({
    ...base,
    response: { status_code, request_id: 'r', body },
    error: null,
  })
  if (end === 'reply') return whole(200, echoed(chat, item))
  if (end === 'error') return whole(500, chat.error({ status: 500, message: 'it failed' }))
  if (end === 'invalid') return whole(400, chat.error({ status: 400, message: 'no such parameter' }))
  const code = end === 'expired' ? 'batch_expired' : 'batch_cancelled'
  return { ...base, response: null, error: { code, message: 'This request was not executed.' } }
}
