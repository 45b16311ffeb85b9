/**
 * LiveCodeBench's own comparison, as its harness has it (`lcb_runner/evaluation/testing_util.py`): printed lines are equal when
 * stripped, or word by word as decimals of any precision; of a returned value only the outermost tuple counts as a list.
 */
import { digit, strip, white } from '../ifeval/python-text.js'
import { decode, Garbage, type Value } from './codec.js'
import { equal } from './compare.js'

export const sameValue = (got: Value, expected: Value): boolean =>
  equal(isTuple(got) ? { kind: 'list', items: got.items } : got, expected)

const isTuple = (v: Value): v is { kind: 'tuple'; items: readonly Value[] } =>
  typeof v === 'object' && v !== null && v.kind === 'tuple'

export function samePrint(got: string, expected: string): boolean {
  const [a, b] = [strippedLines(got), strippedLines(expected)]
  return a.length === b.length && a.every((line, i) => line === b[i] || sameDecimals(line, b[i]!))
}

const gaps = new RegExp(`[${white}]+`)

const strippedLines = (text: string) => strip(text).split('\n').map(strip)

function sameDecimals(a: string, b: string): boolean {
  const [x, y] = [a.split(gaps), b.split(gaps)]
  return x.length === y.length && x.every((word, i) => sameDecimal(word, y[i]!))
}

function sameDecimal(a: string, b: string): boolean {
  const [x, y] = [decimalOf(a), decimalOf(b)]
  if (x === undefined || y === undefined) return false
  if (typeof x === 'string' || typeof y === 'string') return x === y
  return equal(x, y)
}

/** As Python's `Decimal` reads it; an infinity by its sign. */
function decimalOf(word: string): Value | undefined {
  const infinity = /^([-+]?)inf(?:inity)?$/i.exec(word)
  if (infinity) return infinity[1] === '-' ? '-inf' : 'inf'
  const plain = word.replace(/\p{Nd}/gu, digit)
  if (!/^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?$/i.test(plain)) return undefined
  try {
    return decode({ $Decimal: plain.replaceAll('_', '').replace('e', 'E') }, 'trusted')
  } catch (error) {
    if (error instanceof Garbage) return undefined
    throw error
  }
}
