import { type CallOptions, listModels, type Message, type ModelSettings, provider } from '@bench/providers'
import { type Dialect, dialects, type Exchange, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

const question: readonly Message[] = [
  { role: 'system', content: 'S' },
  { role: 'user', content: 'U' },
]
const all: CallOptions = { temperature: 0.5, maxTokens: 100, topP: 0.9, stop: ['END'], seed: 0 }

const wires: Readonly<Record<string, Dialect>> = {
  anthropic: dialects.messages,
  gemini: dialects.gemini,
  ollama: dialects.ollama,
}

async function asked(
  name: string,
  model: string,
  options: CallOptions,
  settings: ModelSettings = {},
  reply?: Exchange,
) {
  const dialect = wires[name] ?? dialects.chat
  await using server = await replayServer([reply ?? dialect.text(['ok'])])
  const made = await (await provider(name)).model(model, { endpoint: server.url, apiKey: 'k-1', ...settings })
  const completion = await made.generate(question, options)
  const [request] = server.requests
  return {
    completion,
    body: JSON.parse(request?.body ?? '{}'),
    headers: request?.headers ?? {},
    path: request?.path,
  }
}

describe('what is sent', () => {
  it('openai', async () => {
    const { body, headers, path, completion } = await asked('openai', 'gpt-4o', all)
    expect(path).toBe('/chat/completions')
    expect(headers.authorization).toBe('Bearer k-1')
    expect(body).toEqual({
      model: 'gpt-4o',
      messages: question,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.5,
      max_completion_tokens: 100,
      top_p: 0.9,
      stop: ['END'],
      seed: 0,
    })
    expect(completion.warnings).toEqual([])
    expect(completion.cost?.usd).toBeCloseTo((12 * 2.5 + 7 * 10) / 1e6, 12)
    expect(completion.cost?.source).toBe('genai-prices@0.1.8 (2026-09-23)')
  })

  it('nothing that was not asked', async () => {
    expect((await asked('openai', 'gpt-4o', {})).body).toEqual({
      model: 'gpt-4o',
      messages: question,
      stream: true,
      stream_options: { include_usage: true },
    })
    expect((await asked('ollama', 'm', {})).body).toEqual({
      model: 'm',
      messages: question,
      stream: true,
      options: { num_ctx: 8192 },
      truncate: false,
      shift: false,
    })
  })

  it.each(['o3', 'o4-mini', 'gpt-5', 'gpt-5-nano'])(
    'openai %s: sampling is not sent, and told',
    async (model) => {
      const { body, completion } = await asked('openai', model, { temperature: 0, topP: 1, maxTokens: 5 })
      expect(body).toMatchObject({ max_completion_tokens: 5 })
      expect(body).not.toHaveProperty('temperature')
      expect(body).not.toHaveProperty('max_tokens')
      expect(completion.warnings).toEqual([
        `temperature: not sent, ${model} takes only its default`,
        `top_p: not sent, ${model} takes only its default`,
      ])
    },
  )

  it('openrouter, with attribution only where it is set', async () => {
    const bare = await asked('openrouter', 'a/b', { maxTokens: 9 })
    expect(bare.body).toMatchObject({ max_tokens: 9, usage: { include: true } })
    expect(Object.keys(bare.headers)).not.toEqual(expect.arrayContaining(['http-referer']))
    expect(bare.headers['x-title']).toBeUndefined()
    const named = await asked('openrouter', 'a/b', {}, { siteUrl: 'https://example.com', appName: 'Bench' })
    expect(named.headers).toMatchObject({ 'http-referer': 'https://example.com', 'x-title': 'Bench' })
  })

  it('openrouter: what it reports beats the price list, its own fee and upstream together', async () => {
    const reply = (usage: object): Exchange => ({
      headers: { 'content-type': 'text/event-stream' },
      body: `: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify({ choices: [{ delta: { content: 'x' }, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1, ...usage } })}\n\ndata: [DONE]\n\n`,
    })
    const cost = async (usage: object) =>
      (await asked('openrouter', 'openai/gpt-4o', {}, {}, reply(usage))).completion.cost
    expect(await cost({ cost: 0.25 })).toEqual({ usd: 0.25, source: 'reported', listedUsd: 0.0000125 })
    expect(await cost({ cost: 0 })).toMatchObject({ usd: 0, source: 'reported' })
    expect(
      await cost({ cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 1 } }),
    ).toMatchObject({
      usd: 1.05,
      source: 'reported',
    })
    expect(await cost({})).toMatchObject({ source: 'genai-prices@0.1.8 (2026-09-23)' })
  })

  it('openai-compatible, with no key unless there is one', async () => {
    const { headers, completion } = await asked('openai-compatible', 'm', {}, { apiKey: '' })
    expect(headers.authorization).toBeUndefined()
    expect(completion.cost).toEqual({ usd: 0, source: 'local' })
  })

  it('anthropic', async () => {
    const { body, headers, path, completion } = await asked('anthropic', 'claude-haiku-4-5', all)
    expect(path).toBe('/v1/messages')
    expect(headers).toMatchObject({ 'x-api-key': 'k-1', 'anthropic-version': '2023-06-01' })
    expect(headers.authorization).toBeUndefined()
    expect(body).toEqual({
      model: 'claude-haiku-4-5',
      system: 'S',
      messages: [{ role: 'user', content: 'U' }],
      stream: true,
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
    })
    expect(completion.warnings).toEqual(['seed: not supported by anthropic'])
    expect(completion.cost?.usd).toBeCloseTo((12 * 1 + 7 * 5) / 1e6, 12)
  })

  it('anthropic takes no temperature above 1, and always a token limit', async () => {
    const { body, completion } = await asked('anthropic', 'claude-3-haiku-20240307', { temperature: 1.5 })
    expect(body).toMatchObject({ max_tokens: 4096 })
    expect(body).not.toHaveProperty('temperature')
    expect(completion.warnings).toEqual(['temperature 1.5: not sent, anthropic takes 0 to 1'])
  })

  it('ollama, and the speed it measured itself', async () => {
    const { body, path, completion } = await asked('ollama', 'qwen2.5-coder:7b', all)
    expect(path).toBe('/api/chat')
    expect(body.options).toEqual({
      num_ctx: 8192,
      temperature: 0.5,
      num_predict: 100,
      top_p: 0.9,
      stop: ['END'],
      seed: 0,
    })
    expect(completion).toMatchObject({ cost: { usd: 0, source: 'local' }, usage: { input: 12, output: 7 } })
    // 7 tokens in 7 ms.
    expect(completion.timing.tokensPerSecond).toBeCloseTo(1000, 9)
  })

  it('ollama: loading a model is told, for it is no latency of the model', async () => {
    const reply = {
      body: `${JSON.stringify({ message: { content: 'x' }, done: true, load_duration: 8.25e9 })}\n`,
    }
    const { completion } = await asked('ollama', 'm', {}, {}, reply)
    expect(completion.warnings).toEqual(['8.3 s of its time went into loading the model'])
    expect(completion).toMatchObject({ finish: 'stop', usage: {} })
  })

  it('cached tokens are part of the input, in both dialects', async () => {
    const messages = {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        content: [{ type: 'text', text: 'x' }],
        stop_reason: 'refusal',
        usage: {
          input_tokens: 5,
          cache_read_input_tokens: 70,
          cache_creation_input_tokens: 30,
          output_tokens: 2,
        },
      }),
    }
    const one = (await asked('anthropic', 'claude-haiku-4-5', {}, {}, messages)).completion
    expect(one).toMatchObject({
      usage: { input: 105, cacheRead: 70, cacheWrite: 30, output: 2 },
      finish: 'refusal',
    })
    const chat = {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        choices: [{ message: { content: null, refusal: 'I will not.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 105, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 70 } },
      }),
    }
    const two = (await asked('openai', 'gpt-4o', {}, {}, chat)).completion
    // It came all at once: there was no decode phase to measure.
    expect(two.timing.tokensPerSecond).toBeUndefined()
    expect(two).toMatchObject({
      text: 'I will not.',
      finish: 'refusal',
      usage: { input: 105, cacheRead: 70, output: 9 },
    })
  })

  it('counts that are no counts are unknown', async () => {
    const chat = {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 7,
        choices: [{ message: { content: 'x', tool_calls: 'none' }, finish_reason: 'whatever' }],
        usage: { prompt_tokens: -1, completion_tokens: 2.5, cost: 'free' },
      }),
    }
    const { completion } = await asked('openai', 'gpt-4o', {}, {}, chat)
    expect(completion).toMatchObject({ text: 'x', finish: 'other', finishRaw: 'whatever', usage: {} })
    expect(completion.cost).toBeUndefined()
    expect(completion.served).toBeUndefined()
  })
})

