import { clean, cleanBlock } from '@bench/report'
import { hostileStrings } from '@bench/report/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutEnd, cutMiddle, pad, widthOf } from '../src/text.js'

const acting = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(...hostileStrings),
  fc
    .array(fc.constantFrom('\x1b[31m', '\x9b', '\x07', '\u202e', '\r\n', 'a', '\u0301', '👩‍👩‍👧', '漢'))
    .map((parts) => parts.join('')),
)

describe('clean', () => {
  it('leaves nothing that could act, on one line', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(clean(text)).not.toMatch(acting)
      }),
      { numRuns: 2000 },
    )
  })

  it('does the same when done twice', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(clean(clean(text))).toBe(clean(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves plain text of any script as it is', () => {
    for (const text of ['plain', 'naïve café', '漢字かな', 'مرحبا', '👩‍👩‍👧‍👦', 'tab\'"\\x'])
      expect(clean(text)).toBe(text)
  })

  it.each([
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\x1b]8;;http://x\x07', '\\x1b]8;;http://x\\x07'],
    ['\x9b2J', '\\x9b2J'],
    ['a\u202eb', 'a\\u202eb'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['\ud800', '\\ud800'],
    ['one\r\n\n  two\u2028three', 'one two three'],
    ['a\tb', 'a b'],
    ['e\u0301\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\u0301'],
  ])('shows %j as %j', (text, shown) => expect(clean(text)).toBe(shown))

  it('keeps the lines of a block and nothing else that acts', () => {
    expect(cleanBlock('a\r\nb\tc\rd\x1b')).toBe('a\nb\tc\nd\\x1b')
    fc.assert(
      fc.property(texts, (text) => {
        expect(cleanBlock(text).replace(/[\n\t]/g, '')).not.toMatch(acting)
      }),
    )
  })
})

describe('cutting and padding', () => {
  it('never takes more columns than asked, and cuts nothing that fits', () => {
    fc.assert(
      fc.property(texts.map(clean), fc.integer({ min: 1, max: 40 }), (text, width) => {
        for (const cut of [cutEnd, cutMiddle]) {
          const short = cut(text, width)
          expect(widthOf(short)).toBeLessThanOrEqual(width)
          if (widthOf(text) <= width) expect(short).toBe(text)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps both ends', () => {
    expect(cutMiddle('anthropic:claude-opus-4-5', 13)).toBe('anthro…us-4-5')
    expect(cutEnd('漢字かな', 5)).toBe('漢字…')
    expect(pad('漢字', 6, 'right')).toBe('  漢字')
  })
})
