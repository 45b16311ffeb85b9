import { isLower, isUpper, rstrip, white, wordly } from './python-text.js'

/**
 * What the Punkt algorithm has learnt of a language (Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary
 * Detection", Computational Linguistics 32: 485–525).
 */
export interface PunktModel {
  /** Without their last period. */
  readonly abbreviations: ReadonlySet<string>
  /** `first,second`: a period after the first ends no sentence before the second. */
  readonly collocations: ReadonlySet<string>
  /** Words that often begin sentences. */
  readonly starters: ReadonlySet<string>
  /** How each word was seen: a sum of {@link seen}. */
  readonly seen: ReadonlyMap<string, number>
}

/** In upper case; in upper case within a sentence; in lower case; in lower case at a sentence's beginning. */
const seen = { upper: 1, upperWithin: 2, lower: 4, lowerFirst: 8 } as const

const closers = ')";}\\]*:@\'({\\['
const notInWords = `(?:[${closers}?!])`
const multi = `(?:-{2,}|\\.{2,}|(?:\\.[${white}]){2,}\\.)`
const candidate = new RegExp(`[.?!](?=(?:${notInWords}|[${white}]+([^${white}]+)))`, 'gu')
const after = new RegExp(`${notInWords}|[${white}]+[^${white}]+`, 'yu')
const token = new RegExp(
  `${multi}|(?=[^("\`{\\[:;&#*@)}\\]\\-,])[^${white}]+?(?=[${white}]|$|${notInWords}|${multi}|,(?=$|[${white}]|${notInWords}|${multi}))|[^${white}]`,
  'gu',
)
const realigned = new RegExp(`["')\\]}]+?(?:[${white}]+|(?=--|\\n)|(?![^]))`, 'yu')
const letter = `[${wordly.replace('\\p{N}', '\\p{Nl}\\p{No}')}]`
const initial = new RegExp(`^${letter}\\.$`, 'u')
const number = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u
const lastWhite = /[ \t\n\r\v\f]/

/** A text's sentences as NLTK's Punkt tokenizer gives them (`sent_tokenize`, 3.9). Time is linear in the text. */
export function sentences(text: string, model: PunktModel): string[] {
  const found: string[] = []
  const spans = [...breaks(text, model)]
  let skip = 0
  for (const [i, [from, to]] of spans.entries()) {
    const start = from + skip
    const next = spans[i + 1]
    skip = 0
    if (next === undefined) {
      if (to > start) found.push(text.slice(start, to))
      continue
    }
    // Closing quotes and brackets after a sentence's end belong to it.
    realigned.lastIndex = 0
    const closing = realigned.exec(text.slice(next[0], next[1]))
    if (closing) {
      found.push(text.slice(start, next[0] + rstrip(closing[0]).length))
      skip = closing[0].length
    } else if (to > start) found.push(text.slice(start, to))
  }
  return found
}

function* breaks(text: string, model: PunktModel): Generator<[number, number]> {
  let begun = 0
  for (const { from, at, context } of contexts(text)) {
    if (!endsWithin(context, model)) continue
    yield [begun, at + 1]
    begun = from
  }
  yield [begun, rstrip(text).length]
}

/** A period, question or exclamation mark that may end a sentence, with the words at both sides of it. */
interface Context {
  readonly at: number
  /** Where the sentence after it would begin. */
  readonly from: number
  readonly context: string
}

function* contexts(text: string): Generator<Context> {
  let [wordStart, wordEnd] = [0, 0]
  let previous: { at: number; next: string | undefined } | undefined
  const told = ({ at, next }: { at: number; next: string | undefined }): Context => {
    after.lastIndex = at + 1
    const follows = after.exec(text)?.[0] ?? ''
    const from = next === undefined ? at + 1 : at + 1 + follows.length - next.length
    return { at, from, context: text.slice(wordStart, at + 1) + follows }
  }
  for (const match of text.matchAll(candidate)) {
    const gap = lastWhiteBefore(text, wordEnd, match.index)
    // As the original has it: white space right after the last candidate does not count.
    const start = gap > wordEnd ? gap + 1 : wordStart
    if (previous !== undefined && wordEnd <= start) yield told(previous)
    previous = { at: match.index, next: match[1] }
    ;[wordStart, wordEnd] = [start, match.index]
  }
  if (previous !== undefined) yield told(previous)
}

function lastWhiteBefore(text: string, from: number, to: number): number {
  for (let i = to - 1; i >= from; i--) if (lastWhite.test(text.charAt(i))) return i
  return from
}

interface Token {
  readonly text: string
  readonly type: string
  ends: boolean
  abbreviation: boolean
  ellipsis: boolean
}

/** Whether a sentence ends in the context before its last token. */
function endsWithin(context: string, model: PunktModel): boolean {
  const words = context.split('\n').flatMap((line) => line.match(token) ?? [])
  const tokens = words.map((word) => firstPass(word, model))
  for (const [i, one] of tokens.entries()) {
    const next = tokens[i + 1]
    if (next === undefined) return false
    secondPass(one, next, model)
    if (one.ends) return true
  }
  return false
}

function firstPass(text: string, model: PunktModel): Token {
  const lower = text.toLowerCase()
  const made = { text, type: number.test(lower) ? '##number##' : lower, ends: false, abbreviation: false }
  if (text === '.' || text === '?' || text === '!') return { ...made, ends: true, ellipsis: false }
  if (/^\.\.+$/.test(text)) return { ...made, ellipsis: true }
  if (text.endsWith('.') && !text.endsWith('..')) {
    const word = lower.slice(0, -1)
    const abbreviation =
      model.abbreviations.has(word) || model.abbreviations.has(word.slice(word.lastIndexOf('-') + 1))
    return { ...made, abbreviation, ends: !abbreviation, ellipsis: false }
  }
  return { ...made, ellipsis: false }
}

function secondPass(one: Token, next: Token, model: PunktModel): void {
  if (!one.text.endsWith('.')) return
  const type = withoutPeriod(one.type)
  const nextType = next.ends ? withoutPeriod(next.type) : next.type
  const isInitial = initial.test(one.text)
  const no = () => Object.assign(one, { ends: false, abbreviation: true })
  if (model.collocations.has(`${type},${nextType}`)) {
    no()
    return
  }
  const begins = beginsSentence(next, nextType, model)
  if ((one.abbreviation || one.ellipsis) && !isInitial) {
    if (begins === true || (isUpper(first(next.text)) && model.starters.has(nextType))) {
      one.ends = true
      return
    }
  }
  if (!isInitial && type !== '##number##') return
  const alwaysUpper =
    isUpper(first(next.text)) && ((model.seen.get(nextType) ?? 0) & (seen.lower | seen.lowerFirst)) === 0
  if (begins === false || (begins === undefined && isInitial && alwaysUpper)) no()
}

/** What the next word's case says: true and false where it says something. */
function beginsSentence(next: Token, type: string, model: PunktModel): boolean | undefined {
  if (/^[;:,.!?]$/.test(next.text)) return false
  const cases = model.seen.get(type) ?? 0
  if (isUpper(first(next.text)) && (cases & seen.lower) !== 0 && (cases & seen.upperWithin) === 0) return true
  if (isLower(first(next.text)) && ((cases & seen.upper) !== 0 || (cases & seen.lowerFirst) === 0))
    return false
  return undefined
}

const first = (text: string) => String.fromCodePoint(text.codePointAt(0) ?? 0)

const withoutPeriod = (type: string) => (type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type)
