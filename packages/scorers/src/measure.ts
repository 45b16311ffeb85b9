/**
 * How text is counted, in any script.
 * - words: runs without white space that hold a letter or digit (`don't`, `state-of-the-art` and `3.5` are one word each);
 *   a run of a script written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) by Unicode's word rules
 * - sentences: by Unicode's sentence rules, but not after common English abbreviations; a line ends a sentence
 * - lines: those that are not blank · paragraphs: blocks between blank lines
 * - characters: what a reader sees as one (grapheme clusters), spaces included
 */
export type Unit = 'words' | 'characters' | 'sentences' | 'lines' | 'paragraphs'

export const units = ['words', 'characters', 'sentences', 'lines', 'paragraphs'] as const

export function measure(text: string, unit: Unit): number {
  return counters[unit](text.trim())
}

/** Lines that are not blank, trimmed. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

const counters: Record<Unit, (text: string) => number> = {
  words: (text) =>
    (text.match(/\S+/gu) ?? []).reduce(
      (sum, run) => sum + (unspaced.test(run) ? wordsIn(run) : spaced(run)),
      0,
    ),
  characters: (text) => segments(text, 'grapheme').length,
  sentences: (text) => linesOf(text).reduce((sum, line) => sum + sentences(line), 0),
  lines: (text) => linesOf(text).length,
  paragraphs: (text) =>
    text.split(/(?:\r?\n|\r)[^\S\n\r]*(?:\r?\n|\r)/).filter((block) => block.trim() !== '').length,
}

const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u

const wordLike = /[\p{L}\p{N}]/u

const spaced = (run: string) => (wordLike.test(run) ? 1 : 0)

const abbreviation = /(?<!\p{L})(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|No|Fig|approx)\.\s*$/iu

const wordsIn = (run: string) => segments(run, 'word').filter((part) => wordLike.test(part)).length

function sentences(line: string): number {
  const parts = segments(line, 'sentence')
  const ends = parts.filter((part, i) => i === parts.length - 1 || !abbreviation.test(part))
  return ends.filter((part) => wordLike.test(part)).length
}

/**
 * A text's segments by Unicode's rules, window by window: with each segment the engine hands out a copy of all it
 * was given, so a long text in one go takes quadratic time and memory.
 */
function segments(text: string, granularity: 'grapheme' | 'word' | 'sentence'): string[] {
  const segmenter = new Intl.Segmenter('en', { granularity })
  const found: string[] = []
  let [at, size] = [0, 1000]
  while (at < text.length) {
    // Not between the halves of a surrogate pair: half a flag would look like the end of a whole letter.
    const end = /[\ud800-\udbff]/.test(text.charAt(at + size - 1)) ? at + size + 1 : at + size
    const parts = Array.from(segmenter.segment(text.slice(at, end)), (part) => part.segment)
    // The last one may go on beyond the window.
    if (end < text.length) parts.pop()
    for (const part of parts) {
      found.push(part)
      at += part.length
    }
    size = parts.length > 0 ? 1000 : size * 2
  }
  return found
}
