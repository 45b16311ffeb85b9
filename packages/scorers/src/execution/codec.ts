/**
 * Python values as they come out of a box; `python/wire.py` is the other end. What is decoded is data only and capped
 * beforehand, so that no answer can exhaust the host.
 */
export type Value =
  | null
  | boolean
  /** int */
  | bigint
  /** float */
  | number
  | string
  | { readonly kind: 'list' | 'tuple' | 'set' | 'frozenset' | 'deque'; readonly items: readonly Value[] }
  /** A JSON array that a dataset wrote: a list or a tuple. */
  | { readonly kind: 'array'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly pairs: readonly (readonly [Value, Value])[] }
  /** A JSON object that a dataset wrote: a dict whose keys are these texts, or integers written so. */
  | { readonly kind: 'object'; readonly pairs: readonly (readonly [string, Value])[] }
  | { readonly kind: 'bytes'; readonly hex: string }
  | { readonly kind: 'complex'; readonly re: number; readonly im: number }
  | { readonly kind: 'range'; readonly parts: readonly [bigint, bigint, bigint] }
  /** Fraction, and Decimal that is finite: `top / bottom`, bottom above 0. */
  | { readonly kind: 'rational'; readonly top: bigint; readonly bottom: bigint }
  /** Equal to nothing: what is no data, and what would take too long to reckon with. */
  | { readonly kind: 'other'; readonly text: string }

export const caps = { depth: 100, nodes: 100_000, bytes: 8 << 20 } as const

/** Bytes that are no value of ours: too many, too deep, or not in the format. */
export class Garbage extends Error {
  override readonly name = 'Garbage'
}

/**
 * JSON from a box, parsed within the caps.
 * @throws Garbage
 */
export function parse(bytes: Uint8Array): unknown {
  if (bytes.length > caps.bytes) throw new Garbage(`over ${caps.bytes} bytes`)
  let depth = 0
  let nodes = 1
  let quoted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === backslash && quoted) i++
    else if (byte === quote) quoted = !quoted
    else if (quoted) continue
    else if (byte === comma) nodes++
    else if (byte === brackets[0] || byte === brackets[1]) {
      nodes++
      // A tag and its list are two levels of JSON and one of Python; the rest is slack for the message around.
      if (++depth > caps.depth * 3) throw new Garbage(`nested deeper than ${caps.depth}`)
    } else if (byte === brackets[2] || byte === brackets[3]) depth--
    if (nodes > caps.nodes * 5) throw new Garbage(`more than ${caps.nodes} values`)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Garbage('not JSON')
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const brackets = [0x5b, 0x7b, 0x5d, 0x7d] as const

/**
 * A value from the wire, or as a dataset writes it, where plain arrays and objects are looser (see {@link Value}), or as a trusted
 * process wrote it: exact, and of any size.
 * @throws Garbage for what is not in the format
 */
export function decode(data: unknown, from: 'wire' | 'dataset' | 'trusted'): Value {
  let nodes = 0
  const walk = (x: unknown, depth: number): Value => {
    if (++nodes > caps.nodes && from === 'wire') throw new Garbage(`more than ${caps.nodes} values`)
    if (depth > caps.depth) throw new Garbage(`nested deeper than ${caps.depth}`)
    if (x === null || typeof x === 'boolean' || typeof x === 'string') return x
    if (typeof x === 'number') return Number.isInteger(x) ? BigInt(x) : x
    const all = (xs: unknown) => list(xs).map((y) => walk(y, depth + 1))
    if (Array.isArray(x)) return { kind: from === 'dataset' ? 'array' : 'list', items: all(x) }
    if (typeof x !== 'object') throw new Garbage('not JSON')
    const entries = Object.entries(x)
    const [tag, content] = entries[0] ?? []
    if (entries.length === 1 && tag?.startsWith('$')) {
      const read = tags[tag]
      if (read) return read(content, all)
      throw new Garbage(`unknown tag ${tag.slice(0, 40)}`)
    }
    const pairs = entries.map(([key, y]) => [key, walk(y, depth + 1)] as const)
    return from === 'dataset' ? { kind: 'object', pairs } : { kind: 'dict', pairs }
  }
  return walk(data, 0)
}

type All = (xs: unknown) => Value[]

const pairsOf = (content: unknown, all: All): Value => ({
  kind: 'dict',
  pairs: list(content)
    .map((pair) => all(pair))
    .map(([key, value]) => [must(key), must(value)] as const),
})

