/**
 * Which language a text is in, as the Python library langdetect 1.0.9 tells it: naive Bayes over groups of 1 to 3 letters, a
 * few of which are drawn at random, several times over. Method: Nakatani Shuyo 2010, "Language Detection Library for Java",
 * https://github.com/shuyo/language-detection; profiles: see `data/README.md`.
 */
export interface LanguageModel {
  /** Languages by their ISO 639-1 code. */
  readonly codes: readonly string[]
  /** How often each group of letters is met in each language, 0–1, by place in `codes`. */
  frequencies(gram: string): Float64Array | undefined
  /** Ideographs that are met alike, each with the one that stands for all of them. */
  readonly ideographs: ReadonlyMap<string, string>
}

const smoothing = 0.5
const smoothingSpread = 0.05
const base = 10_000
const convergence = 0.99999
const mostDraws = 1000
const least = 0.1
const longest = 10_000
/** Four times the library's: its verdict differs from one run to the next, ours is to be the one it gives most often. */
const trials = 28

const addresses = /https?:\/\/[-_.?&~;+=/#0-9A-Za-z]{1,2076}/g
const mailDomain = /@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}/y
const vietnamese = /([AEIOUYaeiouyÂÊÔâêôĂăƠơƯư])([\u0300\u0301\u0303\u0309\u0323])/gu

/** @returns its code, `unknown` where none stands out, undefined where the text has no letters that any profile knows */
export function languageOf(text: string, model: LanguageModel): string | undefined {
  const grams = gramsOf(ownScript(readable(text)), model)
  if (grams.length === 0) return undefined
  const random = generator()
  const sum = new Float64Array(model.codes.length)
  for (let trial = 0; trial < trials; trial++) {
    const chances = draw(grams, model.codes.length, random)
    for (const [i, chance] of chances.entries()) sum[i]! += chance / trials
  }
  const best = sum.indexOf(Math.max(...sum))
  return sum[best]! > least ? model.codes[best] : 'unknown'
}

/** One trial: groups are drawn until one language has all but all of the chance. */
function draw(grams: readonly Float64Array[], languages: number, random: () => number): Float64Array {
  const chances = new Float64Array(languages).fill(1 / languages)
  const weight = (smoothing + normal(random) * smoothingSpread) / base
  for (let draws = 0; ; draws++) {
    const gram = grams[Math.floor(random() * grams.length)]!
    for (let i = 0; i < languages; i++) chances[i]! *= weight + gram[i]!
    if (draws % 5 !== 0) continue
    const sum = chances.reduce((total, chance) => total + chance, 0)
    let most = 0
    for (let i = 0; i < languages; i++) {
      chances[i]! /= sum
      most = Math.max(most, chances[i]!)
    }
    if (most > convergence || draws >= mostDraws) return chances
  }
}

/** Without addresses, runs of spaces as one, its first 10,000 characters. */
function readable(text: string): string[] {
  const cut = withoutMails(text.replace(addresses, ' '))
  const kept: string[] = []
  let before = ''
  let count = 0
  for (const character of cut.replace(vietnamese, (pair) => pair.normalize('NFC'))) {
    if (count++ >= longest) break
    if (character !== ' ' || before !== ' ') kept.push(character)
    before = character
  }
  return kept
}

/** Found from the `@`, not from the name before it: a pattern that tries a name at each letter takes its time. */
function withoutMails(text: string): string {
  const kept: string[] = []
  let end = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > Math.max(end, at - 64) && /[-_.0-9A-Za-z]/.test(text.charAt(start - 1))) start--
    mailDomain.lastIndex = at
    if (start === at || !mailDomain.test(text)) continue
    kept.push(text.slice(end, start))
    end = mailDomain.lastIndex
    at = end - 1
  }
  return [...kept, text.slice(end)].join(' ')
}

/** Latin letters are left out of a text that is mostly in another script. */
function ownScript(characters: string[]): string[] {
  const isLatin = (character: string) => character >= 'A' && character <= 'z' && character.length === 1
  let latin = 0
  let other = 0
  for (const character of characters) {
    const code = character.codePointAt(0)!
    if (isLatin(character)) latin++
    else if (code >= 0x300 && !(code >= 0x1e00 && code <= 0x1eff)) other++
  }
  return latin * 2 < other ? characters.filter((character) => !isLatin(character)) : characters
}

/** The frequencies of every group of letters; words of several capitals are passed over. */
function gramsOf(characters: readonly string[], model: LanguageModel): Float64Array[] {
  const found: Float64Array[] = []
  const known = new Map<string, Float64Array | undefined>()
  let last = [' ']
  let capitals = false
  for (const written of characters) {
    const character = normalized(written, model)
    const before = last.at(-1)!
    if (before === ' ') {
      last = [' ']
      capitals = false
    } else if (last.length >= 3) last = last.slice(1)
    if (before !== ' ' || character !== ' ') {
      last.push(character)
      if (!isCapital(character)) capitals = false
      else if (isCapital(before)) capitals = true
    }
    if (capitals) continue
    for (let length = 1; length <= last.length; length++) {
      const gram = last.slice(-length).join('')
      if (gram === ' ') continue
      if (!known.has(gram)) known.set(gram, model.frequencies(gram))
      const frequencies = known.get(gram)
      if (frequencies !== undefined) found.push(frequencies)
    }
  }
  return found
}

const isCapital = (character: string) => /^\p{Uppercase}$/u.test(character)

/** One character for all that say the same of a language. */
function normalized(character: string, { ideographs }: LanguageModel): string {
  const code = character.codePointAt(0)!
  const within = (from: number, to: number) => code >= from && code <= to
  if (code < 0x80) return /[A-Za-z]/.test(character) ? character : ' '
  if (code <= 0xff) return '\u00a0«°»'.includes(character) ? ' ' : character
  if (character === 'ș') return 'ş'
  if (character === 'ț') return 'ţ'
  if (within(0x2000, 0x206f)) return ' '
  if (code === 0x6cc) return '\u064a'
  if (within(0x1ea0, 0x1eff)) return '\u1ec3'
  if (within(0x3040, 0x309f)) return '\u3042'
  if (within(0x30a0, 0x30ff)) return '\u30a2'
  if (within(0x3100, 0x312f) || within(0x31a0, 0x31bf)) return '\u3105'
  if (within(0x4e00, 0x9fff)) return ideographs.get(character) ?? character
  if (within(0xac00, 0xd7af)) return '\uac00'
  return character
}

/** Mulberry32 (Tommy Ettinger, public domain), always from the same seed: 0 up to 1. */
function generator(): () => number {
  let state = 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A draw from the normal distribution, by Box and Muller. */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
