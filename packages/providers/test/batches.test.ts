import { describe, expect, test } from 'vitest'
import {
  type BatchRequests,
  type BatchService,
  type BatchState,
  type CallOptions,
  type LostBatch,
  type Message,
  type ModelSettings,
  ProviderError,
  resolveModel,
} from '../src/index.js'
import { type BatchEnd, type BatchLifeOptions, batchLife, type Exchange, mockServer } from '../src/testing.js'

/** Real requests to a real server that speaks the life cycle of batches on both wires. */

const key = 'sk-canary-5f4e3d2c1b0a9988'
const { signal } = new AbortController()
const messages: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hé\n“two” pelicans 🌍' },
]
const options: CallOptions = { maxTokens: 64, temperature: 0, stop: ['END'] }

const kinds = {
  anthropic: { id: 'anthropic:claude-opus-4-5', path: '', settings: {} },
  openai: { id: 'openai:gpt-4o-mini', path: '/v1', settings: {} },
  'openai-compatible': {
    id: 'openai-compatible:gpt-4o-mini',
    path: '/v1',
    settings: { batches: true, price: { inputPerMillion: 1, outputPerMillion: 2, batchFactor: 0.25 } },
  },
} as const
type Kind = keyof typeof kinds
const every = Object.keys(kinds) as Kind[]

