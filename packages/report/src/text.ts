import stringWidth from 'string-width'

/**
 * Everything invisible that can act on a terminal or on the direction of text: control characters (C0, DEL, C1),
 * format characters (bidirectional controls, zero-width, tags), line and paragraph separators, lone surrogates.
 * The two joiners stay: emoji and several scripts are spelled with them.
 */
const acting = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Marks stacked on one letter climb over the lines above; four are more than any script needs. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu

const lineBreaks = /\s*[\n\r\u0085\u2028\u2029\v\f]+\s*/gu

function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

/**
 * Makes any text safe to show on one line of a terminal or page: what could act (ANSI, OSC, C0, C1, bidirectional
 * and zero-width characters) becomes a visible escape such as `\x1b`, line breaks and tabs become a space.
 * Every string of a model, a task, a server or a scorer goes through here. Idempotent.
 */
export function clean(text: string): string {
  return text
    .replace(lineBreaks, ' ')
    .replaceAll('\t', ' ')
    .replace(acting, visible)
    .replace(stackedMarks, '$1')
}

/** As {@link clean}, for a block of text: line feeds and tabs stay. */
export function cleanBlock(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(acting, (char) => (char === '\n' || char === '\t' ? char : visible(char)))
    .replace(stackedMarks, '$1')
}

/** Columns a text takes on a terminal. */
export const widthOf = (text: string): number => stringWidth(text)

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The longest beginning of `letters` that fits `width` columns. */
function take(letters: Iterable<string>, width: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const letter of letters) {
    used += stringWidth(letter)
    if (used > width) break
    taken.push(letter)
  }
  return taken
}

const split = (text: string): string[] => Array.from(graphemes.segment(text), (part) => part.segment)

/** Cuts at the end to `width` columns. Never cuts within a letter. */
export function cutEnd(text: string, width: number, ellipsis = '…'): string {
  if (stringWidth(text) <= width) return text
  return take(split(text), Math.max(0, width - stringWidth(ellipsis))).join('') + ellipsis
}

/** Cuts in the middle to `width` columns, so that both a provider and a version stay legible. */
export function cutMiddle(text: string, width: number, ellipsis = '…'): string {
  if (stringWidth(text) <= width) return text
  const room = Math.max(0, width - stringWidth(ellipsis))
  const letters = split(text)
  const tail = take(letters.toReversed(), Math.ceil(room / 2)).toReversed()
  const head = take(letters, room - stringWidth(tail.join('')))
  return head.join('') + ellipsis + tail.join('')
}

/** Pads to `width` columns; longer text stays as it is. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'left' ? text + space : space + text
}
