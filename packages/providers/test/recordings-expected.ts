import type { Usage } from '@bench/providers'

export interface Expected {
  readonly text?: string | RegExp
  readonly reasoning?: RegExp
  readonly finish?: string
  /** Tokens in and out. */
  readonly usage?: readonly [number, number] | null
  readonly served?: string
  readonly usd?: number
  /** Tools called, with their arguments; none where absent. */
  readonly calls?: readonly (readonly [string, object])[]
  /** Parts of the usage besides. */
  readonly more?: Usage
  readonly fingerprint?: string
  /** What the next turn has to bring back, as JSON. */
  readonly carry?: RegExp
  /** The class of a fault. */
  readonly code?: string
}

const haiku = 'claude-haiku-4-5-20251001'
const mini = 'gpt-4o-mini-2024-07-18'
const kimi = 'moonshotai/kimi-k2'
const tool = { finish: 'tool_calls' } as const

/** What real services said, read by hand out of the recordings of it: file, then one entry for each reply in it that an adapter can be given. */
export const expected: Readonly<Record<string, readonly Expected[]>> = {
  'anthropic/llm-anthropic__test_prompt.yaml': [
    { text: '- Captain\n- Scoop', finish: 'stop', usage: [17, 10], served: 'claude-sonnet-4-5-20250929' },
  ],
  'anthropic/llm-anthropic__test_async_prompt.yaml': [
    { text: '- Captain\n- Scoop', finish: 'stop', usage: [17, 10] },
    { text: '- Capitaine\n- Bec (beak)', finish: 'stop', usage: [32, 16] },
  ],
  'anthropic/llm-anthropic__test_thinking_prompt.yaml': [
    {
      text: '- Captain\n- Scoop',
      reasoning: /^The user wants two names/,
      finish: 'stop',
      usage: [46, 84],
      carry: /"type":"thinking".*"signature":"EvoCCkYI/,
    },
  ],
  'anthropic/llm-anthropic__test_stream_events_tool_calls.yaml': [
    { ...tool, calls: [['pelican_name_generator', {}]], text: '', usage: [543, 40], served: haiku },
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
    {
      ...tool,
      calls: [['search', { query: 'Detroit Tigers game today time' }]],
      text: /^I'll help you find/,
      usage: [449, 79],
    },
  ],
  'anthropic/prism__stream-with-tools-1.sse': [
    {
      ...tool,
      calls: [['search', { query: 'Detroit Tigers baseball game today time schedule' }]],
      text: /search for the Tigers game schedule:$/,
      usage: [465, 96],
    },
  ],
  'anthropic/prism__stream-with-tools-2.sse': [
    {
      ...tool,
      calls: [['weather', { city: 'Detroit' }]],
      text: /^Let me check the weather/,
      usage: [560, 71],
    },
  ],
  'anthropic/pydantic-ai__test_multiple_parallel_tool_calls.yaml': [
    {
      ...tool,
      calls: ['Alice', 'Bob', 'Charlie', 'Daisy'].map((name) => ['retrieve_entity_info', { name }]),
      text: /^I'll help you find out/,
      usage: [423, 202],
      served: haiku,
    },
    { text: /Daisy is the youngest in the family/, finish: 'stop', usage: [771, 77], served: haiku },
  ],
  'anthropic/ruby_llm__chat_function_calling_anthropic_claude-haiku-4-5_can_use_tools_with_multi-turn_streaming_conversations.yml':
    [
      { ...tool, calls: [['weather', { latitude: '52.5200', longitude: '13.4050' }]], usage: [633, 75] },
      { text: /Temperature:\*\* 15°C/, finish: 'stop', usage: [748, 49] },
      { ...tool, calls: [['weather', { latitude: '48.8575', longitude: '2.3514' }]], usage: [819, 75] },
      { text: /^The weather in Paris .* at 15°C\.$/s, finish: 'stop', usage: [934, 53], served: haiku },
    ],
  'anthropic/ruby_llm__chat_real_error_scenarios_anthropic_claude-haiku-4-5_handles_context_length_exceeded_errors.yml':
    [{ code: 'context_length' }],

  'openai/ruby-openai__gpt-3_5-turbo_streamed_chat.yml': [
    { text: 'Hello! How can I assist you today?', finish: 'stop', usage: null, served: 'gpt-3.5-turbo-0613' },
  ],
  'openai/ruby-openai__gpt-3_5-turbo_valid_tool_call_chat.yml': [
    { ...tool, calls: [['get_current_weather', { location: 'Peak District' }]], usage: [69, 16] },
  ],
  'openai/llm__test_tool_use_basic.yaml': [
    { ...tool, calls: [['multiply', { a: 1231, b: 2331 }]], text: '', usage: [54, 20], served: mini },
    { text: /2,869,461/, finish: 'stop', usage: [87, 26], served: mini },
  ],
  'openai/llm__test_tool_use_chain_of_two_calls.yaml': [
    { ...tool, calls: [['lookup_population', { country: 'Crumpet' }]], usage: [92, 17] },
    { ...tool, calls: [['can_have_dragons', { population: 123124 }]], usage: [118, 18] },
    { text: 'YES', finish: 'stop', usage: [146, 3], served: mini },
  ],
  'openai/llm__test_tools_streaming_variant_b.yaml': [
    { ...tool, calls: [['llm_version', {}]], fingerprint: 'Novita', usage: [57, 17], served: kimi },
    {
      text: 'The current version of *llm* is **0.fixed-version**.',
      finish: 'stop',
      usage: [107, 15],
      usd: 0.0001017,
    },
  ],
  'openai/llm__test_tools_streaming_variant_c.yaml': [
    { ...tool, calls: [['llm_version', {}]], fingerprint: 'Novita', usage: [56, 12], usd: 0.00005952 },
    { text: /^The installed version of LLM/, finish: 'stop', usage: [105, 16], served: kimi },
  ],
  'openai/pydantic-ai__test_openai_instructions_with_tool_calls_keep_instructions.yaml': [
    {
      ...tool,
      calls: [['get_temperature', { city: 'Tokyo' }]],
      fingerprint: 'fp_38647f5e19',
      usage: [50, 15],
    },
    { text: 'The temperature in Tokyo is currently 20.0 degrees Celsius.', finish: 'stop', usage: [75, 15] },
  ],
  'openai/prism__stream-falsy-argument-conversation-1.json': [
    { ...tool, calls: [['get_models', { modelId: 0 }]], usage: null, served: 'gpt-4-0613' },
  ],
  'openai/prism__stream-rate-limited-1.json': [{ code: 'rate_limit' }],
  'openai/pydantic-ai__test_invalid_response.yaml': [{ code: 'malformed' }],
  'openai/pydantic-ai__test_text_response.yaml': [{ code: 'malformed' }],
  'openai/pydantic-ai__test_openai_web_search_tool_model_not_supported.yaml': [{ code: 'bad_request' }],
  'openai/ruby_llm__chat_real_error_scenarios_openai_gpt-5-nano_handles_context_length_exceeded_errors.yml': [
    { code: 'context_length' },
  ],

  'ollama/prism__generate-text-with-multiple-tools-1.json': [
    {
      ...tool,
      calls: [
        ['search', { query: 'time of Detroit Tigers game today' }],
        ['weather', { city: 'Detroit' }],
      ],
      text: '',
      usage: [235, 111],
      usd: 0,
    },
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
  'ollama/prism__stream-multi-tool-conversation-1.sse': [
    { ...tool, calls: [['weather', { city: 'Detroit' }]], usage: [149, 15] },
  ],
  'ollama/prism__stream-with-thinking-enabled-1.sse': [
    {
      text: /^Sure thing! .* you need\.$/,
      reasoning: /^The user says "Test prompt"/,
      finish: 'stop',
      usage: [69, 76],
    },
  ],
  'ollama/prism__stream-with-tools-2.sse': [
    { ...tool, calls: [['weather', { city: 'Detroit' }]], usage: [263, 152] },
  ],
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
    { ...tool, calls: [['weather', { latitude: '52.5200', longitude: '13.4050' }]], reasoning: /^Okay/ },
    { text: /^The current weather in Berlin .* 🌤️$/u, finish: 'stop', served: 'qwen3' },
  ],
  'ollama/ruby_llm__chat_streaming_responses_ollama_qwen3_supports_streaming_responses.yml': [
    { text: '1  \n2  \n3', reasoning: /^Okay/, finish: 'stop', served: 'qwen3' },
  ],

  'openai/ruby_llm__chat_streaming_responses_openai_gpt-5-nano_supports_streaming_responses.yml': [
    {
      text: '1, 2, 3',
      finish: 'stop',
      usage: [13, 284],
      served: 'gpt-5-nano-2025-08-07',
      more: { cacheRead: 0, reasoning: 256 },
      carry: /"type":"reasoning".*"encrypted_content":"gAAAAABq/,
    },
  ],

  'openrouter/llm-openrouter__test_prompt.yaml': [
    { text: 'Skipper or Sundance', finish: 'stop', usage: [17, 4], served: 'openai/gpt-4o' },
  ],
  'openrouter/llm-openrouter__test_tool_calls.yaml': [
    { ...tool, calls: [['llm_version', {}]], text: '', usage: [42, 12], usd: 0.000036 },
    { text: 'The current LLM version is 0.0+test.', finish: 'stop', usage: [65, 15], usd: 0.00005 },
  ],
  'openrouter/prism__stream-text-with-tools-1.sse': [
    {
      ...tool,
      calls: [['weather', { city: 'San Francisco' }]],
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
    {
      text: '2 + 2 = 4',
      reasoning: /2\+2 equals 4\.$/,
      finish: 'stop',
      usage: [43, 36],
      usd: 0.000669,
      fingerprint: 'Google',
      more: { reasoning: 13 },
      carry: /"type":"reasoning\.text".*2\+2 equals 4\..*"signature":"Et0BCkgI/,
    },
  ],
  'openrouter/pydantic-ai__test_openrouter_tool_calling.yaml': [
    {
      ...tool,
      calls: [['divide', { numerator: 123, denominator: 456, on_inf: 'infinity' }]],
      fingerprint: 'Mistral',
      usage: [134, 43],
    },
  ],
  'openrouter/pydantic-ai__test_openrouter_with_native_options.yaml': [
    {
      text: /^I'm Grok, .*help you with today\?$/s,
      finish: 'stop',
      usage: [687, 240],
      served: 'x-ai/grok-4',
      fingerprint: 'xAI fp_19e21a36c0',
      more: { cacheRead: 682, reasoning: 165 },
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

  'other/prism__deepseek_stream-with-tools-1.sse': [
    {
      ...tool,
      calls: [
        ['search', { query: 'Detroit Tigers game time today' }],
        ['get_weather', { city: 'Detroit' }],
      ],
      fingerprint: 'fp_8802369eaa_prod0623_fp8_kvcache',
      more: { cacheRead: 192 },
      usage: [223, 43],
      served: 'deepseek-chat',
    },
  ],
  'other/pydantic-ai__groq_test_tool_use_failed_error.yaml': [
    // Groq's error tells what the model wrote in place of a call that can be read.
    { finish: 'other', text: /^{"name": "get_something_by_name"/, usage: null },
    {
      ...tool,
      calls: [['get_something_by_name', { name: 'test' }]],
      reasoning: /^We need to call with correct param/,
      more: { reasoning: 22 },
      usage: [301, 52],
      served: 'openai/gpt-oss-120b',
    },
    {
      text: /^The first call failed .* name: test"\.$/,
      reasoning: /^We need to respond/,
      finish: 'stop',
      usage: [336, 96],
      more: { cacheRead: 256, reasoning: 59 },
    },
  ],
  'other/ruby_llm__gemini_429.yml': [{ code: 'rate_limit' }],
}
