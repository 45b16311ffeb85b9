import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ScorerRef, scorer } from '../src/index.js'
import { measure, type Unit } from '../src/measure.js'
import { attempt, makeTask } from './setup.js'

const score = async (ref: ScorerRef, reply: string, task: Parameters<typeof makeTask>[0] = {}) =>
  (await scorer(ref)).score(attempt(makeTask(task), reply), {})

const passes = async (ref: ScorerRef, reply: string, task?: Parameters<typeof makeTask>[0]) =>
  (await score(ref, reply, task)).outcome === 'pass'

describe('exact', () => {
  test.each<[string, string, object, boolean]>([
    ['Paris', ' Paris ', {}, true],
    ['Paris', 'Paris.', {}, false],
    ['Paris', 'PARIS', { ignore_case: true }, true],
    ['Paris', ' Paris', { trim: false }, false],
    ['Paris\n', 'Paris\n', { trim: false }, true],
    ['caf\u00e9', 'cafe\u0301', {}, true],
    ['STRASSE', 'straße', { ignore_case: true }, false],
  ])('%j, reply %j, %j: %s', async (expected, reply, options, passed) => {
    expect(await passes({ name: 'exact', ...options }, reply, { expected })).toBe(passed)
  })
})

describe('contains', () => {
  test.each<[string, string, object, boolean]>([
    ['New York', 'in new\n  york now', {}, true],
    ['New York', 'in new york', { ignore_case: false }, false],
    ['', 'anything', {}, false],
    ['a.c', 'abc', {}, false],
  ])('%j, reply %j, %j: %s', async (expected, reply, options, passed) => {
    expect(await passes({ name: 'contains', ...options }, reply, { expected })).toBe(passed)
  })

  test('any reference will do', async () => {
    expect(await passes({ name: 'contains' }, 'the colour', { references: ['color', 'colour'] })).toBe(true)
  })
})

describe('references', () => {
  test.each<[string, string, boolean]>([
    ['Paris', '**Paris**.', true],
    ['U.S.', 'u.s', true],
    ['１２', '12', true],
    ['a b', '“A  b”', true],
    ['+', '+', true],
    ['+', '-', false],
    ['Paris', 'Paris, France', false],
    ['🦆', '🦆!', true],
  ])('%j, reply %j: %s', async (expected, reply, passed) => {
    expect(await passes({ name: 'references' }, reply, { expected })).toBe(passed)
  })
})

describe('regex', () => {
  test('finds, or does not find', async () => {
    expect(await passes({ name: 'regex', pattern: '^\\p{Lu}' }, 'Ärger')).toBe(true)
    expect(await passes({ name: 'regex', pattern: '^b$' }, 'a\nb')).toBe(false)
    expect(await passes({ name: 'regex', pattern: '^b$', flags: 'm' }, 'a\nb')).toBe(true)
    expect(await passes({ name: 'regex', pattern: 'x', invert: true }, 'a')).toBe(true)
  })

  test('a pattern that takes for ever on a reply does not pass, inverted or not', async () => {
    const reply = `${'a'.repeat(60)}!`
    for (const invert of [false, true])
      expect(await score({ name: 'regex', pattern: '^(a+)+$', invert }, reply)).toMatchObject({
        outcome: 'wrong_answer',
        detail: { error: 'took over 1 s' },
      })
  })

  test.each([
    [{}, /pattern/],
    [{ pattern: '(' }, /"pattern": Invalid regular expression/],
    [{ pattern: 'a', flags: 'g' }, /flags may be/],
    [{ patern: 'a' }, /"patern"; did you mean "pattern"/],
  ])('%j is refused', async (options, message) => {
    await expect(scorer({ name: 'regex', ...options } as ScorerRef)).rejects.toThrow(message)
  })
})

