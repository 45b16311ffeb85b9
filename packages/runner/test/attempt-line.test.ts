import { gapBoundsMs, type Model, type ModelSettings, provider } from '@bench/providers'
import { dialects, type Exchange, replayServer } from '@bench/providers/testing'
import { expect, test } from 'vitest'
import { readRunLog } from '../src/index.js'
import { type AttemptLine, attemptLine } from '../src/record/index.js'
import { echoTasks, planOf, runIn, tempFolder } from './world.js'

/** The line of one task put to a real adapter, against a server that answers so. */
async function lineOf(
  name: string,
  script: readonly Exchange[],
  maxRetries = 3,
  more: ModelSettings = {},
): Promise<AttemptLine> {
  await using dir = await tempFolder()
  await using server = await replayServer(script)
  const settings = { endpoint: server.url, retryDelayMs: 0, maxRetries, ...more }
  const asked = await (await provider(name)).model('model', settings)
  const model: Model = { ...asked, id: 'test:model' }
  const tasks = echoTasks(1)
  await runIn(planOf(tasks), { dir: dir.path, tasks, model })
  for await (const line of readRunLog(dir.path)) if (line.kind === 'attempt') return attemptLine.parse(line)
  throw new Error('no attempt line')
}

test('what the wire told is in the line: gaps, tools, requests that failed and why', async () => {
  const { chat } = dialects
  const calls = [
    { id: 'a', name: 'look', arguments: '{}' },
    { id: 'b', name: 'finish', arguments: '{}' },
  ]
  const line = await lineOf('vllm', [chat.fault(500, 'oops'), chat.tools(calls, ['say', ' 0'])])
  expect(line).toMatchObject({
    what: 'replied',
    finish: 'tool_calls',
    tool_calls: ['look', 'finish'],
    requests: 2,
    failed_requests: [{ code: 'server', status: 500, message: expect.stringContaining('oops') }],
  })
  expect(line.gaps).toHaveLength(gapBoundsMs.length + 1)
  expect(line).not.toHaveProperty('load_ms')
})

test('however much a server says of itself and calls, its line stays short', async () => {
  const word = 'm'.repeat(100_000)
  const calls = Array.from({ length: 3000 }, (_, i) => ({
    id: `${i}`,
    name: `${i} ${word.slice(0, 900)}`,
    arguments: '{}',
  }))
  const body = JSON.stringify({
    model: word,
    system_fingerprint: word,
    choices: [
      {
        message: {
          content: 'say 0',
          tool_calls: calls.map(({ id, name, ...rest }) => ({
            id,
            type: 'function',
            function: { name, ...rest },
          })),
        },
        finish_reason: word,
      },
    ],
  })
  const line = await lineOf('vllm', [{ headers: { 'content-type': 'application/json' }, body }])
  for (const said of [line.served, line.fingerprint, line.finish_raw]) expect(said).toBe(word.slice(0, 500))
  expect(line.tool_calls).toHaveLength(1000)
  expect(Math.max(...line.tool_calls!.map((name) => name.length))).toBe(500)
})

test('loading the model is told, and is no part of the time to the first token', async () => {
  const loading = 3_600_000
  const body = JSON.stringify({
    message: { content: 'say 0' },
    done: true,
    load_duration: loading * 1e6,
    prompt_eval_count: 12,
    prompt_eval_duration: 6e6,
  })
  expect(await lineOf('ollama', [{ body }])).toMatchObject({
    load_ms: loading,
    ttft_ms: 0,
    prompt_tokens_per_second: 2000,
  })
})

test('a call that failed for good tells each of its requests; one that was sent once, its error alone', async () => {
  const { fault } = dialects.chat
  const line = await lineOf('vllm', [fault(429, 'slow'), fault(500, 'oops')], 1)
  expect(line).toMatchObject({ what: 'infra', error: { code: 'server' }, requests: 2 })
  expect(line.failed_requests?.map(({ code }) => code)).toEqual(['rate_limit', 'server'])
  expect(await lineOf('vllm', [fault(400, 'no')])).not.toHaveProperty('failed_requests')
})

test('what failed requests cost, and what of them may be billed besides, stands in the line', async () => {
  const { messages } = dialects
  const settings = { apiKey: 'sk-0123456789abcdef', price: { inputPerMillion: 1e6, outputPerMillion: 1e6 } }
  const begun: Exchange = { ...messages.unfinished(['say', ' ']), ending: 'cut' }
  // Each torn reply had told 12 tokens in and 1 out, the whole one 12 and 7.
  expect(await lineOf('anthropic', [begun, messages.text(['say 0'])], 3, settings)).toMatchObject({
    what: 'replied',
    cost: { usd: 13 + 19 },
    usage: { input: 12, output: 7 },
    possibly_billed: true,
  })
  expect(await lineOf('anthropic', [begun], 1, settings)).toMatchObject({
    what: 'infra',
    cost: { usd: 26 },
    usage: { input: 24, output: 2 },
    possibly_billed: true,
    requests: 2,
  })
  const refused = await lineOf('anthropic', [messages.fault(529, 'later')], 1, settings)
  expect(refused).not.toHaveProperty('possibly_billed')
  expect(refused).not.toHaveProperty('cost')
})

test('whatever kind of waiting ran out, it is a timeout', async () => {
  const hang: Exchange = { ...dialects.chat.unfinished(['say']), ending: 'hang' }
  expect(await lineOf('vllm', [hang], 0, { idleTimeoutMs: 20 })).toMatchObject({
    what: 'timeout',
    error: { code: 'timeout_between_tokens' },
  })
})
