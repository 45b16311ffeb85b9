import { expect, test } from 'vitest'
import { type DisplayKind, displayFor, openDisplay } from '../src/progress/display.js'
import { screen } from '../src/terminal/screen.js'
import { nowhere, told } from './progress-world.js'

function shown(kind: DisplayKind, run: ReturnType<typeof told>, around = nowhere) {
  const written: string[] = []
  const out = { write: (text: string) => written.push(text), columns: 60, rows: 20 }
  const display = openDisplay(kind, {
    ...{ tally: run.tally, around, screen: screen(out), repeats: 1, color: false },
    now: () => run.clock.now,
  })
  return { written, display, out, [Symbol.dispose]: () => display[Symbol.dispose]() }
}

test('full: at most ten redraws a second, and the drawing is gone at the end', () => {
  const run = told({ m: 'local' }, 100)
  {
    using full = shown('full', run)
    for (let i = 0; i < 50; i++) {
      run.clock.now += 20
      run.replied('m', i)
      run.judged('m', i)
      full.display.tick()
    }
    expect(full.written.length).toBeGreaterThanOrEqual(9)
    expect(full.written.length).toBeLessThanOrEqual(11)
    full.display[Symbol.dispose]()
    expect(full.written.at(-1)).toBe(
      '\u001b[?2026h\u001b[?25l\r\u001b[2A\u001b[K\u001b[C\u001b[J\r\u001b[?25h\u001b[?2026l',
    )
  }
})

test('full: in a long quiet the clock moves on, once a second', () => {
  const run = told({ m: 'local' }, 100)
  using full = shown('full', run)
  full.display.tick()
  for (let i = 0; i < 50; i++) {
    run.clock.now += 100
    full.display.tick()
  }
  expect(full.written).toHaveLength(6)
  expect(full.written.at(-1)).toContain(' 0/100 · 5s · ')
})

test('plain: a line per tenth or half minute, no escapes', () => {
  const run = told({ m: 'local' }, 100)
  using plain = shown('plain', run)
  for (let i = 0; i < 100; i++) {
    run.clock.now += 100
    run.replied('m', i)
    run.judged('m', i, i % 2 === 0 ? 'pass' : 'wrong_answer')
    plain.display.tick()
  }
  expect(plain.written).toHaveLength(10)
  expect(plain.written[4]).toBe('50/100 · 5s · ETA 5s · retries 0 · infra errors 0 · passed 25\n')
  run.clock.now += 30_000
  plain.display.tick()
  expect(plain.written).toHaveLength(11)
  expect(plain.written.join('')).not.toContain('\u001b')
})

test('plain: what is reached as it ends is said too; none says nothing', () => {
  for (const kind of ['plain', 'none'] as const) {
    const run = told({ m: 'local' }, 2)
    const view = shown(kind, run)
    run.replied('m', 0)
    run.judged('m', 0)
    view.display[Symbol.dispose]()
    expect(view.written).toHaveLength(kind === 'plain' ? 1 : 0)
  }
})

test('a view that a file asks for is drawn on a terminal alone; one that a flag asks for, anywhere', () => {
  const to = (isTTY: boolean) => ({ stderr: { isTTY }, stdout: { isTTY }, json: false, env: {} })
  expect(displayFor('full', to(true))).toBe('full')
  expect(displayFor('full', to(false))).toBe('plain')
  expect(displayFor('full', { ...to(false), flagged: true })).toBe('full')
})

test.each([
  ['full', {}, {}],
  ['plain', { stderr: { isTTY: false } }, {}],
  ['plain', {}, { NO_COLOR: '1' }],
  ['plain', {}, { TERM: 'dumb' }],
  ['none', { json: true }, {}],
  ['full', { json: true, stdout: { isTTY: false } }, {}],
] as const)('%s by itself for %o with %o', (kind, given, env) => {
  const terminal = { isTTY: true }
  expect(displayFor(undefined, { stderr: terminal, stdout: terminal, json: false, ...given, env })).toBe(kind)
  expect(displayFor('plain', { stderr: terminal, stdout: terminal, json: false, ...given, env })).toBe(
    'plain',
  )
})
