import { Garbage, type Value } from './codec.js'

/**
 * Whether Python would call the two equal: `1 == True == 1.0`, `2**53 + 1 != 2.0**53`, NaN equals nothing, a list is no tuple, a
 * named tuple is a tuple, every kind of dict is a dict. A dataset's plain array takes a list or a tuple, its
 * plain object a dict whose keys are these texts or integers written so.
 * @param tolerance two numbers of which one is a float are equal within this absolute or relative difference; members
 *   of sets and keys of dicts are always compared exactly
 */
export function equal(got: Value, expected: Value, tolerance = 0): boolean {
  if (isScalar(got) || isScalar(expected)) return sameScalar(got, expected, tolerance)
  switch (expected.kind) {
    case 'array':
      return (got.kind === 'list' || got.kind === 'tuple') && sameItems(got.items, expected.items, tolerance)
    case 'list':
    case 'tuple':
    case 'deque':
      return got.kind === expected.kind && sameItems(got.items, expected.items, tolerance)
    case 'set':
    case 'frozenset':
      return (got.kind === 'set' || got.kind === 'frozenset') && sameSet(got.items, expected.items)
    case 'dict':
      return got.kind === 'dict' && sameDict(got.pairs, expected.pairs, tolerance, identity)
    case 'object':
      return got.kind === 'dict' && sameDict(got.pairs, expected.pairs, tolerance, jsonKey)
    case 'bytes':
      return got.kind === 'bytes' && got.hex === expected.hex
    case 'range':
      return got.kind === 'range' && rangeKey(got.parts) === rangeKey(expected.parts)
    default:
      return false
  }
}

type Numeric =
  | boolean
  | bigint
  | number
  | { readonly kind: 'rational'; readonly top: bigint; readonly bottom: bigint }

type Scalar = null | string | Numeric | { readonly kind: 'complex'; readonly re: number; readonly im: number }

const isScalar = (v: Value): v is Scalar =>
  v === null || typeof v !== 'object' || v.kind === 'rational' || v.kind === 'complex'

const isComplex = (v: Value) => typeof v === 'object' && v !== null && v.kind === 'complex'

function isNumeric(v: Value): v is Numeric {
  return typeof v === 'object' ? v !== null && v.kind === 'rational' : typeof v !== 'string'
}

function sameScalar(a: Value, b: Value, tolerance: number): boolean {
  if (isComplex(a) || isComplex(b)) {
    const [x, y] = [parts(a), parts(b)]
    return x !== undefined && y !== undefined && x.every((part, i) => sameNumber(part, y[i]!, tolerance))
  }
  return isNumeric(a) && isNumeric(b) ? sameNumber(a, b, tolerance) : a === b
}

/** Real and imaginary part of any number. */
function parts(v: Value): Numeric[] | undefined {
  if (typeof v === 'object' && v !== null && v.kind === 'complex') return [v.re, v.im]
  return isNumeric(v) ? [v, 0n] : undefined
}

function sameNumber(a: Numeric, b: Numeric, tolerance: number): boolean {
  if (numberKey(a) === numberKey(b)) return !Number.isNaN(a)
  if (tolerance === 0 || (typeof a !== 'number' && typeof b !== 'number')) return false
  const [x, y] = [approximate(a), approximate(b)]
  const difference = Math.abs(x - y)
  return Number.isFinite(difference) && difference <= tolerance * Math.max(1, Math.abs(x), Math.abs(y))
}

const approximate = (v: Numeric) => (typeof v === 'object' ? Number(v.top) / Number(v.bottom) : Number(v))

function sameItems(a: readonly Value[], b: readonly Value[], tolerance: number): boolean {
  return a.length === b.length && a.every((item, i) => equal(item, b[i]!, tolerance))
}

function sameSet(a: readonly Value[], b: readonly Value[]): boolean {
  const [x, y] = [new Set(a.map(identity)), new Set(b.map(identity))]
  return x.size === y.size && [...x].every((key) => y.has(key))
}

type Pairs = readonly (readonly [Value, Value])[]

function sameDict(got: Pairs, expected: Pairs, tolerance: number, key: (key: Value) => string): boolean {
  const [values, wanted] = [got, expected].map((pairs) => new Map(pairs.map(([k, v]) => [key(k), v]))) as [
    Map<string, Value>,
    Map<string, Value>,
  ]
  // In JSON `1` and `"1"` are one key, in Python two: then one of them was not asked for.
  if (key === jsonKey && values.size !== new Set(got.map(([k]) => identity(k))).size) return false
  return (
    values.size === wanted.size &&
    [...wanted].every(([k, v]) => values.has(k) && equal(values.get(k)!, v, tolerance))
  )
}

