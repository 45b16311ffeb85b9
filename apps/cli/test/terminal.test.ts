import { mockServer } from '@bench/providers/mock'
import { describe, expect, test, vi } from 'vitest'
import { type Folder, folder } from './cli.js'
import { noTmux, type Tmux, tmux } from './tmux.js'

/** Two models that take their time, over tasks with names of wide letters. */
async function begun(at: Folder, terminal: Tmux) {
  const cases = Array.from({ length: 400 }, (_, i) => ({
    id: `漢字👩‍👩‍👧‍👦-${i}`,
    prompt: 'p',
    expected: 'p',
  }))
  await at.file('q.json', JSON.stringify({ name: 'q', version: '1.0.0', test_cases: cases }))
  const server = await mockServer({ script: { latency: 100, models: ['mock', 'mock-with-a-long-name'] } })
  const models = 'openai-compatible:mock,openai-compatible:mock-with-a-long-name'
  terminal.type(`bench bench -d q.json -p ${models} --endpoint ${server.url}/v1 -c 2`)
  return server
}

const shows = (terminal: Tmux, pattern: RegExp) =>
  vi.waitFor(() => expect(terminal.screen()).toMatch(pattern), { timeout: 50_000, interval: 50 })

const rows = (terminal: Tmux) => terminal.screen().split('\n')

describe.skipIf(noTmux !== undefined)('on a real terminal', () => {
  test('the view is drawn in place, follows the width of the terminal, and a kill leaves it in order', async () => {
    await using at = await folder()
    using terminal = tmux(100, 24, at.path)
    await using _server = await begun(at, terminal)
    await shows(
      terminal,
      / ❯ openai-compatible:mock-with-a-long-name +[1-9]\d*\/400 .*\n \d+\/800 · \d+s · ETA \d+/,
    )
    // One drawing, however often it was drawn.
    expect(rows(terminal).filter((row) => row.includes('❯'))).toHaveLength(2)
    for (const width of [60, 40, 80]) {
      terminal.resize(width, 24)
      const before = Number(/ (\d+)\/800/.exec(terminal.screen())?.[1])
      await vi.waitFor(
        () => {
          expect(Number(/ (\d+)\/800/.exec(terminal.screen())?.[1])).toBeGreaterThan(before)
          // tmux tells of its size late: what was drawn in between may have left a torn line further up.
          const drawn = rows(terminal).slice(-3)
          expect(drawn.join('\n')).toMatch(/^ ❯ .*\n ❯ .*\n \d+\/800.*$/)
          expect(drawn.every((row) => row.length < width)).toBe(true)
        },
        { timeout: 9_000, interval: 50 },
      )
    }
    // A terminal that becomes wider joins the lines that it had broken: none that stand above are drawn over.
    expect(terminal.all()).toMatch(/^bench \d.*\nPlan .*$/m)
    process.kill(terminal.running(), 'SIGKILL')
    await shows(terminal, /\/800 ·.*\n(Killed\n)?[$#]$/)
    expect(terminal.cursorIsShown()).toBe(true)
  })

  test('Ctrl-C takes the view away and says how to go on', async () => {
    await using at = await folder()
    using terminal = tmux(120, 24, at.path)
    await using _server = await begun(at, terminal)
    await shows(terminal, / [1-9]\d*\/800 · /)
    terminal.press('C-c')
    await shows(terminal, /\n resume {2}bench resume \S+ --endpoint http:\S+ --concurrency 2\n[$#]$/)
    expect(terminal.screen()).toMatch(/ ended {3}by Ctrl-C: PARTIAL, [\d,]+ of 800 attempts not run/)
    expect(terminal.screen()).not.toContain('❯')
    expect(terminal.cursorIsShown()).toBe(true)
    terminal.type('echo code $?')
    await shows(terminal, /\ncode 130\n/)
  })
})