describe('number', () => {
  test.each<[string, string, boolean]>([
    ['42', 'The answer is 42.', true],
    ['42', '6 * 7 = 42', true],
    ['42', '42, not 43', false],
    ['-3.5', 'so −3.5', true],
    ['1234567', '$1,234,567!', true],
    ['1234.5', '1,234.50', true],
    ['12', 'from 10-12', true],
    ['-12', '10 -12', true],
    ['0.75', 'it is 3/4', true],
    ['3/4', '0.75', true],
    ['6.02e23', '6.02E+23', true],
    ['0.5', '.5', true],
    ['50', '50%', true],
    ['42', '\\boxed{42}', true],
    ['42', 'forty-two', false],
    ['72', '#### 72', true],
    ['1', '1/0 is no number, 1 is', true],
    ['2', 'x2', true],
    ['0', '-0', true],
    ['3', '1,2,3', true],
    ['18', 'So she makes **$18.00** every day', true],
    ['18', '#### 18\n\nIn 2024 that is 7 days.', true],
    ['18', '####18 dollars.', true],
    ['1800', 'a\n#### $1,800\nThat was 1 step', true],
    ['4', '#### 2. Then the rest\nIt is 4', true],
    ['18', 'Thus \\boxed{18} of the 40 eggs', true],
    ['1234.5', '\\boxed{\\$1{,}234.50}', true],
    ['18', '\\boxed{x = 18}\nsee page 3', true],
    ['3', '\\boxed{none}, so 3', true],
    ['18', '18.', true],
    ['18', 'She makes 18 dollars.', true],
    ['18', '**Answer:** 18\n\n*Note: a month has 30 days.*', true],
    ['18', 'The answer is **18** (6 × 3).', true],
    ['18', 'The final answer is $18$ dollars, not 20.', true],
    ['18', 'The answer is 60 / 10 * 3 = 18', true],
    ['18', 'The answer is $6 \\times 3 = 18$', true],
    ['18', 'Answer:\n1. She sells 6.\n2. So 18.', true],
    ['18', 'The answer is 20. No, the answer is 18. Sorry for the 2 tries.', true],
    ['0.75', '\\boxed{\\frac{3}{4}}', true],
    ['-0.5', '$-\\dfrac{1}{2}$', true],
    ['1234', '\\boxed{1\\,234}', true],
    ['18', '\\boxed{18 \\text{ m}^2}', true],
    ['18', '#### 18 cm^{2}', true],
    ['18', 'الجواب هو ١٨', true],
    ['18', '答案是１８。', true],
  ])('%j, reply %j: %s', async (expected, reply, passed) => {
    expect(await passes({ name: 'number' }, reply, { expected })).toBe(passed)
  })

  test('value and tolerance', async () => {
    expect(await passes({ name: 'number', value: 3.14, tolerance: 0.01 }, '3.15')).toBe(true)
    expect(await passes({ name: 'number', value: 3.14, tolerance: 0.01 }, '3.16')).toBe(false)
    expect(await passes({ name: 'number', value: 0 }, 'It is 0')).toBe(true)
    await expect(score({ name: 'number' }, '1', { expected: 'none' })).rejects.toThrow(/holds no number/)
  })

  test('takes no quadratic time', async () => {
    for (const reply of [
      '\\frac{1'.repeat(1e5),
      '1'.repeat(1e6),
      '1,'.repeat(5e5),
      '1/'.repeat(5e5),
      '-'.repeat(1e6),
      'answer: 1*'.repeat(1e5),
    ])
      expect((await score({ name: 'number', value: 7.5 }, reply)).outcome).toBe('wrong_answer')
  })
})

describe('choice', () => {
  test.each<[string, boolean]>([
    ['C', true],
    ['(C)', true],
    ['C) Paris', true],
    ['**C**', true],
    ['C. Because A and B are wrong, B most of all.', true],
    ['The answer is C.', true],
    ['the answer is (c)', true],
    ['Answer: **C**', true],
    ['A is wrong. B is close. The correct option is C', true],
    ['I first said the answer is A. But the answer is C.', true],
    ['So \\boxed{C}', true],
    ['We get $\\boxed{\\text{C}}$', true],
    ['A cat sat. I think C', true],
    ['Between B and C, C it is', true],
    ['It is C. A good day to you.', true],
    ['B', false],
    ['The answer is B, not C', false],
    ['Vitamin D', false],
    ['no letter at all', false],
    ['CD', false],
  ])('%j: %s', async (reply, passed) => {
    expect(await passes({ name: 'choice', options: ['A', 'B', 'C', 'D'] }, reply, { expected: 'C' })).toBe(
      passed,
    )
  })

  test('labels that are words', async () => {
    const ref = { name: 'choice', options: ['yes', 'no'] }
    expect(await passes(ref, 'Yes, it is.', { expected: 'yes' })).toBe(true)
    expect(await passes(ref, 'I know: No', { expected: 'no' })).toBe(true)
    expect(await passes(ref, 'Not at all', { expected: 'no' })).toBe(false)
    await expect(score(ref, 'yes', { expected: 'maybe' })).rejects.toThrow(/none of yes, no/)
  })
})

