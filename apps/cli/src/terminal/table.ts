import { clean } from '@bench/report'
import stringWidth from 'string-width'

/** Columns padded to their widest cell, two spaces apart; every cell made safe for a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => clean(cell)))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))))
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** One line of a list of checks: `✓ node 20.20.2`. */
export function check(state: 'ok' | 'absent' | 'bad', text: string): string {
  return `${{ ok: '✓', absent: '–', bad: '✗' }[state]} ${clean(text)}\n`
}
