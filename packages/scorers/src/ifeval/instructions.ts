import { z } from 'zod'
import { languageOf } from './language.js'
import { bullets, inside, isJson, matches, placeholders } from './marks.js'
import type { Models } from './models.js'
import {
  anyCase,
  isLower,
  isUpper,
  literal,
  splitWhite,
  strip,
  stripOf,
  white,
  wordEdge,
  wordly,
} from './python-text.js'
import { sentences } from './sentences.js'
import { words } from './words.js'

/**
 * The 25 kinds of instruction of IFEval, checked as its own program does: Zhou et al. 2023, "Instruction-Following
 * Evaluation for Large Language Models", arXiv:2311.07911;
 * https://github.com/google-research/google-research/tree/master/instruction_following_eval (`instructions.py`).
 * Words that an instruction names are taken as they are written, not as patterns. Where that program draws a value at random
 * because the data set gives none, the instruction is refused; a `letter` that is no letter is counted like one.
 * Each check takes time linear in the reply.
 */
interface Kind<Arguments> {
  readonly arguments: z.ZodType<Arguments>
  follows(reply: string, given: Arguments, models: Models): boolean
}

const count = z.number().int().min(0)
const text = z.string().min(1)
const relation = z.enum(['less than', 'at least'])
type Relation = z.infer<typeof relation>

const compare = (got: number, how: Relation, limit: number) =>
  how === 'less than' ? got < limit : got >= limit

const kind = <Arguments>(
  shape: z.ZodType<Arguments>,
  follows: Kind<Arguments>['follows'],
): Kind<unknown> => ({ arguments: shape, follows: follows as Kind<unknown>['follows'] })

const nothing = z.strictObject({})

