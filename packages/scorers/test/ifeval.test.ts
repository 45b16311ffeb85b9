import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset, type Task } from '@bench/datasets'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { kinds } from '../src/ifeval/instructions.js'
import { languageOf } from '../src/ifeval/language.js'
import { loadModels, type Models } from '../src/ifeval/models.js'
import { sentences } from '../src/ifeval/sentences.js'
import { words } from '../src/ifeval/words.js'
import { scorer } from '../src/index.js'
import { attempt, makeTask } from './setup.js'

const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
const absent = !existsSync(data) && !process.env.CI
if (absent) console.warn(`skipped: the recorded IFEval verdicts need ${data}`)

let models: Models
beforeAll(async () => {
  models = await loadModels()
})

/** Verdicts of the official program that are its dice, not its rules. */
const random: Readonly<Record<string, string>> = {
  '1122': 'the letter is "#", for which it drew another one at random',
  '1129': 'the letter is "!", for which it drew another one at random',
  '2785': 'recorded with a prompt that asks for one placeholder, where the published one asks for three',
  'Qwen 3305': 'half English, half Hindi: langdetect says hi in 30 of 60 runs',
  'Qwen 3617': 'three lines of names: langdetect says en in 49 of 60 runs, vi in the others',
  'gpt-4o-mini 202': 'one word, "inscriptions": langdetect says en in 1 of 60 runs, fr in the others',
  'mistralai 2309': 'langdetect says sw in 40 of 60 runs of a form without the English lines',
  'mistralai 3112': 'langdetect says gu in 10 of 60 runs of a form without the English lines',
}

const recorded = [
  ['claude', 'claude-3-5-sonnet-20240620'],
  ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
  ['mistralai', 'mistralai__Mistral-7B-Instruct-v0.3'],
  ['Qwen', 'Qwen__Qwen2.5-7B-Instruct-GPTQ-Int4'],
] as const

