/**
 * How EvalPlus compares what a candidate returned with what the reference did: `unsafe_execute` of `evalplus/eval/__init__.py` and
 * `evalplus/eval/_special_oracle.py`, version 0.3.1, https://github.com/evalplus/evalplus. It is told by the entry point which oracle holds.
 */
import type { ReferenceCode } from '@bench/datasets'
import { Garbage, type Value } from './codec.js'
import { equal } from './compare.js'
import { power } from './power.js'

/** Tasks whose answers are compared as sets. */
const asSets = new Set([
  'similar_elements',
  'find_char_long',
  'common_in_nested_lists',
  'extract_singly',
  'larg_nnum',
  'intersection_array',
  'find_dissimilar',
  'Diff',
])

/** Whether anything that a set can be made of, an iterator too, is an answer. */
export const comparesSets = ({ oracle, entryPoint }: ReferenceCode): boolean =>
  oracle === 'mbpp' && asSets.has(entryPoint)

/** Tasks whose answers only have to be something or None, as the reference's is. */
const notNone = new Set(['check_str', 'text_match_three', 'text_starta_endb'])

/** Compares answers in the order of the inputs: once a float was expected, the tolerance that it brings holds for all that follow. */
export class Oracle {
  readonly #spec: ReferenceCode
  #tolerance: number

  constructor(spec: ReferenceCode) {
    this.#spec = spec
    this.#tolerance = spec.tolerance
  }

  /**
   * Whether two equal texts of values need no further look: they are then equal as values too, but for the few that equal nothing, and
   * leave the tolerance as it is.
   */
  plain(text: string): boolean {
    return this.#spec.entryPoint !== 'find_zero' && !/nan|\$object|\$iterator|\$view|\$float/.test(text)
  }

  right(out: Value, expected: Value, input: Value): boolean {
    try {
      return this.#right(out, expected, listOf(input))
    } catch (error) {
      // What Python would raise for: a set of lists, the difference of texts.
      if (error instanceof Garbage) return false
      throw error
    }
  }

  #right(out: Value, expected: Value, args: readonly Value[]): boolean {
    const { oracle, entryPoint } = this.#spec
    if (oracle === 'humaneval' && entryPoint === 'find_zero')
      return Math.abs(polynomial(listOf(args[0]!), realOf(out))) <= this.#tolerance
    const exact = oracle === 'mbpp' ? this.#ofMbpp(out, expected, args) : equal(out, expected)
    if (this.#tolerance === 0 && isFloats(expected)) this.#tolerance = 1e-6
    return (
      exact || (this.#tolerance !== 0 && sameType(out, expected) && allClose(out, expected, this.#tolerance))
    )
  }

  #ofMbpp(out: Value, expected: Value, args: readonly Value[]): boolean {
    const name = this.#spec.entryPoint
    if (notNone.has(name))
      return typeof out === 'boolean' ? out === (expected !== null) : (out !== null) === (expected !== null)
    if (asSets.has(name)) return equal(setOf(out), setOf(expected))
    if (name === 'are_equivalent' || equal(out, expected)) return true
    if (name === 'sum_div') return equal(out, 0n)
    if (name === 'surface_Area')
      return Math.abs(realOf(out) - surfaceArea(numberOf(args[0]!), numberOf(args[1]!))) <= this.#tolerance
    return name === 'digit_distance_nums' && equal(out, digitDistance(args[0]!, args[1]!))
  }
}

const polynomial = (coefficients: readonly Value[], x: number) =>
  coefficients.reduce((sum: number, c, i) => sum + numberOf(c) * power(x, i), 0)

/** Mbpp/581, where the height may be the pyramid's own. */
function surfaceArea(edge: number, height: number): number {
  const area = edge ** 2 + (4 * (edge * Math.sqrt((edge / 2) ** 2 + height ** 2))) / 2
  const down = Math.floor(area)
  // Python rounds a half to the even neighbour.
  return area - down === 0.5 ? down + (down % 2) : Math.round(area)
}

