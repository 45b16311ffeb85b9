import { fields, json, list, text } from '../../wire/loose.js'

/**
 * What servers refuse of the turns in which tools were called, in their own words where they are known: a client that sends such a history
 * gets a 400 each time it asks. Undefined where it is as it should be.
 */
type Refusal = string | undefined

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const first = (...found: readonly Refusal[]): Refusal => found.find((one) => one !== undefined)

/** OpenAI, and on arguments that are no JSON vLLM and llama.cpp, whose templates want them as an object. */
export function refusedByChat(body: unknown): Refusal {
  const waiting = new Set<string>()
  for (const [at, message] of list(fields(body).messages).map(fields).entries()) {
    if (message.role === 'tool') {
      const id = String(message.tool_call_id)
      if (typeof message.content !== 'string') return `Invalid type for 'messages[${at}].content'`
      if (!waiting.delete(id))
        return `messages with role 'tool' must be a response to a preceding message with 'tool_calls'`
      continue
    }
    if (waiting.size > 0)
      return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${[...waiting]}`
    if (message.role !== 'assistant') continue
    const calls = list(message.tool_calls).map(fields)
    if (calls.length === 0 && typeof message.content !== 'string')
      return `Invalid value for 'content': expected a string, got null. (messages[${at}])`
    for (const call of calls) {
      const id = text(call.id)
      const made = fields(call.function)
      const wrong = first(
        id === undefined || id === '' || waiting.has(id)
          ? `Invalid 'messages[${at}].tool_calls.id'`
          : undefined,
        badName(made.name),
        typeof made.arguments === 'string' && isObject(json(made.arguments))
          ? undefined
          : `Failed to parse tool call arguments as JSON: ${String(made.arguments)}`,
      )
      if (wrong !== undefined) return wrong
      waiting.add(String(id))
    }
  }
  return waiting.size > 0 ? 'tool calls without a response' : undefined
}

const badName = (name: unknown): Refusal =>
  typeof name === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(name)
    ? undefined
    : `Invalid function name ${JSON.stringify(name)}: string does not match '^[a-zA-Z0-9_-]{1,64}$'`

/** OpenAI's Responses API. */
export function refusedByResponses(body: unknown): Refusal {
  const called = new Map<unknown, boolean>()
  for (const item of list(fields(body).input).map(fields)) {
    if (item.type === 'function_call') {
      const wrong = first(
        badName(item.name),
        typeof item.arguments === 'string' && isObject(json(item.arguments))
          ? undefined
          : `invalid arguments of ${String(item.call_id)}`,
      )
      if (wrong !== undefined) return wrong
      called.set(item.call_id, false)
    }
    if (item.type === 'function_call_output') {
      if (called.get(item.call_id) !== false)
        return `No tool call found for function call output with call_id ${String(item.call_id)}.`
      called.set(item.call_id, true)
    }
  }
  const open = [...called].find(([, answered]) => !answered)
  return open && `No tool output found for function call ${String(open[0])}.`
}

/** Anthropic's Messages API. */
export function refusedByMessages(body: unknown): Refusal {
  let waiting: readonly string[] = []
  for (const [at, message] of list(fields(body).messages).map(fields).entries()) {
    const blocks =
      typeof message.content === 'string'
        ? [{ type: 'text', text: message.content }]
        : list(message.content).map(fields)
    if (blocks.length === 0) return `messages.${at}: all messages must have non-empty content`
    if (blocks.some((block) => block.type === 'text' && String(fields(block).text).trim() === ''))
      return 'messages: text content blocks must contain non-whitespace text'
    const results = blocks.filter(({ type }) => type === 'tool_result').map(fields)
    const ids = results.map((result) => String(result.tool_use_id))
    if (results.some(({ content }) => typeof content === 'string' && content.trim() === ''))
      return `messages.${at}: tool_result: text content blocks must contain non-whitespace text`
    const missing = waiting.filter((id) => !ids.includes(id))
    if (missing.length > 0)
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`
    if (ids.some((id) => !waiting.includes(id)))
      return `messages.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${ids}`
    const uses = blocks.filter(({ type }) => type === 'tool_use').map(fields)
    for (const { id, name, input } of uses) {
      if (!/^[a-zA-Z0-9_-]+$/.test(String(id)))
        return `messages.${at}.tool_use.id: should match '^[a-zA-Z0-9_-]+$'`
      if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(name)))
        return `messages.${at}.tool_use.name: should match '^[a-zA-Z0-9_-]{1,128}$'`
      if (!isObject(input)) return `messages.${at}.tool_use.input: Input should be a valid dictionary`
    }
    waiting = uses.map(({ id }) => String(id))
  }
  return waiting.length > 0 ? '`tool_use` without `tool_result`' : undefined
}

/** Gemini's API. */
export function refusedByGemini(body: unknown): Refusal {
  let waiting: readonly unknown[] = []
  for (const [at, content] of list(fields(body).contents).map(fields).entries()) {
    const parts = list(content.parts).map(fields)
    if (parts.length === 0) return `contents[${at}]: contents.parts must not be empty.`
    const answers = parts.flatMap((part) => (part.functionResponse ? [fields(part.functionResponse)] : []))
    if (answers.length !== waiting.length)
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    if (answers.some(({ name }, n) => name !== waiting[n]))
      return `contents[${at}]: a response to another function`
    if (answers.some(({ response }) => !isObject(response)))
      return `contents[${at}]: Invalid value at 'response'`
    const calls = parts.flatMap((part) => (part.functionCall ? [fields(part.functionCall)] : []))
    for (const { name, args } of calls) {
      if (!/^[a-zA-Z_][\w.:-]{0,63}$/.test(String(name))) return `contents[${at}]: Invalid function name`
      if (args !== undefined && !isObject(args)) return `contents[${at}]: Invalid value at 'args'`
    }
    waiting = calls.map(({ name }) => name)
  }
  return waiting.length > 0 ? 'a function call turn without its responses' : undefined
}

/** Ollama's own API. */
export function refusedByOllama(body: unknown): Refusal {
  for (const message of list(fields(body).messages).map(fields)) {
    if (typeof message.content !== 'string')
      return 'json: cannot unmarshal into Go struct field .content of type string'
    for (const call of list(message.tool_calls).map(fields)) {
      if (!isObject(fields(call.function).arguments))
        return 'json: cannot unmarshal into Go struct field .tool_calls.function.arguments'
    }
  }
  return undefined
}
