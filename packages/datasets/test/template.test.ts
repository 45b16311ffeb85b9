import { fillTemplate } from '@bench/datasets'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('fillTemplate', () => {
  it.each([
    ['a variable', 'Hi {{name}}!', { name: 'Ada' }, 'Hi Ada!'],
    ['spaces in the braces', '{{ name }}{{\tname\n}}', { name: 'x' }, 'xx'],
    ['one variable many times', '{{a}}{{a}}{{b}}', { a: '1', b: '2' }, '112'],
    [
      'a number, zero, false, null',
      '{{a}} {{b}} {{c}} {{d}}',
      { a: 1.5, b: 0, c: false, d: null },
      '1.5 0 false null',
    ],
    ['an object and a list', '{{a}} {{b}}', { a: { k: [1] }, b: ['x', 2] }, '{"k":[1]} ["x",2]'],
    ['an empty string', '[{{a}}]', { a: '' }, '[]'],
    ['names of other scripts', '{{größe}} {{名前}} {{_1}}', { größe: 'a', 名前: 'b', _1: 'c' }, 'a b c'],
    ['braces around braces', '{{{a}}}', { a: 'x' }, '{x}'],
    ['values that look like replacement patterns', '{{a}}', { a: "$& $1 $$ $` $'" }, "$& $1 $$ $` $'"],
    ['what is no variable', '{{}} {{a-b}} {{a b}} {a} {{a', { a: 'x' }, '{{}} {{a-b}} {{a b}} {a} {{a'],
  ])('%s', (_what, template, variables, text) => {
    expect(fillTemplate(template, variables)).toEqual({ text, missing: [] })
  })

  it('names what is missing, each once, in order, and leaves it as written', () => {
    expect(fillTemplate('{{b}} {{ a }} {{b}} {{c}}', { c: 1 })).toEqual({
      text: '{{b}} {{ a }} {{b}} 1',
      missing: ['b', 'a'],
    })
  })

  it('finds no variable in what objects inherit', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
    for (const name of names) expect(fillTemplate(`{{${name}}}`, {}).missing).toEqual([name])
    const own = JSON.parse('{"__proto__": "mine"}')
    expect(fillTemplate('{{__proto__}}', own).text).toBe('mine')
  })

  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  const literal = fc
    .string({ unit: 'grapheme' })
    .map((text) => text.replaceAll('{', '(').replaceAll('}', ')'))
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    name.map((inner) => `{{${inner}}}`),
  )

  it('gives literals and values in their order, and expands no value', () => {
    const pieces = fc.array(fc.tuple(literal, name, value), { maxLength: 8 })
    fc.assert(
      fc.property(pieces, literal, (parts, end) => {
        const variables = Object.fromEntries(parts.map(([, key, put]) => [key, put]))
        const template = parts.map(([before, key]) => `${before}{{${key}}}`).join('') + end
        const text = parts.map(([before, key]) => `${before}${variables[key]}`).join('') + end
        expect(fillTemplate(template, variables)).toEqual({ text, missing: [] })
      }),
    )
  })

  it('leaves a text without placeholders alone, whatever the variables', () => {
    fc.assert(
      fc.property(literal, fc.dictionary(name, value), (text, variables) => {
        expect(fillTemplate(text, variables)).toEqual({ text, missing: [] })
      }),
    )
  })

  it('is untouched by variables that are not used', () => {
    fc.assert(
      fc.property(name, value, fc.dictionary(name, value), (used, put, others) => {
        const own = { [used]: put }
        expect(fillTemplate(`a{{${used}}}b`, { ...others, ...own })).toEqual(
          fillTemplate(`a{{${used}}}b`, own),
        )
      }),
    )
  })

  it('misses exactly the names that are asked for and not given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (asked, given) => {
        const variables = Object.fromEntries(given.map((key) => [key, 'v']))
        const { missing } = fillTemplate(asked.map((key) => `{{${key}}}`).join(' '), variables)
        expect(missing).toEqual(asked.filter((key) => !given.includes(key)))
      }),
    )
  })

  it('takes a hostile megabyte in one go', () => {
    const hostile = [
      '{{'.repeat(500_000),
      `{{${' '.repeat(1_000_000)}`,
      `{{${'a'.repeat(1_000_000)}`,
      '{{ '.repeat(300_000),
    ]
    for (const text of hostile) expect(fillTemplate(text, { a: 'x' }).text).toBe(text)
  })
})