describe('json', () => {
  test.each<[object, string, boolean]>([
    [{}, '{"a":1}', true],
    [{}, '```json\n{"a":1}\n```', true],
    [{ only_json: true }, '```json\n{"a":1}\n```', false],
    [{}, 'Here: {"a":1}', false],
    [{}, '```\n1\n```\n```\n2\n```', false],
    [{}, 'null', true],
    [{}, "{'a':1}", false],
    [{}, 'NaN', false],
    [{ required: ['a.b', 'c.0.d'] }, '{"a":{"b":null},"c":[{"d":0}]}', true],
    [{ required: ['a.b'] }, '{"a":null}', false],
    [{ required: ['length'] }, '[1]', false],
    [{ required: ['toString'] }, '{}', false],
    [{ required: ['__proto__'] }, '{}', false],
    [{ equals: { b: [1, 2], a: null } }, '{"a":null,"b":[1,2]}', true],
    [{ equals: [1, 2] }, '[2,1]', false],
    [{ equals: null }, 'null', true],
    [{ equals: null }, '0', false],
    [{ array_length: 2 }, '[1,2]', true],
    [{ array_length: 2 }, '[1]', false],
    [{ array_length: 0 }, '{}', false],
  ])('%j, reply %j: %s', async (options, reply, passed) => {
    expect(await passes({ name: 'json', ...options } as ScorerRef, reply)).toBe(passed)
  })
})

describe('counting', () => {
  test.each<[Unit, string, number]>([
    ['words', "don't stop state-of-the-art 3.5 — & it's", 5],
    ['words', '你好世界', 2],
    ['words', '', 0],
    ['words', '... !!! —', 0],
    ['sentences', 'Dr. Smith went home. He slept! Why? Nobody knows', 4],
    ['sentences', '- one\n- two\n\n- three', 3],
    ['sentences', 'It cost 3.5 dollars, e.g. nothing.', 1],
    ['lines', 'a\n\n  \nb\r\nc', 3],
    ['paragraphs', 'a\nb\n\n\nc\n \nd\r\n\r\ne', 4],
    ['paragraphs', 'a', 1],
    ['characters', ' 👩‍👩‍👧e\u0301x ', 3],
  ])('%s of %j: %d', (unit, text, count) => expect(measure(text, unit)).toBe(count))

  test('a long text is counted as a whole would be', () => {
    const piece = fc.constantFrom('a', '\r\n', 'e\u0301', '👩‍👩‍👧', '🇫🇷', 'क्षि', '\ud800', ' ', '\u200d')
    const long = fc.array(piece, { minLength: 800, maxLength: 1500 })
    fc.assert(
      fc.property(long, (pieces) => {
        const text = pieces.join('').trim()
        const whole = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length
        expect(measure(text, 'characters')).toBe(whole)
      }),
    )
    expect(measure(`e${'\u0301'.repeat(5000)}x`, 'characters')).toBe(2)
    expect(measure('One more. '.repeat(5000), 'sentences')).toBe(5000)
    expect(measure('世界'.repeat(5000), 'words')).toBe(5000)
  })

  test('bounds are within', async () => {
    for (const [reply, passed] of [
      ['a', false],
      ['a b', true],
      ['a b c', true],
      ['a b c d', false],
    ] as const)
      expect(await passes({ name: 'length', unit: 'words', min: 2, max: 3 }, reply)).toBe(passed)
  })

  test.each([
    [{ unit: 'word', min: 1 }, /unit/],
    [{ unit: 'words' }, /needs "min" or "max"/],
    [{ unit: 'words', min: 3, max: 2 }, /"min" is above "max"/],
    [{ unit: 'words', minimum: 3 }, /"minimum"; did you mean "min"/],
  ])('%j is refused', async (options, message) => {
    await expect(scorer({ name: 'length', ...options })).rejects.toThrow(message)
  })
})

