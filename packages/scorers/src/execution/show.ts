import type { Value } from './codec.js'

/** A value as Python would write it, for people; cut off after some 2,000 characters. */
export function show(value: Value): string {
  let room = 2000
  const write = (v: Value): string => {
    if (room <= 0) return '…'
    const text = one(v, write)
    if (typeof v !== 'object' || v === null) room -= text.length
    return text
  }
  const text = write(value)
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text
}

function one(v: Value, write: (v: Value) => string): string {
  if (v === null) return 'None'
  if (typeof v === 'boolean') return v ? 'True' : 'False'
  if (typeof v === 'string') return quote(v.length > 2000 ? `${v.slice(0, 2000)}…` : v)
  if (typeof v === 'bigint') return hugeOr(v)
  if (typeof v === 'number') return Number.isInteger(v) && Math.abs(v) < 1e16 ? `${v}.0` : floatText(v)
  switch (v.kind) {
    case 'list':
    case 'array':
      return `[${items(v.items, write)}]`
    case 'tuple':
      return `(${items(v.items, write)}${v.items.length === 1 ? ',' : ''})`
    case 'set':
      return v.items.length === 0 ? 'set()' : `{${items(v.items, write)}}`
    case 'frozenset':
    case 'deque':
      return `${v.kind}([${items(v.items, write)}])`
    case 'dict':
    case 'object':
      return `{${firstOf<readonly [Value, Value]>(v.pairs, ([key, item]) => `${write(key)}: ${write(item)}`)}}`
    case 'bytes':
      return `bytes.fromhex('${v.hex.slice(0, 2000)}')`
    case 'complex':
      return `complex(${floatText(v.re)}, ${floatText(v.im)})`
    case 'range':
      return `range(${v.parts.map(hugeOr).join(', ')})`
    case 'rational':
      return `${hugeOr(v.top)}/${hugeOr(v.bottom)}`
    default:
      return v.text.slice(0, 2000)
  }
}

const items = (values: readonly Value[], write: (v: Value) => string) => firstOf(values, write)

/** No more are written than could ever be shown. */
function firstOf<T>(values: readonly T[], write: (v: T) => string): string {
  const shown = values.slice(0, 500).map(write).join(', ')
  return values.length > 500 ? `${shown}, …` : shown
}

const floatText = (v: number) =>
  Number.isNaN(v) ? 'nan' : Number.isFinite(v) ? String(v) : v > 0 ? 'inf' : '-inf'

/** Decimal digits of a huge integer take quadratic time: its size says enough. */
function hugeOr(v: bigint): string {
  const digits = v.toString(16).length
  return digits > 1000 ? `<integer of ${digits * 4} bits>` : String(v)
}

const quote = (text: string) =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
