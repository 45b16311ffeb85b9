import { describe, expect, test } from 'vitest'
import { dollars, duration } from '../src/terminal/duration.js'
import { progress } from '../src/terminal/progress.js'

function screen(isTTY: boolean, columns = 60) {
  const written: string[] = []
  return { written, isTTY, columns, write: (text: string) => written.push(text) }
}

const state = { total: 100, before: 0, done: 0, passed: 0, infra: 0, spentUsd: 0 }

describe('progress', () => {
  test('redraws one line at most ten times a second and takes it away at the end', () => {
    const out = screen(true)
    let now = 0
    const line = progress(out, () => now)
    for (let done = 1; done <= 50; done++) {
      now += 20
      line.update({ ...state, done })
    }
    line.end()
    expect(out.written.length).toBeLessThanOrEqual(12)
    expect(out.written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true)
    expect(out.written.at(-1)).toBe('\r\u001b[2K')
  })

  test('says how many are under way at once, of how many, and what holds the others back', () => {
    const drawn = (lanes: NonNullable<Parameters<ReturnType<typeof progress>['update']>[0]['lanes']>) => {
      const out = screen(true, 200)
      progress(out, () => 5000).update({ ...state, done: 3, lanes })
      return out.written[0]
    }
    expect(drawn([{ running: 5, allowed: 8 }])).toContain('· at once 5 of 8 ·')
    expect(
      drawn([
        { running: 5, allowed: 5, heldBy: 'concurrency' },
        { running: 2, allowed: 2 },
      ]),
    ).toContain('· at once 7 ·')
    expect(drawn([{ running: 1, allowed: 0, heldBy: 'pause' }])).toContain('· at once 1, told to wait ·')
    expect(drawn([{ running: 0, allowed: 9, heldBy: 'allowance' }])).toContain(
      'at once 0 of 9, rate limit used up',
    )
    expect(drawn([])).not.toContain('at once')
  })

  test('never wraps: a line is cut to the width of the terminal', () => {
    const out = screen(true, 20)
    progress(out, () => 5000).update({ ...state, done: 3 })
    expect(out.written[0]?.replace('\r\u001b[2K', '').length).toBeLessThan(20)
  })

  test('without a terminal: a plain line per tenth or half minute, no escapes', () => {
    const out = screen(false)
    let now = 0
    const line = progress(out, () => now)
    for (let done = 1; done <= 100; done++) {
      now += 100
      line.update({ ...state, done })
    }
    expect(out.written).toHaveLength(10)
    now += 30_001
    line.update({ ...state, done: 100 })
    expect(out.written).toHaveLength(11)
    expect(out.written.join('')).not.toContain('\u001b')
  })

  test('what was finished before this session is no part of the rate', () => {
    const out = screen(false)
    let now = 0
    const line = progress(out, () => now)
    now = 10_000
    line.update({ ...state, before: 80, done: 90 })
    expect(out.written[0]).toMatch(/^90\/100 · 10s · ETA 10s · 1\.0\/s/)
  })

  test('the cap stands beside what is spent', () => {
    const out = screen(false)
    progress(out, () => 40_000).update({ ...state, done: 10, spentUsd: 1.42, capUsd: 5 })
    expect(out.written[0]).toContain('$1.42 of $5.00')
  })
})

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
