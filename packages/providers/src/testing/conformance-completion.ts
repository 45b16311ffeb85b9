import { expect } from 'vitest'
import type { CallOptions, Completion, Message, Model, ModelSettings, Tool, ToolCall } from '../spec.js'
import { gapBoundsMs } from '../wire/timing.js'
import type { Dialect } from './dialects.js'
import type { Exchange } from './exchange.js'
import type { TestServer } from './server.js'

const question: readonly Message[] = [{ role: 'user', content: 'What is the weather in Αθήνα?' }]
const pieces = ['Let me ', 'look 🌍', '.']
const weather: Tool = {
  name: 'get_weather',
  description: 'The weather of a place.',
  parameters: { type: 'object', properties: { place_name: { type: 'string' } }, required: ['place_name'] },
}
const calls: readonly ToolCall[] = [
  { id: 'call_a1', name: 'get_weather', arguments: '{"place_name":"Αθήνα 🌍"}' },
  { id: 'call_b2', name: 'get_time', arguments: '{"zone":"\\"UTC\\"","deep":{"of":[1,null,{"x":"}{"}]}}' },
  { id: 'call_c3', name: 'finish', arguments: '{}' },
]
/** Names that there are not, arguments that are no JSON or no object: what models have been seen to write. */
const wrong: readonly ToolCall[] = [
  { id: 'call_w1', name: 'multi_tool_use.parallel', arguments: '{"tool_uses":[]}' },
  { id: 'call_w2', name: 'functions get_weather\u001b[31m', arguments: '[1,2]' },
  { id: 'call_w3', name: 'get_weather', arguments: '{"place_name": "Αθή' },
  { id: 'call_w4', name: `9${'x'.repeat(90)}`, arguments: '"Αθήνα"' },
  { id: 'call_w5', name: 'get_weather', arguments: 'null' },
]
const offered: CallOptions = {
  tools: [weather, { ...weather, name: 'get_time' }, { ...weather, name: 'finish' }],
}

