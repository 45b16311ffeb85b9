import { type AssistantMessage, type CallOptions, type Message, provider, type Tool } from '@bench/providers'
import { type Dialect, dialects, type Exchange, messages, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

/** How tools, their calls and their results are written on each wire. */

const look: Tool = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object', properties: { at: { type: 'string' } } },
}
const tools = [look]
const calls = [
  { id: 'a', name: 'look', arguments: '{"at":"x"}' },
  { id: 'b', name: 'look', arguments: 'no JSON' },
]
const results: readonly Message[] = [
  { role: 'tool', toolCallId: 'a', name: 'look', content: 'seen' },
  { role: 'tool', toolCallId: 'b', name: 'look', content: 'broken', failed: true },
]
const history = (turn: Partial<AssistantMessage> = {}): readonly Message[] => [
  { role: 'system', content: 'S' },
  { role: 'user', content: 'U' },
  { role: 'assistant', content: 'A', toolCalls: calls, ...turn },
  ...results,
]

const wires: Readonly<Record<string, Dialect>> = {
  anthropic: dialects.messages,
  gemini: dialects.gemini,
  ollama: dialects.ollama,
  openai: dialects.chat,
  openrouter: dialects.chat,
  'openai-compatible': dialects.chat,
}

async function ask(id: string, messages: readonly Message[], options: CallOptions = {}, reply?: Exchange) {
  const [name = '', model = 'm'] = id.split(':')
  const dialect = model === 'gpt-5-pro' ? dialects.responses : wires[name]
  await using server = await replayServer([reply ?? dialect?.text(['ok']) ?? {}])
  const made = await (await provider(name)).model(model, { endpoint: server.url, apiKey: 'k-1' })
  const completion = await made.generate(messages, options)
  return { completion, body: JSON.parse(server.requests[0]?.body ?? '{}') }
}
const sent = async (id: string, messages: readonly Message[], options: CallOptions = {}) =>
  (await ask(id, messages, options)).body

describe('tools offered', () => {
  const { name, description, parameters } = look
  it.each<[string, object]>([
    ['openai', { tools: [{ type: 'function', function: look }] }],
    ['openai:gpt-5-pro', { tools: [{ type: 'function', ...look, strict: false }] }],
    ['openrouter', { tools: [{ type: 'function', function: look }] }],
    ['ollama', { tools: [{ type: 'function', function: look }] }],
    ['anthropic', { tools: [{ name, description, input_schema: parameters }] }],
    [
      'gemini',
      { tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }] },
    ],
  ])('to %s', async (id, wanted) => {
    const body = await sent(id, [{ role: 'user', content: 'U' }], { tools })
    expect(body).toMatchObject(wanted)
    expect(body).not.toHaveProperty('tool_choice')
    expect(body).not.toHaveProperty('toolConfig')
  })

  const named = { name: 'look' }
  it.each<[string, NonNullable<CallOptions['toolChoice']>, object]>([
    ['openai', 'required', { tool_choice: 'required' }],
    ['openai', 'none', { tool_choice: 'none' }],
    ['openai', named, { tool_choice: { type: 'function', function: named } }],
    ['openai:gpt-5-pro', named, { tool_choice: { type: 'function', name: 'look' } }],
    ['anthropic', 'auto', { tool_choice: { type: 'auto' } }],
    ['anthropic', 'required', { tool_choice: { type: 'any' } }],
    ['anthropic', 'none', { tool_choice: { type: 'none' } }],
    ['anthropic', named, { tool_choice: { type: 'tool', name: 'look' } }],
    ['gemini', 'required', { toolConfig: { functionCallingConfig: { mode: 'ANY' } } }],
    ['gemini', 'none', { toolConfig: { functionCallingConfig: { mode: 'NONE' } } }],
    [
      'gemini',
      named,
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } } },
    ],
  ])('to %s, choice %j', async (id, toolChoice, wanted) => {
    expect(await sent(id, [{ role: 'user', content: 'U' }], { tools, toolChoice })).toMatchObject(wanted)
  })

  it('ollama leaves the choice to the model, and that is told', async () => {
    const question: readonly Message[] = [{ role: 'user', content: 'U' }]
    const { completion, body } = await ask('ollama', question, { tools, toolChoice: 'required' })
    expect(completion.warnings).toEqual(['tool_choice: not supported by ollama'])
    expect(body.tools).toHaveLength(1)
    expect(await sent('ollama', question, { tools, toolChoice: 'none' })).not.toHaveProperty('tools')
  })
})

