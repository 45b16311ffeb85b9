import { clean, widthOf } from '@bench/report'

interface Terminal {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
  /** Node's own answer to SIGWINCH, of streams that are a terminal: asks the kernel for `columns` and `rows`. */
  _refreshSize?(): void
}

/** A terminal whose last lines are drawn again and again, while what is printed stays above them. */
export interface Screen {
  /** Prints a line for good. */
  print(text: string): void
  /** Puts these lines where the last ones were. None may be wider than the terminal. */
  draw(lines: readonly string[]): void
  /** Takes the drawn lines away: whatever is printed next, by anybody, starts clean. */
  clear(): void
  readonly columns: number
  readonly rows: number
}

/** A synchronized update (which terminals that know none pass over), in which no cursor is seen to run about. */
const begin = '\u001b[?2026h\u001b[?25l'
const end = '\u001b[?25h\u001b[?2026l'
/** Takes away all from here on, and not from the screen's first cell: what is cleared from there, tmux keeps as what has scrolled by. */
const wipe = '\u001b[K\u001b[C\u001b[J\r'

/**
 * The cursor waits in the first column below what is drawn, and is hidden only within one write: however the process
 * ends, SIGKILL included, it leaves a terminal in order. Escapes are written only where something is drawn.
 */
export function screen(out: Terminal): Screen {
  /** Widths of the lines that are drawn; empty where none are. */
  let drawn: readonly number[] = []
  /** The width that it was drawn for. */
  let drawnFor = 0
  const columns = () => {
    // The signal comes after the fact: what is drawn in between would be as wide as the terminal was.
    out._refreshSize?.()
    return out.columns || 80
  }

  /** To the beginning of what is drawn. A terminal that became narrower has broken its lines. */
  const back = () => {
    const rows = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns())), 0)
    return `\r${rows === 0 ? '' : `\u001b[${rows}A`}`
  }
  let lines: readonly string[] = []
  const put = () => lines.map((line) => `${line}\u001b[K\n`).join('')

  return {
    print(text) {
      const safe = `${clean(text)}\n`
      out.write(drawn.length === 0 ? safe : `${begin}${back()}${wipe}${safe}${put()}${end}`)
    },
    draw(next) {
      // What it broke, a terminal still holds as one line: drawn over as it is, it would be joined with the next when there is room again.
      const first = drawn.length > 0 && columns() !== drawnFor ? wipe : ''
      const from = back()
      lines = next
      drawn = next.map(widthOf)
      drawnFor = columns()
      out.write(`${begin}${from}${first}${put()}\u001b[J${end}`)
    },
    clear() {
      if (drawn.length > 0) {
        out.write(`${begin}${back()}${wipe}${end}`)
        drawn = []
        lines = []
      }
    },
    get columns() {
      return columns()
    },
    get rows() {
      out._refreshSize?.()
      return out.rows || 24
    },
  }
}
