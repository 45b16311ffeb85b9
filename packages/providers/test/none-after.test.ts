import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limiter, resolveModel } from '@bench/providers'
import { expect, test } from 'vitest'

const question = [{ role: 'user', content: 'Is it?' }] as const
const yes = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
}

/** A server that answers when it is told to. */
async function server() {
  const waiting: ServerResponse[] = []
  let seen = (): void => undefined
  const server = createServer((request, response) => {
    request.resume()
    waiting.push(response)
    seen()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    /** Resolves at the next request. */
    asked: () =>
      new Promise<void>((resolve) => {
        seen = resolve
      }),
    answer(response: ServerResponse, status = 200) {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(yes))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('what waits for its turn is given up, what is under way ends on its own', async () => {
  await using one = await server()
  const model = await resolveModel('openai-compatible:m', { endpoint: one.endpoint, limiter: limiter(1) }, {})
  const over = new AbortController()
  const asked = one.asked()
  const first = model.generate(question, { noneAfter: over.signal })
  await asked
  const second = model.generate(question, { noneAfter: over.signal })
  const reason = new Error('the time is over')
  over.abort(reason)
  await expect(second).rejects.toBe(reason)
  one.answer(one.waiting[0]!)
  expect((await first).text).toBe('yes')
  await expect(model.generate(question, { noneAfter: over.signal })).rejects.toBe(reason)
  expect(one.waiting).toHaveLength(1)
})

test('what would be sent again fails as it did, at once', async () => {
  await using one = await server()
  const settings = { endpoint: one.endpoint, retryDelayMs: 60_000, limiter: limiter(1) }
  const model = await resolveModel('openai-compatible:m', settings, {})
  const over = new AbortController()
  const asked = one.asked()
  const call = model.generate(question, { noneAfter: over.signal })
  await asked
  one.answer(one.waiting[0]!, 500)
  const ended = expect(call).rejects.toMatchObject({ code: 'server', tries: 1 })
  // However far it has come meanwhile: to the wait between the tries, or just before it.
  over.abort(new Error('the time is over'))
  await ended
  expect(one.waiting).toHaveLength(1)
})

test('what comes too late keeps no turn from others, and leaves no fault that nobody hears of', async () => {
  await using one = await server()
  const settings = { endpoint: one.endpoint, limiter: limiter(1), strictSettings: true }
  const model = await resolveModel('openai-compatible:m', settings, {})
  const reason = new Error('the time is over')
  const late = { noneAfter: AbortSignal.abort(reason), temperature: 0.5 }
  for (let i = 0; i < 3; i++) await expect(model.generate(question, late)).rejects.toBe(reason)
  const asked = one.asked()
  const other = model.generate(question, { temperature: 0.5 })
  await asked
  one.answer(one.waiting[0]!)
  expect((await other).text).toBe('yes')
})