describe('calls and results given back', () => {
  it('to chat completions', async () => {
    const { messages } = await sent('openai', history())
    expect(messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: 'A',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } },
          // What is no JSON is refused by vLLM and llama.cpp.
          { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'seen' },
      { role: 'tool', tool_call_id: 'b', content: 'broken' },
    ])
    expect((await sent('openai', history({ content: '' }))).messages[2].content).toBeNull()
  })

  it('to the Responses API', async () => {
    const { input } = await sent('openai:gpt-5-pro', history())
    expect(input.slice(2)).toEqual([
      { role: 'assistant', content: 'A' },
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{"at":"x"}' },
      { type: 'function_call', call_id: 'b', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'seen' },
      { type: 'function_call_output', call_id: 'b', output: 'broken' },
    ])
  })

  it('to Anthropic, results in one turn, arguments as an object', async () => {
    const { messages } = await sent('anthropic', history())
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A' },
          { type: 'tool_use', id: 'a', name: 'look', input: { at: 'x' } },
          { type: 'tool_use', id: 'b', name: 'look', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'seen' },
          { type: 'tool_result', tool_use_id: 'b', content: 'broken', is_error: true },
        ],
      },
    ])
  })

  it('to Ollama, which knows calls by name', async () => {
    const { messages } = await sent('ollama', history())
    expect(messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: 'A',
        tool_calls: [
          { function: { name: 'look', arguments: { at: 'x' } } },
          { function: { name: 'look', arguments: {} } },
        ],
      },
      { role: 'tool', content: 'seen', tool_name: 'look' },
      { role: 'tool', content: 'broken', tool_name: 'look' },
    ])
  })

  it('to Gemini, an id only where it gave one', async () => {
    const made = calls.map((call, at) => (at === 1 ? { ...call, id: 'call_made_up_2' } : call))
    const back = results.map((result, at) =>
      at === 1 ? { ...result, toolCallId: 'call_made_up_2' } : result,
    )
    const { contents } = await sent('gemini', [
      ...history({ toolCalls: made }).slice(0, 3),
      ...(back as Message[]),
    ])
    expect(contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { text: 'A' },
          { functionCall: { id: 'a', name: 'look', args: { at: 'x' } } },
          { functionCall: { name: 'look', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'look', response: { output: 'seen' } } },
          { functionResponse: { name: 'look', response: { error: 'broken' } } },
        ],
      },
    ])
  })
})

