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
      (sum, run) => sum + (unspaced.test(run) ? segments(run, 'word') : spaced(run)),
      0,
    ),
  characters: (text) => count(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)),
  sentences: (text) => linesOf(text).reduce((sum, line) => sum + sentences(line), 0),
  lines: (text) => linesOf(text).length,
  paragraphs: (text) =>
    text.split(/(?:\r?\n|\r)[^\S\n\r]*(?:\r?\n|\r)/).filter((block) => block.trim() !== '').length,
}

const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u

const wordLike = /[\p{L}\p{N}]/u

const spaced = (run: string) => (wordLike.test(run) ? 1 : 0)

const abbreviation = /(?<!\p{L})(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|No|Fig|approx)\.\s*$/iu

function segments(text: string, granularity: 'word'): number {
  let sum = 0
  for (const part of new Intl.Segmenter('en', { granularity }).segment(text)) if (part.isWordLike) sum++
  return sum
}

function sentences(line: string): number {
  const parts = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(line)].map(
    (part) => part.segment,
  )
  const ends = parts.filter((part, i) => i === parts.length - 1 || !abbreviation.test(part))
  return ends.filter((part) => wordLike.test(part)).length
}

function count(iterable: Iterable<unknown>): number {
  let sum = 0
  for (const _ of iterable) sum++
  return sum
}