export const kinds = {
  'keywords:existence': kind(z.strictObject({ keywords: z.array(text).min(1) }), (reply, { keywords }) =>
    keywords.every((word) => new RegExp(anyCase(word), 'iu').test(reply)),
  ),
  'keywords:frequency': kind(
    z.strictObject({ keyword: text, frequency: count, relation }),
    (reply, { keyword, frequency, relation }) =>
      compare(matches(reply, new RegExp(anyCase(strip(keyword)), 'giu')), relation, frequency),
  ),
  'keywords:forbidden_words': kind(
    z.strictObject({ forbidden_words: z.array(text).min(1) }),
    (reply, { forbidden_words }) =>
      !forbidden_words.some((word) => new RegExp(`${wordEdge}${anyCase(word)}${wordEdge}`, 'iu').test(reply)),
  ),
  'keywords:letter_frequency': kind(
    z.strictObject({ letter: text, let_frequency: count, let_relation: relation }),
    (reply, { letter, let_frequency, let_relation }) =>
      compare(reply.toLowerCase().split(letter.toLowerCase()).length - 1, let_relation, let_frequency),
  ),
  'language:response_language': kind(z.strictObject({ language: text }), (reply, { language }, models) => {
    // A text without a known letter counts as followed, there as here.
    return [language, undefined].includes(languageOf(reply, models.languages))
  }),
  'length_constraints:number_sentences': kind(
    z.strictObject({ num_sentences: count, relation }),
    (reply, { num_sentences, relation }, { english }) =>
      compare(sentences(reply, english).length, relation, num_sentences),
  ),
  'length_constraints:number_paragraphs': kind(
    z.strictObject({ num_paragraphs: count }),
    (reply, { num_paragraphs }) => {
      const parts = reply.split('***').map(strip)
      const inner = parts.slice(1, -1)
      return (
        inner.every((part) => part !== '') && parts.filter((part) => part !== '').length === num_paragraphs
      )
    },
  ),
  'length_constraints:number_words': kind(
    z.strictObject({ num_words: count, relation }),
    (reply, { num_words, relation }) =>
      compare(matches(reply, new RegExp(`[${wordly}]+`, 'gu')), relation, num_words),
  ),
  'length_constraints:nth_paragraph_first_word': kind(
    z.strictObject({ num_paragraphs: count, nth_paragraph: z.number().int().min(1), first_word: text }),
    (reply, { num_paragraphs, nth_paragraph, first_word }) => {
      const paragraphs = reply.split('\n\n').map(strip)
      const filled = paragraphs.filter((paragraph) => paragraph !== '').length
      // The nth of all, blank ones counted, but only while there are n that are not blank: as the original has it.
      const paragraph = nth_paragraph <= filled ? paragraphs[nth_paragraph - 1] : undefined
      if (!paragraph) return false
      const word = (splitWhite(paragraph)[0] ?? '').replace(/^'+/, '').replace(/^"+/, '')
      return (
        filled === num_paragraphs && /^[^.,?!'"]*/.exec(word)![0].toLowerCase() === first_word.toLowerCase()
      )
    },
  ),
  'detectable_content:number_placeholders': kind(
    z.strictObject({ num_placeholders: count }),
    (reply, { num_placeholders }) => placeholders(reply) >= num_placeholders,
  ),
  'detectable_content:postscript': kind(
    z.strictObject({ postscript_marker: text }),
    (reply, { postscript_marker }) => {
      const marker = strip(postscript_marker)
      const gap = `[${white}]?`
      const pattern =
        { 'P.P.S': `p\\.${gap}p\\.${gap}s`, 'P.S.': `p\\.${gap}s\\.` }[marker] ??
        literal(marker.toLowerCase())
      return new RegExp(pattern, 'u').test(reply.toLowerCase())
    },
  ),
  'detectable_format:number_bullet_lists': kind(
    z.strictObject({ num_bullets: count }),
    (reply, { num_bullets }) => bullets(reply, '*') + bullets(reply, '-') === num_bullets,
  ),
  'detectable_format:constrained_response': kind(nothing, (reply) =>
    ['My answer is yes.', 'My answer is no.', 'My answer is maybe.'].some((one) => reply.includes(one)),
  ),
  'detectable_format:number_highlighted_sections': kind(
    z.strictObject({ num_highlights: count }),
    (reply, { num_highlights }) => {
      const single = (reply.match(/\*[^\n*]*\*/g) ?? []).filter((part) => strip(stripOf(part, '*')) !== '')
      const double = (reply.match(/\*\*[^\n*]*\*\*/g) ?? []).filter((part) => strip(part.slice(2, -2)) !== '')
      return single.length + double.length >= num_highlights
    },
  ),
  'detectable_format:multiple_sections': kind(
    z.strictObject({ section_spliter: text, num_sections: count }),
    (reply, { section_spliter, num_sections }) =>
      matches(reply, new RegExp(`${literal(strip(section_spliter))}[${white}]?\\p{Nd}+`, 'gu')) >=
      num_sections,
  ),
  'detectable_format:json_format': kind(nothing, isJson),
  'detectable_format:title': kind(nothing, (reply) =>
    reply.split('\n').some((line) => {
      const [start, end] = [line.indexOf('<<'), line.lastIndexOf('>>')]
      return start >= 0 && end > start + 2 && strip(inside(line.slice(start, end + 2))) !== ''
    }),
  ),
  'combination:two_responses': kind(nothing, (reply) => {
    const parts = reply.split('******').map(strip)
    const [one, two, ...more] = parts.filter((part) => part !== '')
    const gapless = parts.slice(1, -1).every((part) => part !== '')
    return gapless && one !== undefined && two !== undefined && more.length === 0 && one !== two
  }),
  'combination:repeat_prompt': kind(
    z.strictObject({ prompt_to_repeat: text }),
    (reply, { prompt_to_repeat }) =>
      strip(reply).toLowerCase().startsWith(strip(prompt_to_repeat).toLowerCase()),
  ),
  'startend:end_checker': kind(z.strictObject({ end_phrase: text }), (reply, { end_phrase }) =>
    stripOf(strip(reply), '"').toLowerCase().endsWith(strip(end_phrase).toLowerCase()),
  ),
  'startend:quotation': kind(nothing, (reply) => /^".*"$/s.test(strip(reply))),
  'change_case:capital_word_frequency': kind(
    z.strictObject({ capital_frequency: count, capital_relation: relation }),
    (reply, { capital_frequency, capital_relation }, { english }) =>
      compare(words(reply, english).filter(isUpper).length, capital_relation, capital_frequency),
  ),
  'change_case:english_capital': kind(
    nothing,
    (reply, _, models) => isUpper(reply) && isEnglish(reply, models),
  ),
  'change_case:english_lowercase': kind(
    nothing,
    (reply, _, models) => isLower(reply) && isEnglish(reply, models),
  ),
  'punctuation:no_comma': kind(nothing, (reply) => !reply.includes(',')),
} satisfies Record<string, Kind<unknown>>

const isEnglish = (reply: string, { languages }: Models) =>
  ['en', undefined].includes(languageOf(reply, languages))