describe.skipIf(absent)('the official verdicts', () => {
  interface Row {
    readonly response: string | null
    readonly follow_instruction_list: readonly boolean[]
    readonly follow_all_instructions: boolean
  }
  const read = (file: string): Row[] =>
    readFileSync(`${data}generations/ifeval/${file}.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  let tasks: Task[]
  beforeAll(async () => {
    tasks = []
    for await (const task of (await openDataset(`${data}ifeval/input_data.jsonl`)).tasks()) tasks.push(task)
  })

  test.each(recorded)('%s: instruction by instruction, prompt by prompt', async (name, file) => {
    const [strict, loose] = [read(`${file}.strict`), read(`${file}.loose`)]
    expect(tasks).toHaveLength(strict.length)
    const differences: string[] = []
    for (const [i, task] of tasks.entries()) {
      const made = await scorer(task.scorers[0]!)
      const reply = strict[i]!.response ?? ''
      const { detail, outcome, tallies } = await made.score(attempt(task, reply), {})
      const ours = detail?.instructions as unknown as
        | readonly { strict: boolean; loose: boolean }[]
        | undefined
      const expected = strict[i]!.follow_instruction_list.map((followed, k) => ({
        strict: followed,
        loose: loose[i]!.follow_instruction_list[k]!,
      }))
      const got = expected.map((_, k) => ({
        strict: ours?.[k]?.strict ?? false,
        loose: ours?.[k]?.loose ?? false,
      }))
      const agrees =
        JSON.stringify(got) === JSON.stringify(expected) &&
        (outcome === 'pass') === strict[i]!.follow_all_instructions &&
        tallies!['prompt loose']![0] === Number(loose[i]!.follow_all_instructions)
      if (!agrees && !(task.id in random) && !(`${name} ${task.id}` in random)) {
        differences.push(`${task.id}: ${JSON.stringify(got)}, officially ${JSON.stringify(expected)}`)
      }
    }
    expect(differences).toEqual([])
  })
})

test.each<[string, object, string, boolean]>([
  ['keywords:existence', { keywords: ['Cat', 'dog'] }, 'CATS and dogs', true],
  ['keywords:existence', { keywords: ['c++'] }, 'C++', true],
  ['keywords:existence', { keywords: ['rise', 'IN'] }, 'RİSE ın', true],
  ['keywords:frequency', { keyword: ' a ', frequency: 3, relation: 'less than' }, 'banana', false],
  ['keywords:forbidden_words', { forbidden_words: ['cat'] }, 'concatenate', true],
  ['keywords:forbidden_words', { forbidden_words: ['été'] }, 'l’Été', false],
  ['keywords:forbidden_words', { forbidden_words: ['ride'] }, 'a rıde', false],
  ['keywords:letter_frequency', { letter: 'A', let_frequency: 3, let_relation: 'at least' }, 'bAnana', true],
  ['keywords:letter_frequency', { letter: '#', let_frequency: 2, let_relation: 'at least' }, '# a', false],
  ['language:response_language', { language: 'fr' }, 'Le chat dort sur le canapé.', true],
  ['language:response_language', { language: 'fr' }, '12345', true],
  ['length_constraints:number_sentences', { num_sentences: 2, relation: 'less than' }, 'Dr. A left.', true],
  ['length_constraints:number_paragraphs', { num_paragraphs: 2 }, '*** a *** b\n***', true],
  ['length_constraints:number_paragraphs', { num_paragraphs: 2 }, 'a *** *** b', false],
  ['length_constraints:number_words', { num_words: 3, relation: 'at least' }, 'state-of-art', true],
  [
    'length_constraints:nth_paragraph_first_word',
    { num_paragraphs: 2, nth_paragraph: 2, first_word: 'Then' },
    'a\n\n"then, b',
    true,
  ],
  ['detectable_content:number_placeholders', { num_placeholders: 2 }, '[a] [b\n]', false],
  ['detectable_content:postscript', { postscript_marker: 'P.P.S' }, 'x p. p. s more', true],
  ['detectable_content:postscript', { postscript_marker: 'P.S.' }, 'ps. x', false],
  ['detectable_format:number_bullet_lists', { num_bullets: 2 }, '* a\n  - b\n** c', true],
  ['detectable_format:number_bullet_lists', { num_bullets: 1 }, '*\n* a', true],
  ['detectable_format:constrained_response', {}, 'So: My answer is no. Sorry', true],
  ['detectable_format:number_highlighted_sections', { num_highlights: 2 }, '*a* ** **', false],
  [
    'detectable_format:multiple_sections',
    { section_spliter: 'SECTION', num_sections: 2 },
    'SECTION 1 SECTION2',
    true,
  ],
  ['detectable_format:json_format', {}, '```json\n{"a": NaN}\n```', true],
  ['detectable_format:json_format', {}, '[-Infinity, Infinity, {"a":NaN}]', true],
  ['detectable_format:json_format', {}, '1-Infinity', false],
  ['detectable_format:json_format', {}, '[1.Infinity]', false],
  ['detectable_format:json_format', {}, '-NaN', false],
  ['detectable_format:json_format', {}, '{"a": 1} so', false],
  ['detectable_format:title', {}, 'x <<a>> y', true],
  ['detectable_format:title', {}, '<<\n>> << >>', false],
  ['combination:two_responses', {}, 'a\n******\nb', true],
  ['combination:two_responses', {}, 'a ****** a', false],
  ['combination:repeat_prompt', { prompt_to_repeat: 'Say it. ' }, ' say it. OK', true],
  ['startend:end_checker', { end_phrase: 'The End' }, 'It is "the end"', true],
  ['startend:quotation', {}, ' "a" ', true],
  ['startend:quotation', {}, '"', false],
  [
    'change_case:capital_word_frequency',
    { capital_frequency: 2, capital_relation: 'at least' },
    'AB-C i D.',
    true,
  ],
  ['change_case:english_capital', {}, 'THE CAT SAT ON THE MAT AND IT WAS HAPPY WITH THAT', true],
  ['change_case:english_lowercase', {}, 'the cat sat on the mat, and it was happy with that', true],
  ['change_case:english_lowercase', {}, 'der hund liegt auf dem sofa und schläft', false],
  ['punctuation:no_comma', {}, 'a;b', true],
])('%s %j, reply %j: %s', (id, given, reply, follows) => {
  const kind = kinds[id as keyof typeof kinds]
  expect(kind.follows(reply, kind.arguments.parse(given), models)).toBe(follows)
})

test('there are 25 kinds', () => expect(Object.keys(kinds)).toHaveLength(25))

test.each<[string, readonly string[]]>([
  ['He met Sen. Warren at 3 p.m. They talked.', ['He met Sen. Warren at 3 p.m.', 'They talked.']],
  ['Really?! Yes ... and no. "Quite." Done', ['Really?!', 'Yes ... and no.', '"Quite."', 'Done']],
  [
    'J. Bach of the U.S. wrote No. 5. (It is short.) Good',
    ['J. Bach of the U.S. wrote No.', '5.', '(It is short.)', 'Good'],
  ],
  ['', []],
])('sentences of %j', (text, expected) => expect(sentences(text, models.english)).toEqual(expected))

test('words are those of the Penn Treebank', () => {
  expect(words(`She's "gonna" pay $3.50 (I cannot). Mr. X's.`, models.english)).toEqual(
    `She 's \`\` gon na '' pay $ 3.50 ( I can not ) . Mr. X 's .`.split(' '),
  )
})

test.each([
  ['en', 'This is certainly an English sentence, and a plain one.'],
  ['de', 'Das ist ganz gewiss ein deutscher Satz, und ein einfacher.'],
  ['vi', 'Đây chắc chắn là một câu tiếng Việt đơn giản.'],
  ['ko', '이것은 간단한 한국어 문장입니다.'],
  ['ja', 'これは簡単な日本語の文章です。'],
  ['hi', 'यह एक सरल हिंदी वाक्य है।'],
  [undefined, 'https://example.com a@example.com 1234'],
])('%s: %s', (code, text) => expect(languageOf(text, models.languages)).toBe(code))

test('a reply that is not there follows nothing, of as many instructions', async () => {
  const ref = { name: 'ifeval', instructions: [{ id: 'punctuation:no_comma' }, { id: 'startend:quotation' }] }
  expect(await (await scorer(ref)).score(attempt(makeTask({}), ' '), {})).toEqual({
    outcome: 'no_answer',
    value: 0,
    tallies: {
      'prompt strict': [0, 1],
      'prompt loose': [0, 1],
      'instruction strict': [0, 2],
      'instruction loose': [0, 2],
    },
  })
})

test.each([
  [{ id: 'no:such' }, /option "instructions\.0\.id"/],
  [{ id: 'startend:end_checker' }, /startend:end_checker/],
  [{ id: 'punctuation:no_comma', kwargs: { comma: 1 } }, /comma/],
])('%j is refused', async (instruction, message) => {
  await expect(scorer({ name: 'ifeval', instructions: [instruction] })).rejects.toThrow(message)
})

test('no reply makes a check throw', () => {
  const parts = [
    '*',
    '***',
    '\n',
    ' ',
    '.',
    '. ',
    '"',
    '<<',
    '>>',
    '[',
    ']',
    '-',
    'p.s.',
    'A',
    'é',
    '{',
    '1',
    '@a.b',
    '\ud800',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (some) => {
      const reply = some.join('')
      expect(sentences(reply, models.english).join('').replace(/\s/g, '')).toBe(reply.replace(/\s/g, ''))
      words(reply, models.english)
      languageOf(reply, models.languages)
    }),
  )
})

test('hostile replies of 1 MB are judged: every pattern is linear', () => {
  const given = {
    keywords: ['ab'],
    keyword: 'ab',
    frequency: 3,
    relation: 'at least',
    forbidden_words: ['ab'],
    letter: 'b',
    let_frequency: 2,
    let_relation: 'at least',
    language: 'fr',
    num_paragraphs: 2,
    num_words: 2,
    nth_paragraph: 2,
    first_word: 'x',
    num_placeholders: 4,
    postscript_marker: 'P.S.',
    num_bullets: 3,
    num_highlights: 3,
    section_spliter: 'Section',
    num_sections: 3,
    prompt_to_repeat: 'z',
    end_phrase: 'z',
    num_sentences: 1e7,
    capital_frequency: 1e7,
    capital_relation: 'less than',
  }
  const replies = ['a', '<<', '[', '*', '\n', '.)', 'a@', '"'].map((part) => part.repeat(2e5))
  for (const [id, kind] of Object.entries(kinds)) {
    const shape = (kind.arguments as unknown as { shape: Record<string, unknown> }).shape
    const own = Object.fromEntries(Object.entries(given).filter(([name]) => name in shape))
    for (const reply of replies) expect(typeof kind.follows(reply, own, models), id).toBe('boolean')
  }
})

test('what is not followed is named, with what was asked', async () => {
  const ref = {
    name: 'ifeval',
    instructions: [
      { id: 'punctuation:no_comma' },
      { id: 'length_constraints:number_words', kwargs: { num_words: 9, relation: 'at least' } },
    ],
  }
  expect((await (await scorer(ref)).score(attempt(makeTask({}), '*so*'), {})).detail).toEqual({
    failed: ['length_constraints:number_words num_words 9 relation "at least"'],
    instructions: [
      { id: 'punctuation:no_comma', strict: true, loose: true },
      { id: 'length_constraints:number_words', strict: false, loose: false },
    ],
  })
})
