import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, complaints, folder } from './cli.js'

/** Replies kept between runs, as a person sees it: a real process, a real server that counts what it is asked. */

const tasks = JSON.stringify({
  name: 'questions',
  version: '1.0.0',
  test_cases: [0, 1, 2].map((i) => ({ id: `q${i}`, prompt: `Say number ${i}.`, expected: `number ${i}` })),
})

/** OpenAI's own dialect, with a price: 2,000 tokens in, 1,000 out. */
async function paidServer() {
  let calls = 0
  let lists = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      if (request.url?.endsWith('/models')) {
        lists += 1
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ data: [{ id: 'gpt-4o-mini' }] }))
        return
      }
      calls += 1
      const content = JSON.parse(body).messages.at(-1).content
      const chunk = {
        model: 'gpt-4o-mini',
        choices: [{ index: 0, delta: { content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 2000, completion_tokens: 1000 },
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls: () => calls,
    lists: () => lists,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const env = { OPENAI_API_KEY: 'sk-canary-77aa88bb99cc' }
const args = (url: string, ...more: string[]) => [
  ...['bench', '-d', 'q.json', '-p', 'openai:gpt-4o-mini', '--endpoint', url],
  ...['--yes', '--max-cost', '5', '-e', 'json', ...more],
]

test('a second run asks nothing, and its table and files say so', async () => {
  await using place = await folder()
  await using server = await paidServer()
  await place.file('q.json', tasks)
  const bench = (...more: string[]) => cli(args(server.url, ...more), { cwd: place.path, env })
  const first = await bench()
  expect([first.code, server.calls()]).toEqual([0, 3])
  expect(first.stdout).not.toContain('cache')

  const second = await bench('--json')
  expect([second.code, server.calls()]).toEqual([0, 3])
  const events = second.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const lines = events.filter(({ type }) => type === 'attempt').map(({ line }) => line)
  for (const line of lines) {
    expect(line).toMatchObject({ cached: 1, requests: 0, cost: { usd: 0, source: 'cache' } })
    expect(line.cached_usd).toBeCloseTo(0.0009, 9)
  }
  const [model] = events.at(-1).models
  expect(model).toMatchObject({ passed: 3, cached: 3, unpriced: 0 })
  expect(model.costUsd).toBeCloseTo(0.0027, 9)
  expect(model.savedUsd).toBe(model.costUsd)

  const third = await bench('--repeats', '2')
  expect([third.code, server.calls()]).toEqual([0, 6])
  expect(third.stdout).toContain('3 of 6 attempts from the cache, $0.0027 of the cost not paid again')

  const anew = await bench('--no-cache')
  expect([anew.code, server.calls()]).toEqual([0, 9])
})

test('--cache-only sends nothing, needs no key and no consent, and fails what it lacks', async () => {
  await using place = await folder()
  await using server = await paidServer()
  await place.file('q.json', tasks)
  const bare = ['bench', '-d', 'q.json', '-p', 'openai:gpt-4o-mini', '--endpoint', server.url, '--cache-only']
  const missed = await cli(bare, { cwd: place.path })
  expect(missed.code).toBe(3)
  expect(missed.stdout).toContain('the cache has no reply of gpt-4o-mini to this question')
  expect([server.calls(), server.lists()]).toEqual([0, 0])
  expect((await cli(args(server.url), { cwd: place.path, env })).code).toBe(0)
  const lists = server.lists()
  const found = await cli(bare, { cwd: place.path })
  expect([found.code, server.calls(), server.lists()]).toEqual([0, 3, lists])
  expect(found.stdout).toContain('3 of 3 attempts from the cache')
})

test('replies of local models are kept on demand alone', async () => {
  await using place = await folder()
  await using server = await paidServer()
  await place.file('q.json', tasks)
  const local = (...more: string[]) =>
    cli(['bench', '-d', 'q.json', '-p', 'openai-compatible:gpt-4o-mini', '--endpoint', server.url, ...more], {
      cwd: place.path,
    })
  await local()
  await local('--cache')
  expect(server.calls()).toBe(6)
  await local('--cache')
  expect(server.calls()).toBe(6)
  await local()
  expect(server.calls()).toBe(9)
})

test('bench clean tells how many replies go, and contradictions are refused', async () => {
  await using place = await folder()
  await using server = await paidServer()
  await place.file('q.json', tasks)
  await cli(args(server.url), { cwd: place.path, env })
  const kept = await cli(['clean', '--dry-run'], { cwd: place.path })
  expect(kept.stdout).toMatch(/would remove .*replies \(3 cached replies, 0\.0 MB\)/)
  for (const [more, message] of [
    [['--no-cache', '--cache-only'], '--no-cache contradicts --cache-only'],
    [['--no-cache', '--cache-dir', 'x'], '--no-cache contradicts --cache-dir'],
  ] as const) {
    const ended = await cli(args(server.url, ...more), { cwd: place.path, env })
    expect(ended.code).toBe(2)
    expect(complaints(ended)).toEqual([expect.stringContaining(message)])
  }
  await cli(args(server.url, '--cache-dir', 'mine'), { cwd: place.path, env })
  expect(server.calls()).toBe(6)
  expect(await readFile(join(place.path, 'mine', 'pruned'), 'utf8')).toBe('')
})