describe('what only the provider understands is carried into the next turn', () => {
  const sse = (...data: readonly object[]): Exchange => ({
    headers: { 'content-type': 'text/event-stream' },
    body: data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''),
  })
  const choice = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  })
  const call = { index: 0, id: 'a', function: { name: 'look', arguments: '{"at":"x"}' } }
  /** Asks, and gives the reply back as the next turn. */
  const next = async (id: string, reply: Exchange, to = id) => {
    const { completion } = await ask(id, [{ role: 'user', content: 'U' }], { tools }, reply)
    const { text: content, toolCalls = [], carry } = completion
    return sent(to, history({ content, toolCalls, carry: JSON.parse(JSON.stringify(carry)) }))
  }

  it("Anthropic's signed thinking, in its place", async () => {
    const { messages } = await next('anthropic', dialects.messages.thinking(['Hm', 'm'], ['A']))
    expect(messages[1].content).toEqual([
      { type: 'thinking', thinking: 'Hmm', signature: expect.stringMatching(/./) },
      { type: 'text', text: 'A' },
    ])
  })

  it("Anthropic's, beside calls that are none and words without any", async () => {
    const stream = messages.stream({
      model: 'served',
      reasoning: ['Hm'],
      text: ['\n\n'],
      toolCalls: [
        { id: 'a', name: 'multi_tool_use.parallel', arguments: '[1]' },
        { id: 'b', name: 'look', arguments: '{"at"' },
      ],
      finish: 'tool_calls',
      usage: { input: 1, output: 1 },
    })
    const reply = { headers: { 'content-type': messages.contentType }, body: stream }
    const body = await next('anthropic', reply)
    expect(body.messages[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 'bW9jaw==' },
      { type: 'tool_use', id: 'a', name: 'multi_tool_use_parallel', input: {} },
      { type: 'tool_use', id: 'b', name: 'look', input: {} },
    ])
    expect(messages.refusal(body)).toBeUndefined()
  })

  it("OpenRouter's reasoning, whole", async () => {
    const detail = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 }
    const reply = sse(
      choice({ reasoning: 'H', reasoning_details: [{ ...detail, text: 'H' }] }),
      choice({ reasoning: 'm', reasoning_details: [{ ...detail, text: 'm' }] }),
      choice({ reasoning_details: [{ ...detail, signature: 'sealed' }] }),
      choice({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 1 }] }),
      choice({ tool_calls: [call] }, 'tool_calls'),
    )
    const { messages } = await next('openrouter', reply)
    expect(messages[2].reasoning_details).toEqual([
      { ...detail, text: 'Hm', signature: 'sealed' },
      { type: 'reasoning.encrypted', data: 'x', index: 1 },
    ])
  })

  it("DeepSeek's, only with a call", async () => {
    const thought = choice({ reasoning_content: 'Hm' })
    const called = await next('openai-compatible', sse(thought, choice({ tool_calls: [call] }, 'tool_calls')))
    expect(called.messages[2].reasoning_content).toBe('Hm')
    const plain = await next('openai-compatible', sse(thought, choice({ content: 'A' }, 'stop')))
    expect(plain.messages[2]).not.toHaveProperty('reasoning_content')
  })

  it("Gemini's signatures, on either of its wires", async () => {
    const signed = { functionCall: { name: 'look', args: { at: 'x' } }, thoughtSignature: 'sealed' }
    const parts = [{ text: 'Hm', thought: true }, signed]
    const native = sse({ candidates: [{ content: { parts }, finishReason: 'STOP' }] })
    expect((await next('gemini', native)).contents[1]).toEqual({ role: 'model', parts })
    const extra_content = { google: { thought_signature: 'sealed' } }
    const compatible = sse(choice({ tool_calls: [{ ...call, extra_content }] }, 'tool_calls'))
    const { messages } = await next('openai-compatible', compatible)
    expect(messages[2].tool_calls[0]).toMatchObject({ id: 'a', extra_content })
  })

  it("OpenAI's sealed reasoning, before the call", async () => {
    const item = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'sealed' }
    const made = { type: 'function_call', id: 'fc', call_id: 'a', name: 'look', arguments: '{}' }
    const response = { status: 'completed', model: 'served', output: [item, made] }
    const reply = sse(
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.output_item.done', output_index: 1, item: made },
      { type: 'response.completed', response },
    )
    const { input } = await next('openai:gpt-5-pro', reply)
    expect(input[2]).toEqual(item)
    expect(input[3]).toMatchObject({ type: 'function_call', call_id: 'a', arguments: '{}' })
  })

  it("Ollama's thoughts", async () => {
    const line = { thinking: 'Hm', tool_calls: [{ function: { name: 'look', arguments: { at: 'x' } } }] }
    const reply = { body: `${JSON.stringify({ message: line, done: true, done_reason: 'stop' })}\n` }
    expect((await next('ollama', reply)).messages[2]).toMatchObject({ thinking: 'Hm' })
  })

  it('never into the turn of another', async () => {
    const { messages } = await next('anthropic', dialects.messages.thinking(['Hm'], ['A']), 'openai')
    expect(messages[2]).toEqual({ role: 'assistant', content: 'A' })
  })
})
