import type { CallOptions, FinishReason, Message, Usage } from '../spec.js'
import { functionTools } from './chat-body.js'
import { bodyFault, fault, type Origin } from './fault.js'
import { count, type Fields, fields, json, known, list, text } from './loose.js'
import type { Reply } from './reply.js'
import type { StreamEvent } from './stream.js'
import { argumentsOf } from './tool-calls.js'
import { takeUnreadCall } from './unread-call.js'

/**
 * A request of Ollama's `/api/chat`: https://github.com/ollama/ollama/blob/main/docs/api.md
 * @param contextLength `num_ctx`, where a person set it
 */
export function ollamaBody(
  model: string,
  messages: readonly Message[],
  options: CallOptions,
  warnings: string[],
  contextLength: number | undefined,
): Fields {
  const { toolChoice } = options
  if (options.tools?.length && toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none') {
    warnings.push('tool_choice: not supported by ollama')
  }
  return known<Fields>({
    model,
    messages: messages.map(ollamaMessage),
    tools: toolChoice === 'none' ? undefined : functionTools(options.tools),
    options: known<Fields>({
      num_ctx: contextLength,
      temperature: options.temperature,
      num_predict: options.maxTokens,
      top_p: options.topP,
      stop: options.stop,
      seed: options.seed,
    }),
  })
}

function ollamaMessage(message: Message): Fields {
  const { role, content } = message
  if (message.role === 'tool') return { role, content, tool_name: message.name }
  if (message.role !== 'assistant') return { role, content }
  return known<Fields>({
    role,
    content,
    thinking: text(fields(fields(message.carry).ollama).thinking),
    tool_calls: message.toolCalls?.length
      ? message.toolCalls.map((call) => ({ function: { name: call.name, arguments: argumentsOf(call) } }))
      : undefined,
  })
}

/** One line of its reply. */
export function takeOllamaLine(origin: Origin, { data, unclosed }: StreamEvent, reply: Reply): void {
  const parsed = json(data)
  // The first line must be one of a reply; of the others the last may be torn.
  if (parsed === undefined && unclosed && reply.served) return
  if (parsed === undefined) throw fault(origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
  const line = fields(parsed)
  if (line.error && takeUnreadCall(line.error, reply)) return
  if (line.error) throw bodyFault(origin, line.error)
  if (line.message === undefined && line.done === undefined) {
    throw fault(origin, 'malformed', `no message in ${data.slice(0, 80)}`)
  }
  const message = fields(line.message)
  const thought = text(message.thinking)
  const said = text(message.content)
  if (thought) reply.addReasoning(thought)
  if (said) reply.addText(said)
  for (const call of list(message.tool_calls)) takeCall(fields(call), reply)
  reply.served = text(line.model) ?? reply.served
  if (line.done === true) takeEnd(line, reply)
}

/** A call comes whole. Its index is 0 for every one of them in older servers, and so is no help. */
function takeCall(call: Fields, reply: Reply): void {
  const made = fields(call.function)
  reply.addToolCall({ id: text(call.id), name: text(made.name) ?? 'unnamed', arguments: made.arguments })
}

function takeEnd(line: Fields, reply: Reply): void {
  const reason = text(line.done_reason)
  // Servers before 0.2 give no reason; `done` alone means that the model came to its end.
  reply.end(doneReasons[reason ?? 'stop'] ?? 'other', reason)
  const [input, output] = [count(line.prompt_eval_count), count(line.eval_count)]
  reply.usage = known<Usage>({ input, output })
  const seconds = (key: string) => (count(line[key]) ?? 0) / 1e9
  const rate = (tokens: number | undefined, time: number) => (tokens && time ? tokens / time : undefined)
  const load = count(line.load_duration)
  reply.measured = {
    rate: rate(output, seconds('eval_duration')),
    promptRate: rate(input, seconds('prompt_eval_duration')),
    loadMs: load === undefined ? undefined : load / 1e6,
  }
  if (seconds('load_duration') > 1) {
    reply.warnings.push(`${seconds('load_duration').toFixed(1)} s of its time went into loading the model`)
  }
  if (reply.reasoning !== '' && reply.calledTool) reply.carry = { ollama: { thinking: reply.reasoning } }
}

const doneReasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }
