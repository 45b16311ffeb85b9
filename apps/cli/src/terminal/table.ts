import { clean } from '@bench/report'
import stringWidth from 'string-width'

/** Columns padded to their widest cell, two spaces apart; every cell made safe for a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return laidOut([head, ...rows].map((row) => row.map((cell) => clean(cell))))
}

/**
 * A table that fits the terminal: of what is too wide, the last columns are left out, and then what is still too long
 * is cut. A file or a pipe gets all of it.
 */
export function fittingTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = process.stdout.columns ?? Number.POSITIVE_INFINITY,
): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => clean(cell)))
  let columns = head.length
  let text = laidOut(cells)
  while (columns > 1 && widest(text) > width) {
    columns -= 1
    text = laidOut(cells.map((row) => row.slice(0, columns)))
  }
  return widest(text) <= width ? text : text.replace(/[^\n]+/g, (line) => cutTo(line, width))
}

function laidOut(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    cells.reduce((most, row) => Math.max(most, stringWidth(row[column] ?? '')), 0),
  )
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

const widest = (text: string) => text.split('\n').reduce((most, line) => Math.max(most, stringWidth(line)), 0)

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

function cutTo(line: string, width: number): string {
  if (stringWidth(line) <= width) {
    return line
  }
  let kept = ''
  for (const { segment } of letters.segment(line)) {
    if (stringWidth(kept + segment) > width - 1) {
      break
    }
    kept += segment
  }
  return `${kept}…`
}

/** One line of a list of checks: `✓ node 20.20.2`. */
export function check(state: 'ok' | 'absent' | 'bad', text: string): string {
  return `${{ ok: '✓', absent: '–', bad: '✗' }[state]} ${clean(text)}\n`
}