const jsonKey = (key: Value) => (typeof key === 'bigint' ? `s${key}` : identity(key))

/**
 * A text that two hashable values share exactly if Python calls them equal.
 * @throws Garbage for a value that cannot be a key or a member
 */
function identity(v: Value): string {
  if (v === null) return 'None'
  if (typeof v === 'string') return `s${v}`
  if (isNumeric(v)) return Number.isNaN(v) ? unlike() : numberKey(v)
  switch (v.kind) {
    case 'complex':
      if (Number.isNaN(v.re) || Number.isNaN(v.im)) return unlike()
      return v.im === 0 ? numberKey(v.re) : `c${numberKey(v.re)} ${numberKey(v.im)}`
    case 'array':
    case 'tuple':
      return `t(${v.items.map((item) => quoted(identity(item))).join('')})`
    case 'frozenset':
      return `f(${[...new Set(v.items.map((item) => quoted(identity(item))))].sort().join('')})`
    case 'bytes':
      return `b${v.hex}`
    case 'range':
      return `r${rangeKey(v.parts)}`
    default:
      throw new Garbage(`${v.kind} cannot be a key`)
  }
}

/** Of what equals nothing, not even itself. */
const unlike = () => `nan${Math.random()}`

/** With its length before it, so that neighbours cannot run into each other. */
const quoted = (text: string) => `${text.length}:${text}`

/** Shared by numbers that are equal in exact arithmetic, whatever their types. Hexadecimal, as decimal takes quadratic time. */
function numberKey(v: Numeric): string {
  if (typeof v === 'number' && !Number.isInteger(v)) return `n${v}`
  if (typeof v !== 'object') return `n${BigInt(v).toString(16)}`
  const divisor = gcd(v.top < 0n ? -v.top : v.top, v.bottom)
  const [top, bottom] = [v.top / divisor, v.bottom / divisor]
  if (bottom === 1n) return `n${top.toString(16)}`
  const float = isDyadic(bottom) ? scaled(Number(top), bottom.toString(2).length - 1) : Number.NaN
  return exactly(float, top, bottom) ? `n${float}` : `n${top}/${bottom}`
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** `x / 2**power`, where that power of two alone may be no double. */
const scaled = (x: number, power: number) => x / 2 ** Math.min(power, 1000) / 2 ** Math.max(0, power - 1000)

const isDyadic = (n: bigint) => (n & (n - 1n)) === 0n

/** Whether a double is exactly `top / bottom`: scaled by powers of two, which lose nothing, until it is whole. */
function exactly(float: number, top: bigint, bottom: bigint): boolean {
  let [x, scale] = [float, 1n]
  while (Number.isFinite(x) && !Number.isInteger(x)) {
    x *= 2
    scale *= 2n
  }
  return Number.isFinite(x) && BigInt(x) * bottom === top * scale
}

/** Ranges are equal where they hold the same numbers. */
function rangeKey([start, stop, step]: readonly [bigint, bigint, bigint]): string {
  const span = step > 0n ? stop - start + step - 1n : start - stop - step - 1n
  const length = step === 0n ? 0n : span / (step > 0n ? step : -step)
  if (length <= 0n) return '0'
  return length === 1n ? `1 ${start}` : `${length} ${start} ${step}`
}

/**
 * Whether two printed texts are the same but for white space at the ends of lines and blank lines at the end. With a
 * tolerance, words that are both numbers are compared as floats.
 */
export function sameOutput(got: string, expected: string, tolerance?: number): boolean {
  const [a, b] = [printedLines(got), printedLines(expected)]
  if (a.length !== b.length) return false
  return a.every((line, i) => line === b[i] || (tolerance !== undefined && sameWords(line, b[i]!, tolerance)))
}

function sameWords(a: string, b: string, tolerance: number): boolean {
  const [x, y] = [a.trim().split(/\s+/), b.trim().split(/\s+/)]
  return x.length === y.length && x.every((word, i) => word === y[i] || sameWord(word, y[i]!, tolerance))
}

/** The point keeps the digits before it from those after it: together they would be tried in every way. */
const plainNumber = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

const sameWord = (a: string, b: string, tolerance: number) =>
  plainNumber.test(a) && plainNumber.test(b) && sameNumber(Number(a), Number(b), tolerance)

function printedLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  return lines
}
