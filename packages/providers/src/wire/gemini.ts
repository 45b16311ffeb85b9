import type { AssistantMessage, CallOptions, FinishReason, Message, ToolMessage, Usage } from '../spec.js'
import { bodyFault, fault, type Origin } from './fault.js'
import { count, type Fields, fields, json, known, list, text } from './loose.js'
import type { Reply } from './reply.js'
import type { StreamEvent } from './stream.js'
import { argumentsOf, isMadeUp, takenName } from './tool-calls.js'

/** A request of Gemini's `generateContent`: https://ai.google.dev/api/generate-content */
export function geminiBody(model: string, messages: readonly Message[], options: CallOptions): Fields {
  const system = messages.flatMap(({ role, content }) => (role === 'system' ? [{ text: content }] : []))
  const generationConfig = known<Fields>({
    temperature: options.temperature,
    maxOutputTokens: options.maxTokens,
    topP: options.topP,
    stopSequences: options.stop,
    seed: options.seed,
    // What it thinks is billed either way; without this, it is not told.
    thinkingConfig: thinks(model) ? { includeThoughts: true } : undefined,
  })
  return known<Fields>({
    systemInstruction: system.length > 0 ? { parts: system } : undefined,
    contents: contents(messages),
    generationConfig: Object.keys(generationConfig).length > 0 ? generationConfig : undefined,
    ...toolFields(options),
  })
}

/** From 2.5 on; those that make pictures or speech do not. */
const thinks = (model: string) => /^gemini-(2\.5|[3-9])(?!.*(image|tts|live|audio|embedding))/.test(model)

