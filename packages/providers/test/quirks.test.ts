import { type Completion, provider } from '@bench/providers'
import { type Exchange, replayServer } from '@bench/providers/testing'
import { describe, expect, it } from 'vitest'

/** What servers of the field do that no specification says, and what must come out of it all the same. */

async function reply(name: string, exchange: Exchange): Promise<Completion> {
  await using server = await replayServer([exchange])
  const settings = { endpoint: server.url, apiKey: 'k-1', maxRetries: 0 }
  const model = await (await provider(name)).model('m', settings)
  return await model.generate([{ role: 'user', content: 'hello' }], {})
}

const sse = { 'content-type': 'text/event-stream' }
const events = (...data: readonly (object | string)[]) =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('')
const choice = (delta: unknown, finish_reason: unknown = null, more: object = {}) => ({
  model: 'served',
  choices: [{ index: 0, delta, finish_reason, ...more }],
})
const call = (piece: object) => choice({ tool_calls: [piece] })
const end = choice({}, 'stop')
const chat = (...data: readonly (object | string)[]) =>
  reply('openai-compatible', { headers: sse, body: events(...data) })

describe('streams of chat completions', () => {
  const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 }
  const hello = { text: 'hello', finish: 'stop', usage: { input: 12, output: 7 } }

  it.each<[string, string]>([
    ['usage with the finish reason', events(choice({ content: 'hello' }), { ...end, usage }, '[DONE]')],
    ['no [DONE]', events(choice({ content: 'hello' }), { ...end, usage })],
    ['usage in the choice', events(choice({ content: 'hello' }), choice({}, 'stop', { usage }), '[DONE]')],
    ["Groq's usage", events(choice({ content: 'hello' }), { ...end, x_groq: { id: 'r', usage } }, '[DONE]')],
    [
      'usage in every message, growing',
      events(
        { ...choice({ content: 'hel' }), usage: { prompt_tokens: 12, completion_tokens: 2 } },
        { ...choice({ content: 'lo' }), usage: { prompt_tokens: 12, completion_tokens: 4 } },
        end,
        { choices: [], usage },
        '[DONE]',
      ),
    ],
    [
      "Azure's filter results before anything",
      events(
        { model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
        choice({ role: 'assistant', content: '', refusal: null }),
        choice({ content: 'hello' }),
        end,
        { choices: [], usage },
        '[DONE]',
      ),
    ],
    ['two finish reasons', events(choice({ content: 'hello' }), end, { ...end, usage }, '[DONE]')],
    [
      'empty finish reasons',
      events(choice({ content: 'hello' }, ''), choice({}, 'null'), { ...end, usage }, '[DONE]'),
    ],
    [
      'nothing where something could be',
      events(
        choice(null),
        { choices: null },
        choice({ content: null, tool_calls: null, reasoning_content: null }),
        choice({ content: 'hello', tool_calls: [] }),
        { ...end, usage },
        '[DONE]',
      ),
    ],
    [
      'content in parts',
      events(
        choice({ content: [{ type: 'text', text: 'hel' }] }),
        choice({ content: [{ type: 'text', text: 'lo' }, { type: 'reference', reference_ids: [1] }, null] }),
        { ...end, usage },
        '[DONE]',
      ),
    ],
    [
      'comments, other line ends and a byte order mark',
      `\uFEFF: keep-alive\r\n\r\n${events(choice({ content: 'hello' }), { ...end, usage }, '[DONE]').replaceAll('\n', '\r\n')}`,
    ],
    [
      'no space, and names of events',
      events(choice({ content: 'hello' }), { ...end, usage }, ' [DONE] ').replaceAll(
        'data: ',
        'event: message\nid: 1\nretry: 5\ndata:',
      ),
    ],
    [
      'the whole message beside each piece',
      events(
        choice({ content: 'hel' }, null, { message: { content: 'hel' } }),
        choice({ content: 'lo' }, 'stop', { message: { content: 'hello' } }),
        { choices: [], usage },
      ),
    ],
    ['Together: eos', events(choice({ content: 'hello' }), { ...choice({ content: '' }, 'eos'), usage })],
  ])('%s', async (_what, body) => {
    expect(await reply('openai-compatible', { headers: sse, body })).toMatchObject(hello)
    // Mislabelled, as some gateways do.
    expect(
      await reply('openai-compatible', { headers: { 'content-type': 'text/plain' }, body }),
    ).toMatchObject(hello)
  })

  it('a later word does not make a whole reply of a cut one', async () => {
    const cut = await chat(choice({ content: 'hel' }), choice({}, 'length'), end, '[DONE]')
    expect(cut).toMatchObject({ text: 'hel', finish: 'length', finishRaw: 'length' })
  })

  it('reasoning that ate all tokens leaves an empty text, cut off', async () => {
    const counts = { ...usage, completion_tokens_details: { reasoning_tokens: 7 } }
    const cut = await chat(choice({ reasoning_content: 'Hm' }), { ...choice({}, 'length'), usage: counts })
    expect(cut).toMatchObject({ text: '', reasoning: 'Hm', finish: 'length', usage: { reasoning: 7 } })
  })

  it.each([
    ['abort', 'incomplete'],
    ['insufficient_system_resource', 'overloaded'],
    ['error', 'server'],
  ])('finish reason %s is the fault %s', async (reason, code) => {
    await expect(chat(choice({ content: 'hel' }), choice({}, reason))).rejects.toMatchObject({ code })
  })

  it('reasoning by each of its names', async () => {
    for (const delta of [
      { reasoning: 'Hm' },
      { reasoning_content: 'Hm' },
      { reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm', index: 0 }] },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] },
    ]) {
      const completion = await chat(choice(delta), choice({ content: 'hello' }), end)
      expect(completion).toMatchObject({ reasoning: 'Hm', text: 'hello' })
    }
  })

  it('xAI counts reasoning beside the completion', async () => {
    const counts = {
      prompt_tokens: 12,
      completion_tokens: 7,
      total_tokens: 119,
      completion_tokens_details: { reasoning_tokens: 100 },
    }
    const { usage: counted } = await chat(choice({ content: 'x' }), { ...end, usage: counts })
    expect(counted).toEqual({ input: 12, output: 107, reasoning: 100 })
  })

  it('llama.cpp measures itself', async () => {
    const timings = {
      cache_n: 4,
      prompt_n: 8,
      prompt_per_second: 250.5,
      predicted_n: 7,
      predicted_per_second: 33.3,
    }
    const { usage: counted, timing } = await chat(choice({ content: 'x' }), { ...end, timings })
    expect(counted).toEqual({ input: 12, output: 7, cacheRead: 4 })
    expect(timing).toMatchObject({ promptTokensPerSecond: 250.5, tokensPerSecond: 33.3 })
  })

  it('what is no UTF-8 is no answer', async () => {
    const body = Buffer.from(events(choice({ content: 'h\u00fcllo' }), end), 'latin1')
    await expect(reply('openai-compatible', { headers: sse, body })).rejects.toMatchObject({
      code: 'malformed',
      retryable: true,
    })
  })

  it('a surrogate pair parted by its server is whole again', async () => {
    const halves = events(choice({ content: '@' }), choice({ content: '#' }), end)
    const body = halves.replace('@', '\\ud83c').replace('#', '\\udf0d')
    expect((await reply('openai-compatible', { headers: sse, body })).text).toBe('🌍')
  })
})

describe('tool calls of chat completions', () => {
  const two = [
    { name: 'look', arguments: '{"at":"a"}' },
    { name: 'wait', arguments: '{}' },
  ]
  const look = { name: 'look', arguments: '{"at":"a"}' }
  const wait = { name: 'wait', arguments: '{}' }

  it.each<[string, readonly object[]]>([
    [
      'pieces by turns',
      [
        call({ index: 0, id: 'a', function: { name: 'look', arguments: '' } }),
        call({ index: 1, id: 'b', function: { name: 'wait', arguments: '' } }),
        call({ index: 0, function: { arguments: '{"at":' } }),
        call({ index: 1, function: { arguments: '{}' } }),
        call({ index: 0, function: { arguments: '"a"}' } }),
      ],
    ],
    [
      'both in one message',
      [
        choice({
          tool_calls: [
            { index: 0, id: 'a', function: look },
            { index: 1, id: 'b', function: wait },
          ],
        }),
      ],
    ],
    ['no index', [call({ id: 'a', function: look }), call({ id: 'b', function: wait })]],
    ['no id', [call({ index: 0, function: look }), call({ index: 1, function: wait })]],
    ['neither', [call({ function: look }), call({ function: wait })]],
    [
      'the same index for all',
      [call({ index: 0, id: 'a', function: look }), call({ index: 0, id: 'b', function: wait })],
    ],
    [
      'the same id for all',
      [call({ index: 0, id: 'a', function: look }), call({ index: 1, id: 'a', function: wait })],
    ],
    [
      'no index, and pieces',
      [
        call({ id: 'a', function: { name: 'look', arguments: '{"at"' } }),
        call({ function: { arguments: ':"a"}' } }),
        call({ id: 'b', function: { name: 'wait' } }),
      ],
    ],
    [
      'id and name in every piece',
      [
        call({ index: 0, id: 'a', function: { name: 'look', arguments: '{"at"' } }),
        call({ index: 0, id: 'a', function: { name: 'look', arguments: ':"a"}' } }),
        call({ index: 1, id: 'b', function: { name: 'wait', arguments: '' } }),
        call({ index: 1, id: 'b', function: { name: 'wait', arguments: '{}' } }),
      ],
    ],
    [
      'empty ids and names in later pieces',
      [
        call({ index: 0, id: '', function: { name: '', arguments: '' } }),
        call({ index: 0, id: 'a', function: { name: 'look', arguments: '{"at"' } }),
        call({ index: 0, id: '', function: { name: '', arguments: ':"a"}' } }),
        call({ index: 1, id: 'b', function: { name: 'wait', arguments: null } }),
        call({ index: 1, id: 'null', function: { name: null, arguments: '' } }),
      ],
    ],
    [
      'arguments as an object',
      [
        call({ index: 0, id: 'a', function: { name: 'look', arguments: { at: 'a' } } }),
        call({ index: 1, id: 'b', function: { name: 'wait', arguments: {} } }),
      ],
    ],
    [
      'all of them once more at the end',
      [
        call({ index: 0, id: 'a', function: { name: 'look', arguments: '{"at":' } }),
        call({ index: 0, function: { arguments: '"a"}' } }),
        call({ index: 0, function: { name: 'look', arguments: '{"at":"a"}' } }),
        call({ index: 1, id: 'b', function: wait }),
      ],
    ],
  ])('%s', async (_what, pieces) => {
    for (const finish of ['tool_calls', 'stop']) {
      const { toolCalls = [], finish: told } = await chat(...pieces, choice({}, finish), '[DONE]')
      expect(toolCalls.map(({ name, arguments: written }) => ({ name, arguments: written }))).toEqual(two)
      expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2)
      expect(told).toBe('tool_calls')
    }
  })

  it('the old way', async () => {
    const { toolCalls, finish } = await chat(
      choice({ function_call: { name: 'look', arguments: '{"at"' } }),
      choice({ function_call: { arguments: ':"a"}' } }),
      choice({}, 'function_call'),
    )
    expect(toolCalls).toMatchObject([look])
    expect(finish).toBe('tool_calls')
  })

  it('arguments that are no JSON are told as they are', async () => {
    for (const written of ['{"at": ', 'at=a', '[1]']) {
      const one = call({ index: 0, id: 'a', function: { name: 'look', arguments: written } })
      const { toolCalls, finish } = await chat(one, choice({}, 'tool_calls'))
      expect(toolCalls).toEqual([{ id: 'a', name: 'look', arguments: written }])
      expect(finish).toBe('tool_calls')
    }
  })

  it('a call that was cut off is told, and that it was', async () => {
    const one = call({ index: 0, id: 'a', function: { name: 'look', arguments: '' } })
    const { toolCalls, finish } = await chat(one, choice({}, 'length'))
    expect({ toolCalls, finish }).toEqual({
      toolCalls: [{ id: 'a', name: 'look', arguments: '' }],
      finish: 'length',
    })
  })

  it('a call that the server itself cannot read is what the model said, and no fault', async () => {
    const failed = {
      code: 'tool_use_failed',
      message: 'Failed to call a function.',
      failed_generation: '<look{"at"',
    }
    const raw = "error parsing tool call: raw='{\"at\":'a'', err=invalid character"
    const told = [
      ['openai-compatible', { status: 400, body: JSON.stringify({ error: failed }) }, '<look{"at"'],
      ['openai-compatible', { body: [choice({ content: 'Hm. ' }), { error: failed }] }, 'Hm. <look{"at"'],
      ['openai-compatible', { status: 500, body: JSON.stringify({ error: { message: raw } }) }, `{"at":'a'`],
      ['ollama', { status: 500, body: JSON.stringify({ error: raw }) }, `{"at":'a'`],
      ['ollama', { body: `${JSON.stringify({ error: raw })}\n` }, `{"at":'a'`],
    ] as const
    for (const [name, { body, ...more }, text] of told) {
      const sent =
        typeof body === 'string' ? body : body.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')
      const completion = await reply(name, {
        ...more,
        body: sent,
        headers: { 'content-type': 'text/event-stream' },
      })
      expect(completion).toMatchObject({ text, finish: 'other', finishRaw: 'tool_use_failed', tries: 1 })
      expect(completion.warnings).toEqual([
        'a tool call that its server could not read: its text is the reply',
      ])
      expect(completion.toolCalls).toBeUndefined()
    }
  })

  it('an empty call is none', async () => {
    const none = await chat(call({ index: 0, id: '', function: { name: '', arguments: '' } }), end)
    expect(none.toolCalls).toBeUndefined()
    expect(none.finish).toBe('stop')
  })
})

