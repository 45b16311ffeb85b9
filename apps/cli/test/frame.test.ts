import type { LaneState } from '@bench/providers'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { frame } from '../src/progress/frame.js'
import type { Surroundings } from '../src/progress/words.js'
import { nowhere, told } from './progress-world.js'

const lanes = (): LaneState[] => [{ lane: 'a', running: 12, allowed: 16, waiting: 3, heldBy: 'concurrency' }]

/** 40 tasks × 3 repeats of two models, some way through. */
function midway() {
  const run = told({ 'anthropic:claude-opus-4-5': 'paid', 'ollama:qwen3:8b': 'local' }, 40, 3)
  const [claude, qwen] = ['anthropic:claude-opus-4-5', 'ollama:qwen3:8b']
  for (let i = 0; i < 62; i++) {
    run.clock.now = (i + 1) * 2000
    const [task, repeat] = [i % 40, Math.floor(i / 40)]
    run.replied(claude, task, {
      repeat,
      cost: { usd: 0.0229, source: 's' },
      tokens_per_second: 62,
      failed_requests: i < 3 ? [{ code: 'rate_limit', message: '', sent_ms: 0, duration_ms: 1 }] : [],
    })
    run.judged(claude, task, i % 7 < 5 ? 'pass' : 'wrong_answer', repeat)
    if (i % 2 === 0) {
      run.replied(qwen, task, { repeat, cost: { usd: 0, source: 'local' }, tokens_per_second: 104 })
      run.judged(qwen, task, i % 5 < 2 ? 'pass' : 'wrong_answer', repeat)
    }
  }
  run.clock.now = 132_000
  const around: Surroundings = {
    ...{ capUsd: 5, runsCode: true, lanes },
    gauge: {
      ...{ asking: 12, judging: 2, waiting: 0, lagMs: 0 },
      oldest: () => ({
        attempt: { key: 'k', taskId: 'interval-merge', modelId: qwen, repeat: 1 },
        sinceMs: 127_600,
      }),
    },
    gpu: () => 'GPU 91 % 6.1 GB',
  }
  return { ...run, around }
}

function drawn(
  { tally, clock }: Pick<ReturnType<typeof told>, 'tally' | 'clock'>,
  around: Surroundings,
  columns: number,
  rows = 24,
  repeats = 3,
): string[] {
  return frame({
    ...{ tally, around, columns, rows, repeats, now: clock.now, elapsedMs: clock.now },
    ...{ color: false, keepsOldest: false },
  }).lines
}

test.each([
  [
    120,
    [
      ' ❯ anthropic:claude-opus-4-5  62/120   72.6 ±10.9  $1.42   62 tok/s',
      ' ❯ ollama:qwen3:8b            31/120   41.9 ±22.4  local  104 tok/s  GPU 91 % 6.1 GB',
      '   └ interval-merge #2  running tests 4 s',
      ' 93/240 · 2m12s · ETA 6m · $1.42 of $5 · at once 12 of 16 · retries 3 · infra errors 0',
    ],
  ],
  [
    80,
    [
      ' ❯ anthropic…e-opus-4-5  62/120   72.6 ±10.9  $1.42   62 tok/s',
      ' ❯ ollama:qwen3:8b       31/120   41.9 ±22.4  local  104 tok/s  GPU 91 % 6.1 GB',
      '   └ interval-merge #2  running tests 4 s',
      ' 93/240 · 2m12s · ETA 6m · $1.42 of $5 · retries 3 · infra errors 0',
    ],
  ],
  [
    60,
    [
      ' ❯ anthropi…opus-4-5  62/120   72.6 ±10.9  $1.42   62 tok/s',
      ' ❯ ollama:qwen3:8b    31/120   41.9 ±22.4  local  104 tok/s',
      '   └ interval-merge #2  running tests 4 s',
      ' 93/240 · 2m12s · ETA 6m · $1.42 of $5 · infra errors 0',
    ],
  ],
  [
    40,
    [
      ' ❯ anthrop…pus-4-5  62/120   72.6 ±10.9',
      ' ❯ ollama:qwen3:8b  31/120   41.9 ±22.4',
      '   └ interva…erge #2  running tests 4 s',
      ' 93/240 · 2m12s · ETA 6m · $1.42 of $5',
    ],
  ],
])('at %i columns', (columns, lines) => {
  const run = midway()
  expect(drawn(run, run.around, columns)).toEqual(lines)
})