async function open(kind: Kind, life: BatchLifeOptions = {}, first?: (path: string) => Exchange | undefined) {
  const batches = batchLife(life)
  const server = await mockServer({ answer: (request) => first?.(request.path) ?? batches.answer(request) })
  const { id, path, settings } = kinds[kind]
  const given: ModelSettings = { ...settings, apiKey: key, endpoint: server.url + path, maxRetries: 0 }
  const model = await resolveModel(id, given, {})
  return {
    model,
    server,
    batch: model.batch as BatchService,
    made: batches.made,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function requestsOf(service: BatchService, ids: readonly string[], label = 'bench-1'): BatchRequests {
  const lines = ids.map((id) => Buffer.from(service.line(id, messages, options)))
  return {
    label,
    count: lines.length,
    bytes: lines.reduce((sum, line) => sum + line.length, 0),
    async *lines() {
      yield* lines
    },
  }
}

async function ended(service: BatchService, id: string): Promise<BatchState> {
  for (;;) {
    const state = await service.look(id, signal)
    if (state.ended) return state
  }
}

async function resultsOf(service: BatchService, state: BatchState): Promise<Map<string, string>> {
  const lines = new Map<string, string>()
  await service.results(state, async (line) => void lines.set(service.idOf(line) ?? '', line), signal)
  return lines
}

const thrown = (promise: Promise<unknown>): Promise<ProviderError> =>
  promise.then(
    () => expect.unreachable(),
    (error: ProviderError) => error,
  )

describe.each(every)('batches of %s', (kind) => {
  test('ask what single calls ask, and bring the same Completion at the batch price', async () => {
    await using at = await open(kind)
    const single = await at.model.generate(messages, options)
    const asked = JSON.parse(at.server.requests.at(-1)?.body ?? '')
    const id = await at.batch.submit(requestsOf(at.batch, ['a', 'b', 'c']), signal)
    expect(at.made).toHaveLength(1)
    const { stream: _, stream_options: __, ...body } = asked
    expect(at.made[0]?.items).toEqual(['a', 'b', 'c'].map((name) => ({ id: name, body })))
    const state = await ended(at.batch, id)
    const lines = await resultsOf(at.batch, state)
    expect([...lines.keys()]).toEqual(['c', 'b', 'a'])
    const reply = await at.batch.read(lines.get('b'), messages, options, state)
    expect(reply).toMatchObject({
      text: single.text,
      finish: 'stop',
      served: single.served,
      warnings: single.warnings,
      batch: id,
      tries: 1,
    })
    expect(reply.timing).toEqual({ startedAt: state.createdAt, totalMs: expect.any(Number) })
    expect(reply.cost?.source).toBe(`${at.model.price?.source}, batch`)
    const { input = 0, output = 0 } = reply.usage
    const { inputPerMillion = 0, outputPerMillion = 0, batchFactor = 0 } = at.model.price ?? {}
    const usd = ((input * inputPerMillion + output * outputPerMillion) / 1e6) * batchFactor
    expect(reply.cost?.usd).toBeCloseTo(usd, 12)
    expect(batchFactor).toBe(kind === 'openai-compatible' ? 0.25 : 0.5)
  })

  test('tell what became of each question', async () => {
    const ends: Record<string, BatchEnd> = {
      a: 'reply',
      b: 'error',
      c: 'invalid',
      d: 'expired',
      e: 'canceled',
    }
    await using at = await open(kind, { end: ({ id }) => ends[id] ?? 'reply', looks: 3 })
    const id = await at.batch.submit(requestsOf(at.batch, Object.keys(ends)), signal)
    expect(await at.batch.look(id, signal)).toMatchObject({ id, ended: false, done: 0 })
    const state = await ended(at.batch, id)
    expect(state).toMatchObject({ done: 5 })
    const lines = await resultsOf(at.batch, state)
    const told: unknown[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e', 'nowhere']) {
      told.push(
        await at.batch.read(lines.get(name), messages, options, state).then(
          ({ text }) => text,
          ({ code, retryable }: ProviderError) => `${code}${retryable ? ', again' : ''}`,
        ),
      )
    }
    expect(told).toEqual([
      messages[1]?.content,
      'server, again',
      'bad_request',
      'timeout, again',
      'server',
      'incomplete, again',
    ])
  })

  test('are found again after nobody knows whether they arrived', async () => {
    await using at = await open(kind, { looks: 1 })
    const lost = (label: string, ids: readonly string[], others: readonly string[] = []): LostBatch => ({
      label,
      count: ids.length,
      at: new Date(),
      has: (id) => ids.includes(id),
      others: new Set(others),
    })
    const find = (it: LostBatch) => at.batch.find(it, signal)
    expect(await find(lost('mine', ['x', 'y']))).toEqual({ kind: 'absent' })
    const id = await at.batch.submit(requestsOf(at.batch, ['x', 'y'], 'mine'), signal)
    for (let i = 0; i < 5; i++)
      await at.batch.submit(requestsOf(at.batch, [`x${i}`, 'z'], `other-${i}`), signal)
    // Anthropic's carries no name: while any of that size works, it may be the one.
    const early = await find(lost('mine', ['x', 'y']))
    expect(early).toEqual(kind === 'anthropic' ? { kind: 'undecided' } : { kind: 'found', id })
    for (const { id: each } of at.made) await ended(at.batch, each)
    expect(await find(lost('mine', ['x', 'y']))).toEqual({ kind: 'found', id })
    expect(await find(lost('mine', ['x', 'y'], [id]))).toEqual({ kind: 'absent' })
    expect(await find(lost('never', ['p', 'q']))).toEqual({ kind: 'absent' })
    const later = { ...lost('mine', ['x', 'y']), at: new Date(Date.now() + 3_600_000) }
    expect(await find(later)).toEqual({ kind: 'absent' })
  })

  test('may have arrived where the connection broke, not where they were refused', async () => {
    const batches = batchLife()
    let how: Exchange | undefined
    const { id, path, settings } = kinds[kind]
    const isMaking = ({ method, path: at }: { method: string; path: string }) =>
      method === 'POST' && at.endsWith('/batches')
    await using server = await mockServer({
      answer(request) {
        if (!isMaking(request)) return batches.answer(request)
        batches.answer(request)
        return how
      },
    })
    const given = { ...settings, apiKey: key, endpoint: server.url + path }
    const service = (await resolveModel(id, given, {})).batch as BatchService
    const told: unknown[] = []
    const ways: Exchange[] = [
      { status: 200, body: '', ending: 'cut' },
      { status: 502, body: 'bad gateway' },
      { status: 200, body: 'what?' },
      { status: 200, body: '{}' },
      { status: 400, body: '{"error":{"message":"no"}}' },
      { status: 429, body: '{"error":{"message":"wait"}}' },
      { status: 404, body: '' },
    ]
    for (how of ways) {
      const fault = await thrown(service.submit(requestsOf(service, ['a']), signal))
      expect(fault.message).not.toContain('canary')
      told.push([fault.code, fault.possiblyBilled])
    }
    expect(told).toEqual([
      ['cut', true],
      ['server', true],
      ['malformed', true],
      ['malformed', true],
      ['bad_request', false],
      ['rate_limit', false],
      ['not_found', false],
    ])
    await server[Symbol.asyncDispose]()
    const gone = await thrown(service.submit(requestsOf(service, ['a']), signal))
    expect(gone).toMatchObject({ code: 'connect', possiblyBilled: false })
  })

  test('bring no results rather than a part of them', async () => {
    let bad: Exchange | undefined
    await using at = await open(kind, {}, (path) => (/results|_output\/content/.test(path) ? bad : undefined))
    const id = await at.batch.submit(requestsOf(at.batch, ['a', 'b']), signal)
    const state = await ended(at.batch, id)
    for (bad of [
      { body: '{"custom_id":"a"}\n{"custom', ending: 'end' },
      { body: '{"custom_id":"a"}\n', ending: 'cut' },
      { status: 500, body: '' },
    ] as const) {
      const fault = await thrown(resultsOf(at.batch, state))
      expect(fault).toBeInstanceOf(ProviderError)
      expect(fault.retryable).toBe(true)
    }
    bad = undefined
    expect((await resultsOf(at.batch, state)).size).toBe(2)
  })

  test('stop at once when they are aborted', async () => {
    await using at = await open(kind, {}, () => ({ ending: 'hang' }))
    const stop = new AbortController()
    const looking = at.batch.look('x', stop.signal)
    await at.server.received(1)
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(looking).rejects.toBe(reason)
  })
})

test('a batch of OpenAI’s is found by its file where its metadata is not kept', async () => {
  await using at = await open('openai', { metadata: false })
  const id = await at.batch.submit(requestsOf(at.batch, ['a'], 'bench-77'), signal)
  const lost = { label: 'bench-77', count: 1, at: new Date(), has: () => true, others: new Set<string>() }
  expect(await at.batch.find(lost, signal)).toEqual({ kind: 'found', id })
})

test('a batch of OpenAI’s that fails as a whole says why for each question', async () => {
  const fails = () => ({ code: 'token_limit_exceeded', message: 'Enqueued token limit reached' })
  await using at = await open('openai', { fails })
  const state = await ended(at.batch, await at.batch.submit(requestsOf(at.batch, ['a']), signal))
  expect((await resultsOf(at.batch, state)).size).toBe(0)
  const fault = await thrown(at.batch.read(undefined, messages, options, state))
  expect(fault).toMatchObject({ code: 'rate_limit', retryable: true })
  expect(fault.message).toContain('Enqueued token limit reached')
})

test('models that only the Responses API serves are asked by it in batches too', async () => {
  await using server = await mockServer({ answer: batchLife().answer })
  const settings = { apiKey: key, endpoint: `${server.url}/v1` }
  const { batch } = await resolveModel('openai:o3-pro', settings, {})
  const line = JSON.parse(batch?.line('a', messages, {}) ?? '')
  expect(line).toMatchObject({ custom_id: 'a', method: 'POST', url: '/v1/responses' })
  const message = { type: 'message', content: [{ type: 'output_text', text: 'Yes.' }] }
  const whole = { model: 'o3-pro', status: 'completed', output: [message], usage: {} }
  const result = { custom_id: 'a', response: { status_code: 200, body: whole }, error: null }
  const state = { id: 'b', ended: true, createdAt: '2026-11-21T07:00:00.000Z' }
  const reply = await batch?.read(JSON.stringify(result), messages, {}, state)
  expect(reply).toMatchObject({ text: 'Yes.', finish: 'stop', batch: 'b' })
})

test('providers without batches have none, and an endpoint without says so', async () => {
  for (const id of ['ollama:x', 'vllm:x', 'openrouter:a/b']) {
    const settings = { apiKey: key, endpoint: 'http://127.0.0.1:9/v1' }
    expect((await resolveModel(id, settings, {})).batch).toBeUndefined()
  }
  await using server = await mockServer()
  const settings = { apiKey: key, endpoint: `${server.url}/v1`, batches: true }
  const { batch } = await resolveModel('openai-compatible:x', settings, {})
  const fault = await thrown(batch!.submit(requestsOf(batch!, ['a']), signal))
  expect(fault.message).toBe(
    `openai-compatible at ${new URL(server.url).host} has no batches: run without --batch.`,
  )
})
