import { expect, test } from 'vitest'
import { screen } from '../src/terminal/screen.js'

const begin = '\u001b[?2026h\u001b[?25l'
const end = '\u001b[?25h\u001b[?2026l'
const wipe = '\u001b[K\u001b[C\u001b[J\r'

function terminal(columns: number) {
  const written: string[] = []
  const out = { write: (text: string) => written.push(text), columns, rows: 10 }
  return { written, out, on: screen(out) }
}

test('what is drawn is drawn over, what is printed stays above, and at the end the terminal is clean', () => {
  const { written, on } = terminal(40)
  on.print('before')
  on.draw(['a', 'b'])
  on.draw(['c'])
  on.print('a \u001b[31mnotice\n')
  on.clear()
  on.clear()
  on.print('after')
  expect(written).toEqual([
    'before\n',
    `${begin}\ra\u001b[K\nb\u001b[K\n\u001b[J${end}`,
    `${begin}\r\u001b[2Ac\u001b[K\n\u001b[J${end}`,
    `${begin}\r\u001b[1A${wipe}a \\x1b[31mnotice \nc\u001b[K\n${end}`,
    `${begin}\r\u001b[1A${wipe}${end}`,
    'after\n',
  ])
})

test('a terminal that became narrower has broken the lines: all of them are drawn over', () => {
  const { written, out, on } = terminal(40)
  on.draw(['x'.repeat(39), '漢'.repeat(10)])
  out.columns = 15
  on.draw(['y'])
  // 39 columns are three lines of 15, and 20 are two.
  expect(written.at(-1)).toContain('\u001b[5A')
})

test('a terminal of another width is cleared first: it may hold what is drawn over as one long line', () => {
  const { written, out, on } = terminal(40)
  on.draw(['x'.repeat(39)])
  out.columns = 20
  on.draw(['y'])
  on.draw(['z'])
  expect(written.slice(1)).toEqual([
    `${begin}\r\u001b[2A${wipe}y\u001b[K\n\u001b[J${end}`,
    `${begin}\r\u001b[1Az\u001b[K\n\u001b[J${end}`,
  ])
})

test('no write leaves the cursor hidden', () => {
  const { written, on } = terminal(40)
  on.draw(['a'])
  on.print('b')
  on.clear()
  for (const text of written) {
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
  }
})
