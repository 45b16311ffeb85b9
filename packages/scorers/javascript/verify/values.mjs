// Values as they cross between the tests and the answer. Plain data crosses as itself; all else stays where it is, and a reference crosses.
//
// JSON stands for null, booleans, strings, ordinary numbers, arrays and objects with ordinary keys. Everything else is an object with one key
// that names the type: {"$undefined": 1}, {"$number": "NaN"}, {"$map": […]}, {"$ref": {…}}.
import { types } from 'node:util'

const maxDepth = 80
const maxNodes = 100_000

/** @param refer gives the reference of what is no plain data, as JSON */
export function encode(value, refer) {
  let nodes = 0
  const walk = (x, depth) => {
    if (++nodes > maxNodes || depth > maxDepth) throw new RangeError('too many values, or nested too deep')
    const all = (xs) => Array.from(xs, (y) => walk(y, depth + 1))
    if (x === null || typeof x === 'boolean' || typeof x === 'string') return x
    if (x === undefined) return { $undefined: 1 }
    if (typeof x === 'number')
      return Number.isFinite(x) && !Object.is(x, -0) ? x : { $number: Object.is(x, -0) ? '-0' : String(x) }
    if (typeof x === 'bigint') return { $bigint: String(x) }
    if (typeof x === 'function' || typeof x === 'symbol' || types.isProxy(x)) return { $ref: refer(x) }
    const proto = Object.getPrototypeOf(x)
    if (Array.isArray(x) && proto === Array.prototype)
      return Object.keys(x).length === x.length ? all(x) : { $ref: refer(x) }
    if (proto === Map.prototype) return { $map: all([...x].map(([key, item]) => [key, item])) }
    if (proto === Set.prototype) return { $set: all([...x]) }
    if (proto === Date.prototype) return { $date: Number.isNaN(Number(x)) ? null : Number(x) }
    if (proto === RegExp.prototype) return { $regexp: [x.source, x.flags] }
    if (types.isTypedArray(x) && typed[proto.constructor.name])
      return {
        $bytes: [
          proto.constructor.name,
          Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString('base64'),
        ],
      }
    if (proto !== Object.prototype && proto !== null) return { $ref: refer(x) }
    const entries = Object.entries(x)
    if (Object.getOwnPropertySymbols(x).length > 0) return { $ref: refer(x) }
    if (proto === null || entries.some(([key]) => key.startsWith('$') || key === '__proto__'))
      return { $object: [proto === null, entries.map(([key, item]) => [key, walk(item, depth + 1)])] }
    return Object.fromEntries(entries.map(([key, item]) => [key, walk(item, depth + 1)]))
  }
  return walk(value, 0)
}

const typed = {
  Buffer: (bytes) => bytes,
  ...Object.fromEntries(
    [
      Uint8Array,
      Int8Array,
      Uint8ClampedArray,
      Uint16Array,
      Int16Array,
      Uint32Array,
      Int32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    ].map((kind) => [kind.name, (bytes) => new kind(Uint8Array.from(bytes).buffer)]),
  ),
}

/**
 * The value that `encode` was given. Makes plain data, and what `resolve` makes of references; throws for anything else.
 * @param allows whether an object may have a key; one that it may not have is left out
 */
export function decode(data, resolve, allows = () => true) {
  const again = (x) => decode(x, resolve, allows)
  const build = (target, pairs) => {
    for (const [key, item] of pairs) {
      if (!allows(key)) continue
      // Defined and never assigned: a key may be `__proto__`.
      Object.defineProperty(target, key, {
        value: again(item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return target
  }
  if (Array.isArray(data)) return data.map(again)
  if (typeof data !== 'object' || data === null) return data
  const entries = Object.entries(data)
  const [tag, x] = entries[0] ?? []
  if (entries.length !== 1 || !tag.startsWith('$')) return build({}, entries)
  if (tag === '$undefined') return undefined
  if (tag === '$number') return Number(x)
  if (tag === '$bigint') return BigInt(x)
  if (tag === '$map') return new Map(again(x))
  if (tag === '$set') return new Set(again(x))
  if (tag === '$date') return new Date(x ?? Number.NaN)
  if (tag === '$regexp') return new RegExp(String(x[0]), String(x[1]))
  if (tag === '$bytes' && Object.hasOwn(typed, x[0])) return typed[x[0]](Buffer.from(String(x[1]), 'base64'))
  if (tag === '$object') return build(x[0] ? Object.create(null) : {}, x[1])
  if (tag === '$ref') return resolve(x)
  throw new TypeError(`unknown tag ${tag}`)
}