test('before anything came there is no score, no speed and no time to the end', () => {
  const run = told({ 'openai:gpt-5': 'paid', 'ollama:q': 'local' }, 10)
  run.clock.now = 3000
  expect(drawn(run, { ...nowhere, lanes }, 100)).toEqual([
    ' ❯ openai:gpt-5  0/10      –           $0',
    ' ❯ ollama:q      0/10      –        local',
    ' 0/20 · 3s · at once 12 of 16 · retries 0 · infra errors 0',
  ])
})

test('what has no known price is no zero', () => {
  const run = told({ a: 'paid', b: 'paid' }, 2)
  run.replied('a', 0)
  run.replied('b', 0, { cost: { usd: 0.5, source: 's' } })
  run.replied('b', 1)
  const [a, b] = drawn(run, nowhere, 100)
  expect(a).toMatch(/–$/)
  expect(b).toMatch(/≥\$0\.50$/)
})

test('of more models than there are rows the busiest are shown, in the order of the plan', () => {
  const run = told(Object.fromEntries('abcdefghij'.split('').map((id) => [id, 'paid' as const])), 3)
  for (const model of ['h', 'b', 'e']) {
    run.replied(model, 0)
    run.judged(model, 0)
  }
  for (const task of [0, 1, 2]) {
    run.replied('j', task)
    run.judged('j', task)
  }
  const lines = drawn(run, nowhere, 80, 6)
  expect(lines.map((line) => line.slice(0, 10).trimEnd())).toEqual([
    ...[' ❯ b  1/3', ' ❯ e  1/3', ' ❯ h  1/3'],
    '   + 7 mor',
    ' 6/30 · 0s',
  ])
})

test.each([
  [[{ running: 5, allowed: 8 }], ' · at once 5 of 8 · '],
  [
    [
      { running: 5, allowed: 5, heldBy: 'concurrency' },
      { running: 2, allowed: 2 },
    ],
    ' · at once 7 · ',
  ],
  [[{ running: 1, allowed: 0, heldBy: 'pause' }], ' · at once 1, told to wait · '],
  [[{ running: 0, allowed: 9, heldBy: 'allowance' }], ' · at once 0 of 9, rate limit used up · '],
  [[{ running: 1, allowed: 9, heldBy: 'delay' }], ' · at once 1 of 9, held to --request-delay · '],
] as const)('how many are under way at once, and what holds others back: %o', (given, words) => {
  const run = told({ m: 'paid' }, 10)
  const held = given.map((lane) => ({ lane: 'a', waiting: 0, ...lane }))
  expect(drawn(run, { ...nowhere, lanes: () => held }, 120).at(-1)).toContain(words)
})

test('replies that wait to be judged are told where they are many', () => {
  const run = told({ m: 'paid' }, 1000)
  const gauge = { asking: 5, judging: 4, waiting: 412, lagMs: 0, oldest: () => undefined }
  expect(drawn(run, { ...nowhere, gauge }, 100).at(-1)).toContain(' · 412 replies wait to be judged · ')
  gauge.waiting = 4
  expect(drawn(run, { ...nowhere, gauge }, 100).at(-1)).not.toContain('wait')
})

test('no line wraps and no frame scrolls, whatever the names and however small the terminal', () => {
  const names = fc.array(
    fc.oneof(
      fc.constantFrom('漢字モデル', '👩‍👩‍👧‍👦', 'e\u0301\u0301', '\u001b[2J', 'a\nb', '\u202e'),
      fc.string(),
    ),
    { minLength: 1, maxLength: 30 },
  )
  fc.assert(
    fc.property(
      fc.uniqueArray(
        names.map((parts) => parts.join('')),
        { minLength: 1, maxLength: 12 },
      ),
      names,
      fc.integer({ min: 2, max: 130 }),
      fc.integer({ min: 2, max: 30 }),
      (models, task, columns, rows) => {
        const run = told(Object.fromEntries(models.map((id) => [id, 'paid' as const])), 3, 2)
        const attempt = { key: 'k', taskId: task.join(''), modelId: '', repeat: 1 }
        const gauge = {
          asking: 1,
          judging: 1,
          waiting: 99,
          lagMs: 0,
          oldest: () => ({ attempt, sinceMs: -5000 }),
        }
        const lines = drawn(run, { ...nowhere, lanes, gauge, capUsd: 5 }, columns, rows, 2)
        expect(lines.length).toBeLessThan(rows)
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThan(columns)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
          expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/)
        }
      },
    ),
  )
})