describe('other wires', () => {
  it("Anthropic's block that began with words, tools of its own, hidden thoughts", async () => {
    const blocks = [
      { type: 'redacted_thinking', data: 'sealed' },
      { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 'srv', content: [] },
    ]
    const body = [
      { type: 'message_start', message: { model: 'served', usage: { input_tokens: 12, output_tokens: 1 } } },
      ...blocks.flatMap((content_block, index) => [
        { type: 'content_block_start', index, content_block },
        { type: 'content_block_stop', index },
      ]),
      { type: 'content_block_start', index: 3, content_block: { type: 'text', text: 'hel' } },
      { type: 'content_block_delta', index: 3, delta: { type: 'text_delta', text: 'lo' } },
      { type: 'content_block_delta', index: 3, delta: { type: 'new_delta', what: 'ever' } },
      { type: 'new_event' },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { input_tokens: 12, cache_read_input_tokens: 30, output_tokens: 7 },
      },
      { type: 'message_stop' },
    ]
    const stream = body.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('')
    const completion = await reply('anthropic', { headers: sse, body: stream })
    expect(completion).toMatchObject({ text: 'hello', usage: { input: 42, output: 7, cacheRead: 30 } })
    expect(completion.toolCalls).toBeUndefined()
    expect(completion.carry).toEqual({ messages: [...blocks, { type: 'text', text: 'hello' }] })
  })

  it("Ollama's calls over several lines, arguments as text, a reply that only loads the model", async () => {
    const line = (more: object) => `${JSON.stringify({ model: 'served', done: false, ...more })}\n`
    const tool = (made: object) => line({ message: { content: '', tool_calls: [{ function: made }] } })
    const body = [
      tool({ index: 0, name: 'look', arguments: { at: 'a' } }),
      tool({ index: 0, name: 'look', arguments: '{"at":"b"}' }),
      line({ message: { content: '' }, done: true, done_reason: 'stop' }),
    ]
    const { toolCalls = [], finish } = await reply('ollama', { body })
    expect(toolCalls.map(({ arguments: written }) => JSON.parse(written))).toEqual([{ at: 'a' }, { at: 'b' }])
    expect(finish).toBe('tool_calls')
    const load = await reply('ollama', { body: line({ done: true, done_reason: 'load' }) })
    expect(load).toMatchObject({ finish: 'other', finishRaw: 'load', text: '' })
  })

  it("Gemini's blocked prompt, thoughts and counts, and a stream that is a list", async () => {
    const gemini = (chunks: readonly object[]) => reply('gemini', { headers: sse, body: events(...chunks) })
    const blocked = await gemini([{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: {} }])
    expect(blocked).toMatchObject({ text: '', finish: 'refusal', finishRaw: 'SAFETY', usage: {} })
    const candidate = (parts: readonly object[], finishReason?: string) => ({
      candidates: [{ content: { parts }, finishReason }],
      modelVersion: 'served',
    })
    const chunks = [
      candidate([{ text: 'Hm', thought: true }]),
      candidate([{ text: 'hel' }, { text: 'lo' }]),
      candidate([{ functionCall: { name: 'wait' }, thoughtSignature: 'sealed' }], 'STOP'),
      {
        usageMetadata: {
          promptTokenCount: 12,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 7,
          thoughtsTokenCount: 30,
        },
      },
    ]
    const wanted = {
      text: 'hello',
      reasoning: 'Hm',
      finish: 'tool_calls',
      toolCalls: [{ name: 'wait', arguments: '{}' }],
      usage: { input: 12, output: 37, cacheRead: 4, reasoning: 30 },
      served: 'served',
    }
    expect(await gemini(chunks)).toMatchObject(wanted)
    const list = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(chunks) }
    expect(await reply('gemini', list)).toMatchObject(wanted)
    const cut = await gemini([candidate([], 'MAX_TOKENS')])
    expect(cut).toMatchObject({ text: '', finish: 'length' })
    const malformed = await gemini([candidate([], 'MALFORMED_FUNCTION_CALL')])
    expect(malformed).toMatchObject({ finish: 'other', finishRaw: 'MALFORMED_FUNCTION_CALL' })
  })
})
