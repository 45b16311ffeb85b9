import { expect, test } from 'vitest'
import { eventQueue } from '../src/event-queue.js'
import type { RunEvent } from '../src/index.js'
import { budget } from '../src/index.js'
import { testBudget } from '../src/testing.js'

testBudget('local', async (cap) => ({ open: async () => budget(cap), async [Symbol.asyncDispose]() {} }), {
  'those who spend it together get no more than there is': 'it is of one process',
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

test('what is no amount caps nothing, and is refused', () => {
  for (const cap of [Number.NaN, -1])
    expect(() => budget(cap)).toThrow(`max-cost must be 0 or more, not ${cap}`)
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
