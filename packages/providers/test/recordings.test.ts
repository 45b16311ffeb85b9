import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ProviderError, provider } from '@bench/providers'
import { type Recorded, readRecording, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

/**
 * Real replies of real services, replayed over HTTP. A recording is put to the adapter of the service that gave it;
 * what must come out is written here by hand.
 */
const wire = fileURLToPath(new URL('../../../../shared/data/wire/', import.meta.url))
const present = existsSync(wire)
if (!present && !process.env.CI) console.log(`skipped: recordings of real services are not at ${wire}`)

interface Expected {
  readonly text?: string | RegExp
  readonly reasoning?: RegExp
  readonly finish?: string
  /** Tokens in and out. */
  readonly usage?: readonly [number, number] | null
  readonly served?: string
  readonly usd?: number
  /** The class of a fault. */
  readonly code?: string
}

const haiku = 'claude-haiku-4-5-20251001'
const mini = 'gpt-4o-mini-2024-07-18'
const kimi = 'moonshotai/kimi-k2'
const tool = { finish: 'tool_calls' } as const

/** File, then one entry for each reply in it that an adapter can be given. */
const expected: Readonly<Record<string, readonly Expected[]>> = {
  'anthropic/llm-anthropic__test_prompt.yaml': [
    { text: '- Captain\n- Scoop', finish: 'stop', usage: [17, 10], served: 'claude-sonnet-4-5-20250929' },
  ],
  'anthropic/llm-anthropic__test_async_prompt.yaml': [
    { text: '- Captain\n- Scoop', finish: 'stop', usage: [17, 10] },
    { text: '- Capitaine\n- Bec (beak)', finish: 'stop', usage: [32, 16] },
  ],
  'anthropic/llm-anthropic__test_thinking_prompt.yaml': [
    { text: '- Captain\n- Scoop', reasoning: /^The user wants two names/, finish: 'stop', usage: [46, 84] },
  ],
  'anthropic/llm-anthropic__test_stream_events_tool_calls.yaml': [
    { ...tool, text: '', usage: [543, 40], served: haiku },
  ],
  'anthropic/prism__stream-basic-text-1.sse': [
    {
      text: /^I'm Claude, an AI assistant made by Anthropic\..*How can I help you today\?$/,
      finish: 'stop',
      usage: [11, 104],
      served: 'claude-3-7-sonnet-20250219',
    },
  ],
  'anthropic/prism__stream-multi-tool-conversation-1.sse': [
    { ...tool, text: /^I'll help you find/, usage: [449, 79] },
  ],
  'anthropic/prism__stream-with-tools-1.sse': [
    { ...tool, text: /search for the Tigers game schedule:$/, usage: [465, 96] },
  ],
  'anthropic/prism__stream-with-tools-2.sse': [
    { ...tool, text: /^Let me check the weather/, usage: [560, 71] },
  ],
  'anthropic/pydantic-ai__test_multiple_parallel_tool_calls.yaml': [
    { ...tool, text: /^I'll help you find out/, usage: [423, 202], served: haiku },
    { text: /Daisy is the youngest in the family/, finish: 'stop', usage: [771, 77], served: haiku },
  ],
  'anthropic/ruby_llm__chat_function_calling_anthropic_claude-haiku-4-5_can_use_tools_with_multi-turn_streaming_conversations.yml':
    [
      { ...tool, usage: [633, 75] },
      { text: /Temperature:\*\* 15°C/, finish: 'stop', usage: [748, 49] },
      { ...tool, usage: [819, 75] },
      { text: /^The weather in Paris .* at 15°C\.$/s, finish: 'stop', usage: [934, 53], served: haiku },
    ],
  'anthropic/ruby_llm__chat_real_error_scenarios_anthropic_claude-haiku-4-5_handles_context_length_exceeded_errors.yml':
    [{ code: 'context_length' }],

  'openai/ruby-openai__gpt-3_5-turbo_streamed_chat.yml': [
    { text: 'Hello! How can I assist you today?', finish: 'stop', usage: null, served: 'gpt-3.5-turbo-0613' },
  ],
  'openai/ruby-openai__gpt-3_5-turbo_valid_tool_call_chat.yml': [{ ...tool, usage: [69, 16] }],
  'openai/llm__test_tool_use_basic.yaml': [
    { ...tool, text: '', usage: [54, 20], served: mini },
    { text: /2,869,461/, finish: 'stop', usage: [87, 26], served: mini },
  ],
  'openai/llm__test_tool_use_chain_of_two_calls.yaml': [
    { ...tool, usage: [92, 17] },
    { ...tool, usage: [118, 18] },
    { text: 'YES', finish: 'stop', usage: [146, 3], served: mini },
  ],
  'openai/llm__test_tools_streaming_variant_b.yaml': [
    { ...tool, usage: [57, 17], served: kimi },
    {
      text: 'The current version of *llm* is **0.fixed-version**.',
      finish: 'stop',
      usage: [107, 15],
      usd: 0.0001017,
    },
  ],
  'openai/llm__test_tools_streaming_variant_c.yaml': [
    { ...tool, usage: [56, 12], usd: 0.00005952 },
    { text: /^The installed version of LLM/, finish: 'stop', usage: [105, 16], served: kimi },
  ],
  'openai/pydantic-ai__test_openai_instructions_with_tool_calls_keep_instructions.yaml': [
    { ...tool, usage: [50, 15] },
    { text: 'The temperature in Tokyo is currently 20.0 degrees Celsius.', finish: 'stop', usage: [75, 15] },
  ],
  'openai/prism__stream-falsy-argument-conversation-1.json': [{ ...tool, usage: null, served: 'gpt-4-0613' }],
  'openai/prism__stream-rate-limited-1.json': [{ code: 'rate_limit' }],
  'openai/pydantic-ai__test_invalid_response.yaml': [{ code: 'malformed' }],
  'openai/pydantic-ai__test_text_response.yaml': [{ code: 'malformed' }],
  'openai/pydantic-ai__test_openai_web_search_tool_model_not_supported.yaml': [{ code: 'bad_request' }],
  'openai/ruby_llm__chat_real_error_scenarios_openai_gpt-5-nano_handles_context_length_exceeded_errors.yml': [
    { code: 'context_length' },
  ],

  'ollama/prism__generate-text-with-multiple-tools-1.json': [
    { ...tool, text: '', usage: [235, 111], usd: 0 },
  ],
  'ollama/prism__generate-text-with-multiple-tools-2.json': [
    {
      text: /^Today's game .* Enjoy the match!$/,
      finish: 'stop',
      usage: [313, 67],
      served: 'qwen2.5:14b',
      usd: 0,
    },
  ],
  'ollama/prism__stream-multi-tool-conversation-1.sse': [{ ...tool, usage: [149, 15] }],
  'ollama/prism__stream-with-thinking-enabled-1.sse': [
    {
      text: /^Sure thing! .* you need\.$/,
      reasoning: /^The user says "Test prompt"/,
      finish: 'stop',
      usage: [69, 76],
    },
  ],
  'ollama/prism__stream-with-tools-2.sse': [{ ...tool, usage: [263, 152] }],
  'ollama/prism__stream-with-tools-3.sse': [
    { text: /shouldn't need a coat for the game!$/, finish: 'stop', usage: [306, 188] },
  ],
  'ollama/pydantic-ai__test_ollama_local_native_output_uses_json_schema.yaml': [
    { text: '{ "city": "Paris", "country": "France" }', reasoning: /^Okay/, finish: 'stop', usd: 0 },
  ],
  'ollama/ruby-openai__ollama_llama3_chat.yml': [
    { text: /^Hello! It's nice to meet you\./, finish: 'stop', usage: [0, 26], served: 'llama3' },
  ],
  'ollama/ruby_llm__chat_error_handling_with_ollama_cloud_gpt-oss_120b_raises_appropriate_auth_error.yml': [
    { code: 'auth' },
  ],
  'ollama/ruby_llm__chat_function_calling_ollama_qwen3_can_use_tools.yml': [
    { ...tool, reasoning: /^Okay/ },
    { text: /^The current weather in Berlin .* 🌤️$/u, finish: 'stop', served: 'qwen3' },
  ],
  'ollama/ruby_llm__chat_streaming_responses_ollama_qwen3_supports_streaming_responses.yml': [
    { text: '1  \n2  \n3', reasoning: /^Okay/, finish: 'stop', served: 'qwen3' },
  ],

  'openrouter/prism__stream-text-with-tools-1.sse': [
    {
      ...tool,
      text: "I'll help you get the weather for you.",
      usage: [50, 25],
      served: 'openai/gpt-4-turbo',
    },
  ],
  'openrouter/pydantic-ai__test_openrouter_errors_raised.yaml': [
    { code: 'rate_limit' },
    { code: 'rate_limit' },
    { code: 'rate_limit' },
  ],
  'openrouter/pydantic-ai__test_openrouter_streaming_reasoning.yaml': [
    { text: '2 + 2 = 4', reasoning: /2\+2 equals 4\.$/, finish: 'stop', usage: [43, 36], usd: 0.000669 },
  ],
  'openrouter/pydantic-ai__test_openrouter_tool_calling.yaml': [{ ...tool, usage: [134, 43] }],
  'openrouter/pydantic-ai__test_openrouter_with_native_options.yaml': [
    {
      text: /^I'm Grok, .*help you with today\?$/s,
      finish: 'stop',
      usage: [687, 240],
      served: 'x-ai/grok-4',
    },
  ],
  'openrouter/ruby_llm__chat_error_handling_with_openrouter_claude-haiku-4-5_raises_appropriate_auth_error.yml':
    [{ code: 'auth' }],
  'openrouter/ruby_llm__chat_streaming_responses_openrouter_claude-haiku-4-5_supports_streaming_responses.yml':
    [
      {
        text: '1\n2\n3',
        finish: 'stop',
        usage: [15, 9],
        served: 'anthropic/claude-4.5-haiku-20251001',
        usd: 0.00006,
      },
    ],

  'other/prism__deepseek_stream-with-tools-1.sse': [{ ...tool, usage: [223, 43], served: 'deepseek-chat' }],
  'other/pydantic-ai__groq_test_tool_use_failed_error.yaml': [
    { code: 'bad_request' },
    { ...tool, usage: [301, 52], served: 'openai/gpt-oss-120b' },
    { text: /^The first call failed .* name: test"\.$/, finish: 'stop' },
  ],
  'other/ruby_llm__gemini_429.yml': [{ code: 'rate_limit' }],
}

/** Replies that answer another question than the one an adapter asks. */
const foreign = (reply: Recorded) =>
  reply.method !== 'POST' ||
  (reply.uri.endsWith('/responses') && reply.status === 200) ||
  reply.uri.includes('/count_tokens')

describe.skipIf(!present && !process.env.CI)('recordings of real services', () => {
  const files = present
    ? readdirSync(wire).flatMap((folder) =>
        readdirSync(wire + folder).flatMap((file) => (file === 'SOURCE.txt' ? [] : [`${folder}/${file}`])),
      )
    : []
  const table: string[][] = []

  it('are all there is to test', () => expect(files.length).toBeGreaterThan(40))

  it.each(files.sort())('%s', async (file) => {
    const replies = (await readRecording(wire + file)).filter((reply) => !foreign(reply))
    const wanted = expected[file]
    for (const [index, reply] of replies.entries()) {
      const [whole, bytewise] = [await ask(file, reply), await ask(file, split(reply))]
      expect(bytewise).toEqual(whole)
      table.push([`${file} ${index + 1}`, summary(whole)])
      // A recording that this table does not know must at least end in a reply or in a fault of a class.
      if (wanted) check(whole, wanted[index] ?? {})
    }
    expect(replies.length).toBe(wanted?.length ?? replies.length)
  })

  it('come out as this table', () => {
    for (const [name, result] of table) console.log(`${name?.slice(0, 100).padEnd(100)} ${result}`)
    expect(table.length).toBeGreaterThan(0)
  })
})

type Result = Awaited<ReturnType<typeof ask>>

async function ask(file: string, reply: Recorded) {
  const folder = file.split('/')[0] ?? ''
  const asChat = folder === 'other' || (folder === 'ollama' && reply.uri !== '')
  await using server = await replayServer([reply])
  const settings = { endpoint: server.url, apiKey: 'sk-0123456789abcdefghij', maxRetries: 0 }
  const model = await (await provider(asChat ? 'openai-compatible' : folder)).model('m', settings)
  try {
    const { timing, attempts, ...completion } = await model.generate([{ role: 'user', content: 'hello' }], {})
    return completion
  } catch (error) {
    if (error instanceof ProviderError) return { code: error.code, message: error.message }
    throw error
  }
}

/** At most some thousand writes for a reply: the longest are split at every seventh byte. */
function split(reply: Recorded): Recorded {
  const step = reply.body.length > 4000 ? 7 : 1
  const parts = Array.from({ length: Math.ceil(reply.body.length / step) }, (_, i) =>
    reply.body.subarray(i * step, (i + 1) * step),
  )
  return { ...reply, body: parts as unknown as Buffer }
}

function check(result: Result, wanted: Expected): void {
  if ('code' in result || wanted.code) {
    expect(result).toMatchObject({ code: wanted.code })
    return
  }
  if (wanted.text instanceof RegExp) expect(result.text).toMatch(wanted.text)
  else if (wanted.text !== undefined) expect(result.text).toBe(wanted.text)
  if (wanted.reasoning) expect(result.reasoning).toMatch(wanted.reasoning)
  else expect(wanted.reasoning).toBe(undefined)
  expect(result.finish).toBe(wanted.finish)
  if (wanted.usage) expect([result.usage.input, result.usage.output]).toEqual(wanted.usage)
  if (wanted.usage === null) expect(result.usage).toEqual({})
  if (wanted.served) expect(result.served).toBe(wanted.served)
  if (wanted.usd !== undefined) expect(result.cost?.usd).toBeCloseTo(wanted.usd, 10)
}

function summary(result: Result): string {
  if ('code' in result) return `fault ${result.code}`
  const { input = '?', output = '?' } = result.usage
  return `${result.finish} ${input}+${output} ${JSON.stringify(result.text.slice(0, 40))} ${result.served ?? ''}`
}
