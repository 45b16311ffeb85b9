import { expect, test } from 'vitest'
import { dollars, duration } from '../src/terminal/duration.js'

test.each([
  [0, '0s'],
  [59_400, '59s'],
  [132_000, '2m12s'],
  [3_780_000, '1h03m'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  [0, '$0'],
  [0.00042, '$0.00042'],
  [1.4, '$1.40'],
  [119.6, '$120'],
])('%f dollars are %s', (usd, text) => {
  expect(dollars(usd)).toBe(text)
})
