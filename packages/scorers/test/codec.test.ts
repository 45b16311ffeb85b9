import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { caps, decode, Garbage, parse } from '../src/execution/codec.js'
import { equal, sameOutput } from '../src/execution/compare.js'
import { samePrint } from '../src/execution/livecodebench.js'
import { show } from '../src/execution/show.js'
import { hasPython } from './boxes.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const wire = (data: unknown) => decode(data, 'wire')
const written = (data: unknown) => decode(data, 'dataset')

const numbers = [
  ...[
    true,
    false,
    0,
    1,
    -1,
    2,
    { $int: '0x20000000000000' },
    { $int: '0x20000000000001' },
    { $int: '-0xffffffffffffffffffff' },
  ],
  ...['0.0', '-0.0', '1.0', '1.5', '0.1', 'inf', '-inf', 'nan', '9007199254740992.0', '1e+300', '5e-324'].map(
    ($float) => ({ $float }),
  ),
  ...[
    [1, 1],
    [3, 2],
    [1, 3],
    [1, 10],
  ].map(($Fraction) => ({ $Fraction })),
  ...['1', '1.50', '0.1', '1E+3', '-0', '100E-2'].map(($Decimal) => ({ $Decimal })),
  ...[
    ['1.0', '0.0'],
    ['1.5', '-0.0'],
    ['0.0', '1.0'],
  ].map(($complex) => ({ $complex })),
]

const { value, hashable } = fc.letrec<{ value: unknown; hashable: unknown }>((tie) => {
  const few = (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 3 })
  const atom = fc.oneof(
    fc.constantFrom<unknown>(...numbers),
    fc.constantFrom<unknown>(null, '', 'a', '1', '\ud800', 'é', '$int', { $bytes: '' }, { $bytes: '00ff' }),
    fc.constantFrom<unknown>(
      { $range: [0, 0, 1] },
      { $range: [5, 5, 2] },
      { $range: [0, 3, 2] },
      { $range: [0, 4, 2] },
      { $range: [3, 0, -1] },
    ),
  )
  const pairs = few(fc.tuple(tie('hashable'), tie('value')))
  return {
    hashable: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      few(tie('hashable')).map(($tuple) => ({ $tuple })),
      few(tie('hashable')).map(($frozenset) => ({ $frozenset })),
      few(tie('hashable')).map((items) => ({ $namedtuple: ['P', items.map((_, i) => `p${i}`), items] })),
    ),
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('hashable'),
      few(tie('value')),
      few(tie('value')).map(($tuple) => ({ $tuple })),
      few(tie('hashable')).map(($set) => ({ $set })),
      few(tie('value')).map((items) => ({ $deque: [items, null] })),
      pairs.map(($dict) => ({ $dict })),
    ),
  }
})