/** That all a wire can bring of a reply is in its completion: tool calls, reasoning, moments, requests, raw body. */
export function testCompletion(
  test: (title: string, run: (() => Promise<void>) | undefined) => void,
  dialect: Dialect,
  serve: (...script: Exchange[]) => Promise<TestServer>,
  model: (server: TestServer, settings?: ModelSettings) => Promise<Model>,
): void {
  const { tools, thinking } = dialect
  const body = (server: TestServer) => server.requests.find(({ method }) => method === 'POST')?.body ?? ''

  test(
    'tools are offered',
    tools &&
      (async () => {
        await using server = await serve(dialect.text(pieces))
        await (await model(server)).generate(question, { tools: [weather] })
        for (const part of [weather.name, weather.description, '"place_name"', '"required"']) {
          expect(body(server)).toContain(part)
        }
      }),
  )

  test(
    'no tools are offered where none are asked for',
    tools &&
      (async () => {
        await using server = await serve(dialect.text(pieces))
        await (await model(server)).generate(question, { tools: [], toolChoice: 'auto' })
        expect(body(server)).not.toMatch(/tool/i)
      }),
  )

  test(
    'tool calls come out whole, in order, with the words before them',
    tools &&
      (async () => {
        for (const reply of [tools(calls, pieces), inBytes(tools(calls, pieces))]) {
          await using server = await serve(reply)
          const completion = await (await model(server)).generate(question, offered)
          expect(completion).toMatchObject({ text: pieces.join(''), finish: 'tool_calls' })
          checkCalls(completion, calls)
        }
      }),
  )

  test(
    'one call, and no words',
    tools &&
      (async () => {
        await using server = await serve(tools(calls.slice(0, 1)))
        const completion = await (await model(server)).generate(question, offered)
        expect(completion.text).toBe('')
        checkCalls(completion, calls.slice(0, 1))
      }),
  )

  test(
    'what was called and what came of it is sent back',
    tools &&
      (async () => {
        await using server = await serve(tools(calls, pieces), dialect.text(['Sunny.']))
        const asked = await model(server)
        const { text: content, toolCalls = [], carry } = await asked.generate(question, offered)
        const results = toolCalls.map(({ id, name }, at): Message => {
          return { role: 'tool', toolCallId: id, name, content: `result ${at}`, failed: at === 2 }
        })
        const turn: Message = { role: 'assistant', content, toolCalls, carry }
        const next = await asked.generate([...question, turn, ...results], offered)
        expect(next.text).toBe('Sunny.')
        const [, second] = server.requests.filter(({ method }) => method === 'POST')
        for (const part of ['get_weather', 'get_time', 'Αθήνα 🌍', pieces.join(''), 'result 0', 'result 2']) {
          expect(second?.body).toContain(part)
        }
        expect(dialect.refusal?.(JSON.parse(second?.body ?? ''))).toBeUndefined()
      }),
  )

  test(
    'calls of a model that calls wrongly are told as they are, and given back as its server takes them',
    tools &&
      (async () => {
        await using server = await serve(tools(wrong, ['\n', '\n']), dialect.text(['Sorry.']))
        const asked = await model(server)
        const { text: content, toolCalls = [], carry } = await asked.generate(question, offered)
        expect(toolCalls.map(({ name }) => name)).toEqual(wrong.map(({ name }) => name))
        const results = toolCalls.map(({ id, name }, at): Message => {
          return { role: 'tool', toolCallId: id, name, content: [' \n', ''][at] ?? 'no', failed: at > 1 }
        })
        const turn: Message = { role: 'assistant', content, toolCalls, carry }
        const silent: readonly Message[] = [
          { role: 'assistant', content: '\n' },
          { role: 'user', content: 'Go on.' },
        ]
        const next = await asked.generate([...question, turn, ...results, ...silent], offered)
        expect(next.text).toBe('Sorry.')
        const [, second] = server.requests.filter(({ method }) => method === 'POST')
        expect(dialect.refusal?.(JSON.parse(second?.body ?? ''))).toBeUndefined()
      }),
  )

  test(
    'reasoning is kept apart from the answer',
    thinking &&
      (async () => {
        await using server = await serve(thinking(['Hm', 'm…'], pieces))
        const completion = await (await model(server)).generate(question, {})
        expect(completion).toMatchObject({ text: pieces.join(''), reasoning: 'Hmm…', finish: 'stop' })
      }),
  )

  test('every moment of a reply is told, in order', async () => {
    await using server = await serve(dialect.text(pieces))
    const { timing } = await (await model(server)).generate(question, {})
    const { firstByteMs = -1, firstTokenMs = -1, lastTokenMs = -1, gaps = [] } = timing
    expect(firstByteMs).toBeGreaterThanOrEqual(0)
    expect(firstTokenMs).toBeGreaterThanOrEqual(firstByteMs)
    expect(lastTokenMs).toBeGreaterThanOrEqual(firstTokenMs)
    expect(timing.totalMs).toBeGreaterThanOrEqual(lastTokenMs)
    expect(gaps).toHaveLength(gapBoundsMs.length + 1)
    expect(gaps.reduce((sum, gap) => sum + gap, 0)).toBe(pieces.length - 1)
    expect(timing.sentMs).toBeUndefined()
  })

  test('every request is told, with why it failed', async () => {
    await using server = await serve(dialect.fault(500, 'oops'), dialect.text(pieces))
    const { attempts = [], tries, timing } = await (await model(server)).generate(question, {})
    expect(attempts).toHaveLength(tries)
    expect(attempts[0]?.error).toMatchObject({ code: 'server', status: 500 })
    expect(attempts[0]?.error?.message).toContain('oops')
    expect(attempts[1]?.error).toBeUndefined()
    expect(timing.sentMs).toBe(attempts[1]?.sentMs)
  })

  test('the body is kept as it came, where that is asked', async () => {
    const reply = dialect.text(pieces)
    await using server = await serve(reply)
    expect((await (await model(server)).generate(question, {})).raw).toBeUndefined()
    const { raw } = await (await model(server, { keepRaw: true })).generate(question, {})
    expect(raw).toBe([reply.body ?? ''].flat().join(''))
  })
}

/** Equal but for ids, which some wires do not have: those must be there, each once. */
function checkCalls({ toolCalls = [] }: Completion, wanted: readonly ToolCall[]): void {
  const plain = ({ name, arguments: written }: ToolCall) => ({ name, arguments: JSON.parse(written) })
  expect(toolCalls.map(plain)).toEqual(wanted.map(plain))
  expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(wanted.length)
  for (const { id } of toolCalls) expect(id).not.toBe('')
}

function inBytes(exchange: Exchange): Exchange {
  const parts = [exchange.body ?? ''].flat() as readonly (string | Uint8Array)[]
  const whole = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return { ...exchange, body: Array.from(whole, (byte) => Uint8Array.of(byte)) }
}

/** What holds of every completion, whatever the model. */
export function checkCompletion(completion: Completion): void {
  const { text, usage, timing, tries, warnings, cost } = completion
  expect(typeof text).toBe('string')
  expect(Date.parse(timing.startedAt)).toBeGreaterThan(Date.parse('2024-01-01'))
  expect(timing.startedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(timing.totalMs).toBeGreaterThanOrEqual(0)
  expect(timing.firstTokenMs ?? 0).toBeGreaterThanOrEqual(0)
  expect(timing.firstTokenMs ?? 0).toBeLessThanOrEqual(timing.totalMs)
  expect(timing.tokensPerSecond ?? 1).toBeGreaterThan(0)
  expect(Number.isFinite(timing.tokensPerSecond ?? 1)).toBe(true)
  expect(tries).toBeGreaterThanOrEqual(1)
  expect(Array.isArray(warnings)).toBe(true)
  for (const count of Object.values(usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true)
  if (cost) expect(cost.usd).toBeGreaterThanOrEqual(0)
}
