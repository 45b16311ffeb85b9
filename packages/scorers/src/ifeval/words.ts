import { rstrip, splitWhite, white, wordEdge, wordly } from './python-text.js'
import { type PunktModel, sentences } from './sentences.js'

/** A text's words and punctuation marks as NLTK's `word_tokenize` gives them (3.9): sentence by sentence. */
export function words(text: string, model: PunktModel): string[] {
  return sentences(text, model).flatMap(wordsOfSentence)
}

const quotes: readonly Rule[] = [
  [/([«“‘„]|[`]+)/gu, ' $1 '],
  [/^"/gu, '``'],
  [/(``)/gu, ' $1 '],
  [/([ ([{<])("|'{2})/gu, '$1 `` '],
  [new RegExp(`(?<![${wordly}])(')(?!(?:re|ve|ll|m|t|s|d|n)${wordEdge})(?=[${wordly}])`, 'giu'), '$1 '],
]

const punctuation: readonly Rule[] = [
  [/([:,])(\P{Nd})/gu, ' $1 $2'],
  [/([:,])$/gu, ' $1 '],
  [/\.{2,}/gu, ' $& '],
  [/[;@#$%&]/gu, ' $& '],
]

const marks: readonly Rule[] = [
  [/[?!]/gu, ' $& '],
  [/([^'])' /gu, "$1 ' "],
  [/[*]/gu, ' $& '],
  [/[\][(){}<>]/gu, ' $& '],
  [/--/gu, ' -- '],
]

const endings: readonly Rule[] = [
  [/([»”’])/gu, ' $1 '],
  [/''/gu, " '' "],
  [/"/gu, " '' "],
  [new RegExp(`[${white}]+`, 'gu'), ' '],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
]

const contractions: readonly Rule[] = [
  ...[
    ['can', 'not'],
    ['d', "'ye"],
    ['gim', 'me'],
    ['gon', 'na'],
    ['got', 'ta'],
    ['lem', 'me'],
    ['more', "'n"],
  ].map(([one, two]): Rule => [new RegExp(`${wordEdge}(${one})(${two})${wordEdge}`, 'giu'), ' $1 $2 ']),
  [new RegExp(`${wordEdge}(wan)(na)(?=[${white}])`, 'giu'), ' $1 $2 '],
  [new RegExp(` ('t)(is)${wordEdge}`, 'giu'), ' $1 $2 '],
  [new RegExp(` ('t)(was)${wordEdge}`, 'giu'), ' $1 $2 '],
]

type Rule = readonly [pattern: RegExp, replacement: string]

function wordsOfSentence(sentence: string): string[] {
  let text = apply(sentence, quotes)
  text = partFinalPeriod(text, `])}>"'»”’ `)
  text = apply(text, punctuation)
  text = partFinalPeriod(text, `])}>"'`)
  text = ` ${apply(text, marks)} `
  return splitWhite(apply(apply(text, endings), contractions))
}

function apply(text: string, rules: readonly Rule[]): string {
  return rules.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), text)
}

/** Sets off the period that ends the sentence, where only `closers` follow it and it ends no ellipsis. */
function partFinalPeriod(text: string, closers: string): string {
  const at = text.lastIndexOf('.')
  if (at < 1 || text.charAt(at - 1) === '.') return text
  const rest = text.slice(at + 1)
  for (const character of rstrip(rest)) if (!closers.includes(character)) return text
  return `${text.slice(0, at)} . ${rest} `
}
