import { expect, test } from 'vitest'
import { eventQueue } from '../src/event-queue.js'
import type { RunEvent } from '../src/index.js'
import { budget, fixedLimiter } from '../src/index.js'

test('no more than the limit are let in, first come first served, and a release counts once', async () => {
  const limiter = fixedLimiter(2)
  const order: number[] = []
  const [first, second] = [await limiter.acquire('m'), await limiter.acquire('m')]
  const waiting = [0, 1, 2].map(async (i) => {
    const release = await limiter.acquire('m')
    order.push(i)
    return release
  })
  first()
  first()
  await waiting[0]
  expect(order).toEqual([0])
  second()
  ;(await waiting[0])!()
  await Promise.all(waiting)
  expect(order).toEqual([0, 1, 2])
})

test('who stops waiting leaves the queue', async () => {
  const limiter = fixedLimiter(1)
  const release = await limiter.acquire('m')
  const stop = new AbortController()
  const left = limiter.acquire('m', stop.signal)
  const next = limiter.acquire('m')
  stop.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  release()
  await next
  await expect(limiter.acquire('m', stop.signal)).rejects.toThrow('enough')
})

test('a budget holds what is spent and what is set aside under its cap; free calls always fit', () => {
  const purse = budget(10, 4)
  expect(purse.reserve(6)).toBe(true)
  expect(purse.reserve(0.01)).toBe(false)
  expect(purse.reserve(0)).toBe(true)
  purse.settle(6, 2)
  expect(purse.spent).toBe(6)
  expect(purse.reserve(4)).toBe(true)
})

test('a watcher that does not watch loses old attempts, never the rest', async () => {
  const queue = eventQueue(10)
  const attempt = { type: 'attempt', line: {} } as RunEvent
  const stopped: RunEvent = { type: 'stopped', model: 'm', code: 'auth', message: '' }
  queue.push({ type: 'start', total: 1, done: 0 })
  for (let i = 0; i < 1000; i++) queue.push(i === 5 ? stopped : attempt)
  queue.push({ type: 'end', reason: 'complete' })
  queue.close()
  const types: string[] = []
  for await (const { type } of queue.read()) types.push(type)
  expect(types.length).toBeLessThan(25)
  expect(types.filter((type) => type !== 'attempt')).toEqual(['start', 'stopped', 'end'])
})
