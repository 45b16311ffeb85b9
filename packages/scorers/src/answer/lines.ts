/** A line of a text, without its end, and where it begins. */
export interface Line {
  readonly start: number
  readonly text: string
}

/** The lines of a text, one after the other; `\r\n` ends a line as `\n` does. */
export function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const cut = end > start && text[end - 1] === '\r' && found >= 0 ? end - 1 : end
    yield { start, text: text.slice(start, cut) }
    start = end + 1
  }
}