/** Real Python on the other end: decodes pairs, says whether they are equal, and encodes them again. */
function python(pairs: readonly (readonly [unknown, unknown])[]): { same: boolean; again: unknown }[] {
  const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
import wire
out = []
for a, b in json.load(sys.stdin):
    x, y = wire.decode(a), wire.decode(b)
    out.append({"same": bool(x == y), "again": wire.encode(x)})
json.dump(out, sys.stdout)
`
  const folder = fileURLToPath(new URL('../python/', import.meta.url))
  const out = execFileSync('python3', ['-B', '-c', script, folder], {
    input: JSON.stringify(pairs),
    maxBuffer: 1 << 28,
  })
  return JSON.parse(out.toString())
}

describe.skipIf(!hasPython())('the two ends of the wire', () => {
  const near = fc.oneof(
    fc.tuple(value, value),
    value.map((v) => [v, v] as const),
    fc.tuple(hashable, hashable),
  )
  const pairs = fc.sample(near, { numRuns: 4000, seed: 7 }) as (readonly [unknown, unknown])[]
  // Atoms against each other, all of them: that is where the types meet.
  for (const a of numbers) for (const b of numbers) pairs.push([a, b])
  let told: ReturnType<typeof python> = []
  beforeAll(() => {
    told = python(pairs)
  })

  test('call the same values equal as Python does', () => {
    const differ = pairs.filter(([a, b], i) => equal(wire(a), wire(b)) !== told[i]!.same)
    expect(differ).toEqual([])
    expect(told.filter(({ same }) => same).length).toBeGreaterThan(500)
  })

  test('lose nothing on the way there and back', () => {
    // NaN is equal to nothing, itself included: compared by how it is shown.
    const lost = pairs.filter(([a], i) => {
      const [before, after] = [wire(a), wire(told[i]!.again)]
      return !equal(before, after) && !show(before).includes('nan')
    })
    expect(lost).toEqual([])
  })

  test('agree on what equality is: symmetric, and reflexive but for NaN', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(equal(wire(a), wire(b))).toBe(equal(wire(b), wire(a)))
        if (!JSON.stringify(a).includes('nan')) expect(equal(wire(a), wire(a))).toBe(true)
      }),
    )
  })
})

test('what is no data equals nothing, not even itself', () => {
  for (const told of [
    { $object: [0, 'L'] },
    { $iterator: [0, 'L'] },
    { $view: ['dict_items', []] },
    { $undefined: 0 },
  ])
    expect(equal(wire(told), wire(told))).toBe(false)
})

describe('what a dataset writes', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['an array takes a list', [1, 2], [1, 2], true],
    ['an array takes a tuple', { $tuple: [1, [2]] }, [1, [2]], true],
    ['an array takes no set', { $set: [1, 2] }, [1, 2], false],
    ['order counts', [2, 1], [1, 2], false],
    ['length counts', [1, 2, 3], [1, 2], false],
    ['a list only', { $tuple: [1] }, { $list: [1] }, false],
    ['a tuple only', [1], { $tuple: [1] }, false],
    ['a set', { $set: [2, 1] }, { $set: [1, 2] }, true],
    ['an object takes text keys', { a: 1 }, { a: 1 }, true],
    ['an object takes integer keys written so', { $dict: [[1, 'x']] }, { 1: 'x' }, true],
    ['an object takes no other number of keys', { a: 1, b: 2 }, { a: 1 }, false],
    [
      'one key cannot stand for two',
      {
        $dict: [
          [1, 'x'],
          ['1', 'x'],
        ],
      },
      { 1: 'x' },
      false,
    ],
    ['a key that is not there', { b: 1 }, { a: 1 }, false],
    ['__proto__ is a key like any other', JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'), true],
    ['__proto__ is missed where it is not there', {}, JSON.parse('{"__proto__":1}'), false],
    ['True is 1', true, 1, true],
    ['0.0 is False', { $float: '0.0' }, false, true],
    ['None is not False', null, false, false],
    ['"1" is not 1', '1', 1, false],
    ['Decimal infinity is inf', { $Decimal: '-Infinity' }, { $float: '-inf' }, true],
    ['Decimal NaN is not NaN', { $Decimal: 'NaN' }, { $float: 'nan' }, false],
    ['NaN in a set is not itself', { $set: [{ $float: 'nan' }] }, { $set: [{ $float: 'nan' }] }, false],
    [
      'a complex NaN in a set is not itself',
      { $set: [{ $complex: ['1.0', 'nan'] }] },
      { $set: [{ $complex: ['1.0', 'nan'] }] },
      false,
    ],
    [
      'the smallest float as a fraction',
      { $float: '5e-324' },
      { $Fraction: [1, { $int: `0x4${'0'.repeat(268)}` }] },
      true,
    ],
    ['NaN is not NaN', { $float: 'nan' }, { $float: 'nan' }, false],
    ['2**53 + 1 is not 2.0**53', { $int: '0x20000000000001' }, { $float: '9007199254740992.0' }, false],
    ['large integers exactly', { $int: '0x20000000000001' }, { $int: '9007199254740993' }, true],
  ])('%s', (_, got, expected, same) => {
    expect(equal(wire(got), written(expected))).toBe(same)
  })

  test.each<[number, unknown, unknown, boolean]>([
    [1e-6, { $float: '0.3000001' }, 0.3, true],
    [1e-6, { $float: '0.31' }, 0.3, false],
    [1e-6, { $float: '1000000.5' }, 1000000, true],
    [1e-6, [{ $float: '1.0000001' }], [1], true],
    [1e-6, { a: { $tuple: [{ $float: '2.0000001' }] } }, { a: [2] }, true],
    [1, 3, 2, false],
    [1e-6, { $float: 'nan' }, 1, false],
    [1e-6, { $float: 'inf' }, { $float: 'inf' }, true],
    [1e9, { $float: 'inf' }, 1, false],
    [1e-6, { $float: '-inf' }, { $float: 'inf' }, false],
    [1e-6, { $set: [{ $float: '1.0000001' }] }, { $set: [1] }, false],
  ])('within %d: %j against %j is %s', (tolerance, got, expected, same) => {
    expect(equal(wire(got), written(expected), tolerance)).toBe(same)
  })
})

describe('hostile bytes', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  test.each([
    ['nothing', ''],
    ['no JSON', 'passed'],
    ['half of it', '{"value":'],
    ['two values', '1 2'],
    ['deep', nested(100_000)],
    ['deep and never closed', '['.repeat(8 << 20)],
    ['very many', `[${'1,'.repeat(600_000)}1]`],
    ['a quote that never ends', `"${'\\"'.repeat(1000)}`],
  ])('%s', (_, text) => expect(() => parse(bytes(text))).toThrow(Garbage))

  test('more than 8 MiB, and bytes that are no UTF-8', () => {
    expect(() => parse(new Uint8Array(caps.bytes + 1).fill(0x31))).toThrow(Garbage)
    expect(() => parse(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(Garbage)
  })

  test('brackets in texts are no depth', () => {
    expect(parse(bytes(JSON.stringify(`\\"${'['.repeat(1000)}`)))).toBe(`\\"${'['.repeat(1000)}`)
  })

  test.each([
    { $no: 1 },
    { $int: '1e9' },
    { $int: '9'.repeat(10_001) },
    { $int: 5 },
    { $float: '1.5 ' },
    { $float: '0x10' },
    { $tuple: 'ab' },
    { $dict: [[1]] },
    { $dict: [1] },
    { $bytes: 'zz' },
    { $Fraction: [1, 0] },
    { $Fraction: ['1', 2] },
    { $range: [1, 'a', 2] },
    { $constructor: 1 },
    { $__proto__: 1 },
    { $error: [{ toString: 1 }] },
    { $regexp: ['a', { toString: 1 }] },
    { $view: [{ toString: 1, valueOf: 1 }, []] },
  ])('%j is not ours', (data) => expect(() => wire(data)).toThrow(Garbage))

  test('decoding stops at the caps', () => {
    expect(() => wire(JSON.parse(nested(caps.depth + 2)))).toThrow(Garbage)
    expect(() => wire(new Array(caps.nodes + 1).fill(0))).toThrow(Garbage)
    expect(wire(JSON.parse(nested(caps.depth)))).toMatchObject({ kind: 'list' })
  })

  test('any JSON at all is a value or garbage, never another error', () => {
    const tag = fc.constantFrom(
      '$int',
      '$float',
      '$tuple',
      '$set',
      '$dict',
      '$deque',
      '$range',
      '$Decimal',
      '$complex',
      '$namedtuple',
      '$view',
      '$error',
      '$regexp',
    )
    const tagged = fc.dictionary(tag, fc.jsonValue(), { minKeys: 1, maxKeys: 1 })
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), tagged), fc.oneof(fc.jsonValue(), tagged), (a, b) => {
        try {
          equal(wire(a), written(b), 1e-9)
          show(wire(a))
        } catch (error) {
          expect(error).toBeInstanceOf(Garbage)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('huge numbers are compared and shown at once', () => {
    const huge = { $int: `0x${'f'.repeat(1 << 20)}` }
    expect(equal(wire(huge), wire(huge))).toBe(true)
    expect(show(wire(huge))).toBe('<integer of 4194304 bits>')
    expect(equal(wire({ $Decimal: '1E+999999999' }), written(1))).toBe(false)
  })
})

test.each<[unknown, string]>([
  [null, 'None'],
  [[true, 1, { $float: '1.0' }, "it's"], "[True, 1, 1.0, 'it\\'s']"],
  [{ $tuple: [1] }, '(1,)'],
  [{ $set: [] }, 'set()'],
  [{ a: { $frozenset: [1] } }, "{'a': frozenset([1])}"],
  [{ $float: '-inf' }, '-inf'],
  [{ $range: [0, 3, 1] }, 'range(0, 3, 1)'],
])('%j is shown as %s', (data, text) => expect(show(wire(data))).toBe(text))

test('what is shown is short, however long the value', () => {
  for (const data of [
    'x'.repeat(1e6),
    new Array(90_000).fill('x'.repeat(50)),
    new Array(300).fill(new Array(300).fill(1)),
  ])
    expect(show(wire(data)).length).toBeLessThan(2100)
})

describe('printed text', () => {
  test.each([
    ['a\n', 'a', true],
    ['a  \nb\t\n\n\n', 'a\nb', true],
    ['a\r\nb\r\n', 'a\nb\n', true],
    ['', '\n', true],
    [' a', 'a', false],
    ['a\n\nb', 'a\nb', false],
    ['a b', 'a  b', false],
    ['1.0', '1', false],
    ['A', 'a', false],
  ])('%j against %j is %s', (got, expected, same) => expect(sameOutput(got, expected)).toBe(same))

  test('numbers in it within a tolerance', () => {
    expect(sameOutput('x 0.3333333', 'x  0.3333334', 1e-6)).toBe(true)
    expect(sameOutput('x 0.34', 'x 0.33', 1e-6)).toBe(false)
    expect(sameOutput('nan', 'nan', 1e-6)).toBe(true)
    expect(sameOutput('nano', 'nan', 1e-6)).toBe(false)
  })

  test('takes no quadratic time', () => {
    expect(sameOutput(`${' '.repeat(5e6)}x`, 'x', 1e-6)).toBe(true)
    expect(sameOutput(`${'1'.repeat(1e6)}x`, '1', 1e-6)).toBe(false)
    for (const piece of [' ', '\n', '1', '_', '1.'])
      expect(samePrint(`1${piece.repeat(1e6)}x`, '1'), piece).toBe(false)
  })
})