/** Mbpp/558, where the shorter number may be filled with zeros. */
function digitDistance(a: Value, b: Value): bigint {
  const [x, y] = [String(a), String(b)]
  const length = Math.max(x.length, y.length)
  const digits = (text: string) => [...text.padStart(length, '0')].map(digitOf)
  const other = digits(y)
  return digits(x).reduce((sum, digit, i) => sum + BigInt(Math.abs(digit - other[i]!)), 0n)
}

function digitOf(text: string): number {
  if (!/^\d$/.test(text)) throw new Garbage('not a digit')
  return Number(text)
}

function listOf(v: Value): readonly Value[] {
  if (typeof v === 'object' && v !== null && (v.kind === 'list' || v.kind === 'tuple')) return v.items
  throw new Garbage('not a list')
}

/** What Python's `set` makes of it. */
function setOf(v: Value): Value {
  if (typeof v === 'string') return { kind: 'set', items: [...v] }
  if (typeof v === 'object' && v !== null) {
    if ('items' in v) return { kind: 'set', items: v.items }
    if (v.kind === 'dict') return { kind: 'set', items: v.pairs.map(([key]) => key) }
  }
  throw new Garbage('not iterable')
}

function isFloats(v: Value): boolean {
  if (typeof v === 'number') return true
  if (typeof v !== 'object' || v === null || !(v.kind === 'list' || v.kind === 'tuple')) return false
  return v.items.length > 0 && v.items.every((item) => typeof item === 'number')
}

/** `type(out) == type(expected)`, and as many items where it is a sequence. */
function sameType(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return typeof a === typeof b && a !== null
  if (a.kind !== b.kind) return false
  return !('items' in a && 'items' in b) || a.items.length === b.items.length
}

/** An array as numpy would make it. */
interface Grid {
  readonly shape: readonly number[]
  readonly flat: readonly number[]
}

/** `numpy.allclose(out, expected, rtol=1e-07, atol)`; false where numpy would raise. */
function allClose(out: Value, expected: Value, atol: number): boolean {
  const [a, b] = [gridOf(out), gridOf(expected)]
  const shape = broadcast(a.shape, b.shape)
  const size = shape.reduce((product, n) => product * n, 1)
  for (let i = 0; i < size; i++)
    if (!isClose(a.flat[place(i, shape, a.shape)]!, b.flat[place(i, shape, b.shape)]!, atol)) return false
  return true
}

const isClose = (a: number, b: number, atol: number) =>
  a === b || (Number.isFinite(b) && Math.abs(a - b) <= atol + 1e-7 * Math.abs(b))

function gridOf(v: Value): Grid {
  if (typeof v === 'object' && v !== null && (v.kind === 'list' || v.kind === 'tuple')) {
    const rows = v.items.map(gridOf)
    const inner = rows[0]?.shape ?? []
    if (rows.some(({ shape }) => String(shape) !== String(inner))) throw new Garbage('a ragged array')
    return { shape: [rows.length, ...inner], flat: rows.flatMap(({ flat }) => flat) }
  }
  return { shape: [], flat: [numberOf(v)] }
}

/** A number that Python reckons with, of whatever type: fractions and decimals too. */
const realOf = (v: Value) =>
  typeof v === 'object' && v !== null && v.kind === 'rational'
    ? Number(v.top) / Number(v.bottom)
    : typeof v === 'bigint'
      ? Number(v)
      : numberOf(v)

/** A number that fits into numpy's own types. */
function numberOf(v: Value): number {
  const fits = typeof v === 'bigint' && v >= -(1n << 63n) && v < 1n << 64n
  if (typeof v === 'number' || typeof v === 'boolean' || fits) return Number(v)
  throw new Garbage('not a number')
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1]
    if (x !== y && x !== 1 && y !== 1) throw new Garbage('shapes that do not fit')
    return x === 1 ? y : x
  })
}

/** Where the i-th item of a broadcast shape lies in an array of its own shape. */
function place(i: number, shape: readonly number[], own: readonly number[]): number {
  let [rest, at, stride] = [i, 0, 1]
  for (let axis = 1; axis <= own.length; axis++) {
    const [size, length] = [shape[shape.length - axis]!, own[own.length - axis]!]
    if (length !== 1) at += (rest % size) * stride
    rest = Math.floor(rest / size)
    stride *= length
  }
  return at
}