function toolFields({ tools, toolChoice }: CallOptions): Fields {
  if (!tools?.length) return {}
  const named = typeof toolChoice === 'object' ? toolChoice.name : undefined
  const mode = named ? 'ANY' : toolChoice && modes[toolChoice as keyof typeof modes]
  const functionCallingConfig = mode && known<Fields>({ mode, allowedFunctionNames: named && [named] })
  return known<Fields>({
    tools: [
      {
        functionDeclarations: tools.map(({ name, description, parameters }) => ({
          name,
          description,
          parametersJsonSchema: parameters,
        })),
      },
    ],
    toolConfig: functionCallingConfig && { functionCallingConfig },
  })
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const

/** Turns of user and model. What tools returned to one turn stands in one turn of the user's. */
function contents(messages: readonly Message[]): Fields[] {
  const out: Fields[] = []
  let results: Fields[] | undefined
  for (const message of messages) {
    if (message.role === 'system') continue
    if (message.role === 'tool') {
      if (!results) {
        results = []
        out.push({ role: 'user', parts: results })
      }
      results.push({ functionResponse: functionResponse(message) })
      continue
    }
    results = undefined
    // A turn without parts is refused.
    if (message.role === 'assistant' && modelParts(message).length === 0) continue
    out.push(
      message.role === 'assistant'
        ? { role: 'model', parts: modelParts(message) }
        : { role: 'user', parts: [{ text: message.content }] },
    )
  }
  return out
}

const functionResponse = ({ toolCallId, name, content, failed }: ToolMessage): Fields =>
  known<Fields>({
    id: isMadeUp(toolCallId) ? undefined : toolCallId,
    name: geminiName(name),
    response: { [failed ? 'error' : 'output']: content },
  })

/** It takes dots and colons too, and its own models write them. */
const geminiName = (name: string): string => (/^[a-zA-Z_][\w.:-]{0,63}$/.test(name) ? name : takenName(name))

function keptPart(part: Fields): Fields {
  if (part.functionCall === undefined) return part
  const call = fields(part.functionCall)
  return { ...part, functionCall: { ...call, name: geminiName(text(call.name) ?? 'unnamed') } }
}

function modelParts({ content, toolCalls = [], carry }: AssistantMessage): readonly unknown[] {
  const kept = list(fields(carry).gemini)
  if (kept.length > 0) return kept.map(fields).map(keptPart)
  return [
    ...(content === '' ? [] : [{ text: content }]),
    ...toolCalls.map((call) => ({
      functionCall: known<Fields>({
        id: isMadeUp(call.id) ? undefined : call.id,
        name: geminiName(call.name),
        args: argumentsOf(call),
      }),
    })),
  ]
}

/** Reads one reply, streamed or not. Every message of a stream has the shape of a whole reply. */
export class GeminiReader {
  readonly #origin: Origin
  readonly #reply: Reply
  /** What the next turn has to bring back where a part is signed. */
  readonly #parts: Fields[] = []

  constructor(origin: Origin, reply: Reply) {
    this.#origin = origin
    this.#reply = reply
  }

  event({ data, unclosed }: StreamEvent): void {
    const parsed = json(data)
    if (parsed === undefined && unclosed) return
    if (parsed === undefined) throw fault(this.#origin, 'malformed', `not JSON: ${data.slice(0, 80)}`)
    this.#chunk(fields(parsed))
  }

  /** A reply that was not streamed, or a stream without `alt=sse`: a list of messages. */
  whole(body: string): void {
    const parsed = json(body)
    const chunks = (Array.isArray(parsed) ? parsed : [parsed]).map(fields)
    if (!chunks.some(({ error, candidates, promptFeedback }) => error ?? candidates ?? promptFeedback)) {
      throw fault(this.#origin, 'malformed', `no candidates in ${body.slice(0, 80)}`)
    }
    for (const chunk of chunks) this.#chunk(chunk)
  }

  end(): void {
    const signed = this.#parts.some(({ thoughtSignature }) => thoughtSignature !== undefined)
    if (signed) this.#reply.carry = { gemini: this.#parts }
  }

  #chunk(chunk: Fields): void {
    const reply = this.#reply
    if (chunk.error) throw bodyFault(this.#origin, chunk.error)
    reply.served = text(chunk.modelVersion) ?? reply.served
    const candidate = fields(list(chunk.candidates)[0])
    for (const part of list(fields(candidate.content).parts)) this.#part(fields(part))
    if (chunk.usageMetadata) reply.usage = usageOf(fields(chunk.usageMetadata))
    const blocked = text(fields(chunk.promptFeedback).blockReason)
    if (blocked) reply.end('refusal', blocked)
    const reason = text(candidate.finishReason)
    if (reason && reason !== 'FINISH_REASON_UNSPECIFIED') {
      reply.end(finishReasons[reason] ?? 'other', reason)
      const why = text(candidate.finishMessage)
      if (why) reply.warnings.push(`${reason}: ${why.slice(0, 200)}`)
    }
  }

  #part(part: Fields): void {
    this.#keep(part)
    const said = text(part.text)
    if (said && part.thought === true) this.#reply.addReasoning(said)
    else if (said) this.#reply.addText(said)
    if (part.functionCall === undefined) return
    const { id, name, args } = fields(part.functionCall)
    this.#reply.addToolCall({ id: text(id), name: text(name) ?? 'unnamed', arguments: args })
  }

  /** Text grows over messages; a signature belongs to the part that it came with. */
  #keep(part: Fields): void {
    const last = this.#parts.at(-1)
    const grows =
      typeof part.text === 'string' &&
      typeof last?.text === 'string' &&
      last.thought === part.thought &&
      last.thoughtSignature === undefined &&
      part.thoughtSignature === undefined
    if (grows) this.#parts[this.#parts.length - 1] = { ...last, text: `${last?.text}${part.text}` }
    else this.#parts.push(part)
  }
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // Not the API's own word, but one that servers in its name use.
  FUNCTION_CALL: 'tool_calls',
  SAFETY: 'refusal',
  RECITATION: 'refusal',
  LANGUAGE: 'refusal',
  BLOCKLIST: 'refusal',
  PROHIBITED_CONTENT: 'refusal',
  SPII: 'refusal',
}

/** Thoughts are counted beside what is said; our `output` is both. */
function usageOf(counts: Fields): Usage {
  const said = count(counts.candidatesTokenCount)
  const reasoning = count(counts.thoughtsTokenCount)
  const prompt = count(counts.promptTokenCount)
  return known<Usage>({
    input: prompt === undefined ? undefined : prompt + (count(counts.toolUsePromptTokenCount) ?? 0),
    output: said === undefined && reasoning === undefined ? undefined : (said ?? 0) + (reasoning ?? 0),
    cacheRead: count(counts.cachedContentTokenCount),
    cacheWrite: undefined,
    reasoning,
  })
}