/** `$list` serves datasets that mean a list and no tuple. */
const tags: Readonly<Record<string, (content: unknown, all: All) => Value>> = Object.assign(
  Object.create(null),
  {
    $int: (x: unknown) => integer(x),
    $float: (x: unknown) => float(x),
    $list: (x, all) => ({ kind: 'list', items: all(x) }),
    $tuple: (x, all) => ({ kind: 'tuple', items: all(x) }),
    $namedtuple: (x, all) => ({ kind: 'tuple', items: all(list(x)[2]) }),
    $set: (x, all) => ({ kind: 'set', items: all(x) }),
    $frozenset: (x, all) => ({ kind: 'frozenset', items: all(x) }),
    $deque: (x, all) => ({ kind: 'deque', items: all(list(x)[0]) }),
    $dict: pairsOf,
    $OrderedDict: pairsOf,
    $Counter: pairsOf,
    $bytes: (x) => ({ kind: 'bytes', hex: match(x, /^(?:[0-9a-f]{2})*$/)[0] }),
    $bytearray: (x) => ({ kind: 'bytes', hex: match(x, /^(?:[0-9a-f]{2})*$/)[0] }),
    $complex: (x) => ({ kind: 'complex', re: float(list(x)[0]), im: float(list(x)[1]) }),
    $range: (x, all) => {
      const [start, stop, step] = all(x).map(whole)
      if (start === undefined || stop === undefined || step === undefined) throw new Garbage('not a range')
      if (![start, stop, step].every(isModest)) return { kind: 'other', text: 'range of huge integers' }
      return { kind: 'range', parts: [start, stop, step] }
    },
    $Fraction: (x, all) => {
      const [top, bottom] = all(x).map(whole)
      if (top === undefined || bottom === undefined || bottom <= 0n) throw new Garbage('not a fraction')
      if (!isModest(top) || !isModest(bottom)) return { kind: 'other', text: 'fraction of huge integers' }
      return { kind: 'rational', top, bottom }
    },
    $Decimal: (x) => decimal(x),
    // What stays in the process it came from, or was told before.
    $view: (x, all) => {
      const [kind, items] = list(x)
      return kind === 'dict_keys'
        ? { kind: 'set', items: all(items) }
        : { kind: 'other', text: text(kind).slice(0, 40) }
    },
    $iterator: () => ({ kind: 'other', text: 'an iterator' }),
    $object: () => ({ kind: 'other', text: 'an object' }),
    $ref: () => ({ kind: 'other', text: '(the same object again)' }),
    // JavaScript's own. Of what holds fields by name the class counts for nothing, as in JSON.
    $undefined: () => ({ kind: 'other', text: 'undefined' }),
    $map: pairsOf,
    $bare: pairsOf,
    $instance: (x, all) => pairsOf(list(x)[1], all),
    $typed: (x) => ({ kind: 'bytes', hex: match(list(x)[1], /^(?:[0-9a-f]{2})*$/)[0] }),
    $array: () => ({ kind: 'other', text: 'an array with holes or fields' }),
    $boxed: () => ({ kind: 'other', text: 'a boxed value' }),
    $date: () => ({ kind: 'other', text: 'a Date' }),
    $error: (x) => ({ kind: 'other', text: list(x).slice(0, 2).map(text).join(': ').slice(0, 500) }),
    $regexp: (x) => ({ kind: 'other', text: list(x).slice(0, 2).map(text).join('/').slice(0, 500) }),
    // Of a value too large to be told.
    $digest: () => ({ kind: 'other', text: 'a large value' }),
  } satisfies Record<string, (content: unknown, all: All) => Value>,
)

/** Dividing larger ones, again and again, would take long: up to about 1,000 decimal digits. */
const isModest = (n: bigint) => n < modest && -n < modest

const modest = 1n << 3400n

function list(x: unknown): readonly unknown[] {
  if (!Array.isArray(x)) throw new Garbage('a list was due')
  return x
}

/** `String` asks an object for its `toString`, which a box may have put there as a number. */
function text(x: unknown): string {
  if (typeof x !== 'string') throw new Garbage('a text was due')
  return x
}

function must(value: Value | undefined): Value {
  if (value === undefined) throw new Garbage('a value was due')
  return value
}

function whole(value: Value): bigint {
  if (typeof value !== 'bigint') throw new Garbage('an integer was due')
  return value
}

function match(x: unknown, pattern: RegExp): RegExpExecArray {
  const found = typeof x === 'string' ? pattern.exec(x) : null
  if (!found) throw new Garbage('a text of another form was due')
  return found
}

/** Hexadecimal of any size; decimal, which takes quadratic time to read, up to 10,000 digits. */
function integer(x: unknown): bigint {
  const [, sign, digits] = match(x, /^(-?)(0x[0-9a-f]+|\d{1,10000})$/)
  return sign ? -BigInt(digits!) : BigInt(digits!)
}

function float(x: unknown): number {
  const [text] = match(x, /^-?(?:inf|nan|\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/)
  return Number(text.replace('inf', 'Infinity').replace(/-?nan/, 'NaN'))
}

function decimal(x: unknown): Value {
  const [written] = match(x, /^[-+]?[\w.+-]{1,10000}$/)
  // They are equal to those of float, or to nothing.
  if (written === 'Infinity' || written === '-Infinity' || written === 'NaN') return Number(written)
  const parts = /^([-+]?)(\d*)(?:\.(\d*))?(?:E([-+]?\d{1,3}))?$/.exec(written)
  const length = parts ? parts[2]!.length + (parts[3]?.length ?? 0) : 0
  if (!parts || length === 0 || length > 1000) return { kind: 'other', text: written }
  const [, sign, before, after = '', exponent = '0'] = parts
  const digits = BigInt(`${sign === '-' ? '-' : ''}${before}${after}`)
  const power = Number(exponent) - after.length
  return power >= 0
    ? { kind: 'rational', top: digits * 10n ** BigInt(power), bottom: 1n }
    : { kind: 'rational', top: digits, bottom: 10n ** BigInt(-power) }
}
