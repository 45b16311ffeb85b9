import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonTextFault, parsePythonJson } from '../src/python-json.js'

describe('JSON as Python writes it', () => {
  it.each([
    ['1', 1],
    ['1.0', { $float: '1.0' }],
    ['-0.0', { $float: '-0.0' }],
    ['1E+20', { $float: '1e+20' }],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', { $int: '0x20000000000001' }],
    ['-9007199254740992', { $int: '-0x20000000000000' }],
    ['[NaN, Infinity, -Infinity]', [{ $float: 'nan' }, { $float: 'inf' }, { $float: '-inf' }]],
    ['{"$float": "1"}', { $dict: [['$float', '1']] }],
    ['"NaN, 1.0 and \\"{[\\\\"', 'NaN, 1.0 and "{[\\'],
    [' { } ', {}],
    ['[]\r', []],
  ])('%s', (written, expected) => {
    expect(parsePythonJson(written)).toEqual(expected)
  })

  it('keeps the order of keys, which an object would not', () => {
    expect(parsePythonJson('{"b": 1, "10": 2, "9": 3}')).toEqual({
      $dict: [
        ['b', 1],
        ['10', 2],
        ['9', 3],
      ],
    })
  })

  it('keeps a key that names the prototype', () => {
    expect(Object.keys(parsePythonJson('{"__proto__": 1}') as object)).toEqual(['__proto__'])
  })

  it('reads as JSON.parse does where both say the same', () => {
    const plain = fc
      .jsonValue()
      .filter((value) => !/[{,]"(\$|\d)|[\d.]e|\.\d|\d{16}|-0/.test(JSON.stringify(value)))
    fc.assert(
      fc.property(plain, fc.constantFrom(0, 2), (value, indent) => {
        const written = JSON.stringify(value, null, indent)
        expect(parsePythonJson(written)).toEqual(JSON.parse(written))
      }),
    )
  })

  it.each([
    ['{"a": 1,}', 9],
    ['[1 2]', 4],
    ['[1', 3],
    ['', 1],
    ['nul', 1],
    ['01', 2],
    ['"a\nb"', 1],
    ['"\\x"', 1],
    ['[1]]', 4],
    ['{1: 2}', 2],
  ])('refuses %j at column %i', (written, column) => {
    expect(() => parsePythonJson(written)).toThrow(JsonTextFault)
    expect(() => parsePythonJson(written)).toThrow(expect.objectContaining({ column }))
  })

  it('refuses what is nested too deep, and not by running out of stack', () => {
    expect(() => parsePythonJson('['.repeat(100_000))).toThrow('more than 200 levels')
  })
})
