import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limiter, resolveModel } from '@bench/providers'
import { expect, it } from 'vitest'

/** A chat server that answers each request by its number, from 0. */
async function server(answer: (n: number, response: ServerResponse) => Promise<void> | void) {
  let count = 0
  const http = createServer((request, response) => {
    request.resume().on('end', () => void answer(count++, response))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

const yes = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }] }))
}
const question = [{ role: 'user', content: 'Is it?' }] as const

it('all models of an endpoint and key share one lane; another key has its own; the key is nowhere in it', async () => {
  let most = 0
  let now = 0
  await using http = await server(async (_, response) => {
    most = Math.max(most, ++now)
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    now--
    yes(response)
  })
  const shared = limiter(3)
  const model = (name: string, apiKey: string) =>
    resolveModel(`openai-compatible:${name}`, { endpoint: http.endpoint, apiKey, limiter: shared }, {})
  const [a, b] = await Promise.all([model('a', 'sk-one-secret'), model('b', 'sk-one-secret')])
  await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? a : b).generate(question, {})))
  expect(most).toBe(3)
  await (await model('a', 'sk-other-secret')).generate(question, {})
  const lanes = shared.lanes?.() ?? []
  expect(lanes.map(({ running, waiting }) => [running, waiting])).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(JSON.stringify(lanes)).not.toMatch(/secret/)
})

it('sixteen that are refused together come back behind one that tries', async () => {
  const arrived: number[] = []
  let under = 0
  const waves: number[] = []
  await using http = await server(async (n, response) => {
    arrived.push(n)
    under++
    if (n < 16) {
      while (arrived.length < 16) await new Promise((resolve) => setImmediate(resolve))
      under--
      response.writeHead(429, { 'retry-after-ms': '50', 'content-type': 'application/json' })
      response.end('{"error":{"message":"slow down","type":"rate_limit_error"}}')
      return
    }
    waves.push(under)
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    under--
    yes(response)
  })
  const settings = { endpoint: http.endpoint, limiter: limiter(16), retryDelayMs: 1 }
  const model = await resolveModel('openai-compatible:m', settings, {})
  const replies = await Promise.all(Array.from({ length: 16 }, () => model.generate(question, {})))
  expect(replies.map(({ tries }) => tries)).toEqual(Array(16).fill(2))
  expect(waves.slice(0, 2)).toEqual([1, 1])
  expect(Math.max(...waves)).toBeLessThanOrEqual(10)
})

it('what the lane holds back is told, and is no part of the time limit; an abort ends the wait', async () => {
  const open: ServerResponse[] = []
  await using http = await server((_, response) => void open.push(response))
  const shared = limiter(1)
  const model = await resolveModel('openai-compatible:m', { endpoint: http.endpoint, limiter: shared }, {})
  const first = model.generate(question, {})
  while (open.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const second = model.generate(question, { timeoutMs: 60_000 })
  const stop = new AbortController()
  const third = model.generate(question, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(third).rejects.toThrow('enough')
  expect(shared.lanes?.()).toMatchObject([{ running: 1, waiting: 1, heldBy: 'concurrency' }])
  yes(open[0] as ServerResponse)
  while (open.length < 2) await new Promise((resolve) => setImmediate(resolve))
  yes(open[1] as ServerResponse)
  await first
  const { timing, attempts } = await second
  expect(timing.queuedMs).toBeGreaterThan(0)
  expect(attempts?.[0]?.sentMs).toBeLessThanOrEqual(timing.totalMs)
})