describe('instructions', () => {
  type Check = { type: string } & Record<string, string | number | string[]>
  test.each<[Check, string, string]>([
    [{ type: 'word_count', min: 2, max: 3 }, 'one two', 'one'],
    [{ type: 'sentence_count', max: 1 }, 'One.', 'One. Two.'],
    [{ type: 'line_count', min: 2 }, 'a\nb', 'a'],
    [{ type: 'paragraph_count', min: 2, max: 2 }, 'a\n\nb', 'a\nb'],
    [{ type: 'character_count', max: 3 }, 'abc', 'abcd'],
    [{ type: 'include', any: ['cat', 'dog'] }, 'A Dog!', 'doghouse'],
    [{ type: 'exclude', any: ['very', 'c++'] }, 'everyday c', 'in C++ now'],
    [{ type: 'starts_with', text: 'Dear' }, 'Dear you', 'dear you'],
    [{ type: 'ends_with', text: 'Done.' }, 'x Done.', 'Done. x'],
    [{ type: 'no_letter', letter: 'e' }, 'A bout of it', 'THE'],
    [{ type: 'lines_start_with', letters: ['C', 'A'] }, '**Cats\n- and', 'and\ncats'],
    [{ type: 'lines_start_with', letters: ['C'] }, 'c', 'c\nd'],
    [{ type: 'all_lowercase' }, 'abc é 1', 'aBc'],
    [{ type: 'all_lowercase' }, 'a', '123'],
    [{ type: 'all_uppercase' }, 'ABC É 1', 'ABc'],
    [{ type: 'no_commas' }, 'a; b', 'a, b'],
    [{ type: 'bullet_count', count: 2 }, '- a\n* b\nc', '- a\n-b'],
    [{ type: 'numbered_list', count: 2 }, 'So:\n1. a\n2) b', '1. a\n3. b'],
    [{ type: 'matches', pattern: '^\\d+$' }, '12', 'a12'],
    [{ type: 'not_matches', pattern: 'A', flags: 'i' }, 'bcd', 'bad'],
    [{ type: 'repeats', text: 'ha', count: 2 }, 'Ha ha', 'haha ha'],
  ])('%j: %j and not %j', async (check, right, wrong) => {
    const ref = { name: 'instructions', checks: [check] }
    expect(await score(ref, right)).toMatchObject({ outcome: 'pass', value: 1 })
    expect(await score(ref, wrong)).toMatchObject({ outcome: 'wrong_answer', value: 0 })
  })

  test('the value is the share kept, and the rest is named', async () => {
    const checks = [
      { type: 'no_commas' },
      { type: 'word_count', max: 1 },
      { type: 'ends_with', text: '.' },
      { type: 'all_lowercase' },
    ]
    expect(await score({ name: 'instructions', checks }, 'one, two')).toMatchObject({
      outcome: 'wrong_answer',
      value: 0.25,
      detail: { checks: 4, failed: ['no_commas', 'word_count max 1', 'ends_with text "."'] },
    })
  })

  test.each([
    [[], /checks/],
    [[{ type: 'word_cuont', max: 1 }], /checks\.0/],
    [[{ type: 'word_count' }], /needs "min" or "max"/],
    [[{ type: 'word_count', max: 1, mim: 2 }], /"mim" in checks\.0; did you mean "min"/],
    [[{ type: 'no_letter', letter: 'ab' }], /one letter/],
    [[{ type: 'matches', pattern: '[' }], /Invalid regular expression/],
    [[{ type: 'include', any: [] }], /any/],
  ])('%j is refused', async (checks, message) => {
    await expect(scorer({ name: 'instructions', checks } as ScorerRef)).rejects.toThrow(message)
  })
})

test('no built-in pattern takes quadratic time on a reply', async () => {
  const runs = [
    ' ',
    '\n',
    'answer ',
    'answer is',
    'A ',
    '*',
    '(',
    '`',
    '```\n',
    '1. ',
    '- ',
    'Mr. ',
    ',',
    '"',
    '[',
    '。',
    '\u0301',
  ]
  const refs: ScorerRef[] = [
    ...['exact', 'contains', 'references'].map((name) => ({ name })),
    { name: 'number', value: 0.125 },
    { name: 'choice', options: ['C', 'D'] },
    { name: 'json' },
    ...['words', 'sentences', 'lines', 'paragraphs'].map((unit) => ({ name: 'length', unit, min: 0 })),
    {
      name: 'instructions',
      checks: [
        { type: 'numbered_list', count: 9 },
        { type: 'lines_start_with', letters: ['x'] },
      ],
    },
  ]
  for (const run of runs)
    for (const ref of refs)
      expect(
        (await score(ref, `\`\`\`json\nanswer ${run.repeat(1e5)} x`, { expected: 'C' })).value,
      ).toBeLessThanOrEqual(1)
})

test('a scorer that needs a right answer says which task has none', async () => {
  for (const name of ['exact', 'contains', 'references', 'number'])
    await expect(score({ name }, 'x', { id: 'task-7' })).rejects.toThrow(
      /task-7 has neither "expected" nor "references"/,
    )
})

test('an unknown name is refused with the nearest one', async () => {
  await expect(scorer({ name: 'exakt' })).rejects.toThrow('unknown scorer "exakt"; did you mean "exact"?')
  await expect(scorer({ name: 'toString' })).rejects.toThrow(/unknown scorer "toString"/)
})