describe('what can be had', () => {
  const list = async (name: string, body: unknown) => {
    await using server = await replayServer([
      { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    ])
    const models = await listModels(name, { endpoint: server.url, apiKey: 'k-1' }, {})
    return { models, path: server.requests[0]?.path, headers: server.requests[0]?.headers }
  }
  it('ollama', async () => {
    expect(await list('ollama', { models: [{ name: 'llama3:8b' }, { name: 5 }, null] })).toMatchObject({
      models: [{ name: 'llama3:8b' }],
      path: '/api/tags',
    })
  })
  it('openai and what is compatible', async () => {
    for (const name of ['openai', 'openai-compatible']) {
      expect(await list(name, { data: [{ id: 'm' }] })).toMatchObject({
        models: [{ name: 'm' }],
        path: '/models',
      })
    }
  })
  it('anthropic', async () => {
    expect(await list('anthropic', { data: [{ id: 'claude' }] })).toMatchObject({
      models: [{ name: 'claude' }],
      headers: { 'x-api-key': 'k-1' },
    })
  })
  it('openrouter, with prices', async () => {
    const data = [
      { id: 'a/b', context_length: 128_000, pricing: { prompt: '0.000003', completion: '0.000015' } },
      { id: 'a/auto', pricing: { prompt: '-1', completion: '-1' } },
    ]
    const { models } = await list('openrouter', { data })
    expect(models[0]).toMatchObject({ name: 'a/b', contextLength: 128_000 })
    expect(models[0]?.price?.inputPerMillion).toBeCloseTo(3, 9)
    expect(models[0]?.price?.outputPerMillion).toBeCloseTo(15, 9)
    expect(models[1]).toEqual({ name: 'a/auto' })
  })
  it("servers of one's own, with the context that they tell", async () => {
    const rows = {
      vllm: { id: 'm', max_model_len: 4096 },
      'llama-cpp': { id: 'm', meta: { n_ctx_train: 8192, n_params: 7e9 } },
      lmstudio: { id: 'm' },
    }
    for (const [name, row] of Object.entries(rows)) {
      const { models, path } = await list(name, { data: [row, { id: 7 }] })
      expect(models).toMatchObject([{ name: 'm', supports: { seed: true, stop: true } }])
      expect(models[0]?.contextLength).toBe({ vllm: 4096, 'llama-cpp': 8192 }[name])
      expect(path).toBe('/models')
    }
    expect((await list('lmstudio', { data: [{ id: 'text-embedding-nomic' }] })).models).toEqual([])
  })
  it('hugging face, by what its servers say', async () => {
    const server = (more: object) => ({
      status: 'live',
      context_length: 32_768,
      supports_tools: false,
      ...more,
    })
    const data = [
      { id: 'a/one', providers: [server({ pricing: { input: 0.5, output: 1.5 } })] },
      {
        id: 'a/two',
        providers: [
          server({ context_length: 65_536, supports_tools: true, pricing: { input: 1, output: 2 } }),
          server({ pricing: { input: 3, output: 4 } }),
          server({ status: 'error', context_length: 1e6 }),
        ],
      },
      { id: 'a/none' },
    ]
    const { models, headers } = await list('huggingface', { data })
    expect(models[0]).toMatchObject({
      price: { inputPerMillion: 0.5, outputPerMillion: 1.5 },
      supports: { tools: false },
    })
    expect(models[1]).toMatchObject({ contextLength: 65_536, supports: { tools: true } })
    expect(models[1]?.price).toBeUndefined()
    expect(models[2]).not.toHaveProperty('contextLength')
    expect(headers?.authorization).toBe('Bearer k-1')
  })
  it('gemini, what generates text, its key never in the URL', async () => {
    const models = [
      {
        name: 'models/gemini-2.5-pro',
        inputTokenLimit: 1_048_576,
        supportedGenerationMethods: ['generateContent'],
      },
      { name: 'models/embedding', supportedGenerationMethods: ['embedContent'] },
    ]
    const listed = await list('gemini', { models })
    expect(listed.models).toMatchObject([{ name: 'gemini-2.5-pro', contextLength: 1_048_576 }])
    expect(listed.path).not.toContain('k-1')
    expect(listed.headers).toMatchObject({ 'x-goog-api-key': 'k-1' })
    const { path, headers } = await asked('gemini', 'models/gemini-2.5-pro', {})
    expect(path).toBe('/models/gemini-2.5-pro:streamGenerateContent?alt=sse')
    expect(headers).toMatchObject({ 'x-goog-api-key': 'k-1' })
  })
  it('nothing, of what is no list or says no', async () => {
    expect((await list('openai', { nothing: true })).models).toEqual([])
    await using server = await replayServer([{ status: 401, body: '{"error":"who"}' }])
    const settings = { endpoint: server.url, apiKey: 'k-1' }
    await expect(listModels('openai', settings, {})).rejects.toMatchObject({ code: 'auth' })
    expect(server.requests).toHaveLength(1)
    await expect(listModels('oracle', {}, {})).rejects.toMatchObject({ code: 'bad_request' })
  })
})
