/**
 * Values of JavaScript as text, to cross between the processes of a box and to the host. `decode.cjs` reads it here, and
 * `src/execution/codec.ts` there.
 *
 * A value is JSON. null, booleans, strings, finite numbers but -0, dense arrays and plain objects stand for themselves; everything
 * else is an object with one key that names its type: {"$map": [[key, value], …]}. Objects are numbered in the order in which they are
 * met, by both sides; one that was met before is {"$ref": n}.
 *
 * A value is read once, as data: its getters and traps run then and never again.
 */
'use strict'
const { types } = require('node:util')
const { bare, getters, methods, push } = require('./natives.cjs')

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, get: read } = Reflect
const { is, prototype: objectPrototype } = Object
const { isArray, prototype: arrayPrototype } = Array
const { isBuffer } = Buffer
const quote = JSON.stringify
const [mapEach, mapGet, mapSet, mapDelete] = methods(Map.prototype, 'forEach', 'get', 'set', 'delete')
const [mapSize] = getters(Map.prototype, 'size')
const [setEach] = methods(Set.prototype, 'forEach')
const [startsWith, slice] = methods(String.prototype, 'startsWith', 'slice')
const [getTime] = methods(Date.prototype, 'getTime')
const [sourceOf, flagsOf] = getters(RegExp.prototype, 'source', 'flags')
const [bigText] = methods(BigInt.prototype, 'toString')
const [join] = methods(arrayPrototype, 'join')
const [viewName, viewBuffer, viewOffset, viewLength] = getters(
  getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
  'buffer',
  'byteOffset',
  'byteLength',
)
const [bufferLength] = getters(ArrayBuffer.prototype, 'byteLength')
const bytesOf = bare(Buffer.from)
const [hexOf] = methods(Buffer.prototype, 'hexSlice')
const unboxed = [Number, String, Boolean, BigInt].map(({ prototype }) => bare(prototype.valueOf))
const { Map: NewMap, Error: NewError } = globalThis

const MAX_DEPTH = 90
const MAX_NODES = 100_000
const MAX_BYTES = 8 << 20

/** A value that is not plain data. */
class Unsupported extends NewError {}
/** Too much of it. */
class TooLarge extends Unsupported {}

/** Numbers of objects, none yet. */
const numbering = () => new NewMap()

/**
 * A value as JSON text.
 * @param known objects that both sides have already, by number; those of the value are added
 */
const encode = (value, known = numbering()) => writer(known)(value, 0)

/** A value as JSON text that refers to nothing: an object that is met twice is told twice, and none may hold itself. */
const encodeTree = (value) => writer(undefined)(value, 0)

/** What an object that has a number holds now; `refill` puts it back. */
const encodeContents = (object, known) => contents(object, writer(known), 0)

function writer(known) {
  let nodes = 0
  let size = 0
  const write = (x, depth) => {
    if (++nodes > MAX_NODES) throw new TooLarge('too many values')
    if (depth > MAX_DEPTH) throw new TooLarge('nested too deep')
    if (typeof x === 'object' && x !== null) return object(x, depth)
    const text = scalar(x)
    size += text.length
    if (size > MAX_BYTES) throw new TooLarge(`over ${MAX_BYTES >> 20} MiB`)
    return text
  }
  const above = known ?? numbering()
  const object = (x, depth) => {
    const number = mapGet(above, x)
    if (number !== undefined && known === undefined) throw new Unsupported('object that holds itself')
    if (number !== undefined) return `{"$ref":${number}}`
    mapSet(above, x, mapSize(above))
    const text = contents(x, write, depth)
    if (known === undefined) mapDelete(above, x)
    return text
  }
  return write
}

function scalar(x) {
  switch (typeof x) {
    case 'string':
      if (x.length > MAX_BYTES) throw new TooLarge(`over ${MAX_BYTES >> 20} MiB`)
      return quote(x)
    case 'number':
      if (is(x, -0)) return '{"$float":"-0.0"}'
      if (is(x, Number.NaN)) return '{"$float":"nan"}'
      return x - x === 0 ? `${x}` : `{"$float":"${x > 0 ? 'inf' : '-inf'}"}`
    case 'bigint':
      return `{"$int":"${x < 0n ? '-' : ''}0x${bigText(x < 0n ? -x : x, 16)}"}`
    case 'undefined':
      return '{"$undefined":0}'
    case 'object':
    case 'boolean':
      return `${x}`
    default:
      throw new Unsupported(typeof x)
  }
}

function contents(x, write, depth) {
  const all = (...items) => list(items, items.length, write, depth)
  const pairs = (flat) => listOfPairs(flat, write, depth)
  if (isArray(x)) return array(x, write, depth)
  if (types.isMap(x)) return `{"$map":${pairs(entriesOf(x))}}`
  if (types.isSet(x)) {
    const items = itemsOf(x)
    return `{"$set":${list(items, items.length, write, depth)}}`
  }
  if (types.isDate(x)) return `{"$date":${write(getTime(x), depth + 1)}}`
  if (types.isRegExp(x)) return `{"$regexp":${all(sourceOf(x), flagsOf(x), x.lastIndex)}}`
  if (isBytes(x)) return `{"$typed":${all(kindOf(x), hex(x))}}`
  if (types.isBoxedPrimitive(x)) return `{"$boxed":${write(primitive(x), depth + 1)}}`
  if (
    types.isPromise(x) ||
    types.isWeakMap(x) ||
    types.isWeakSet(x) ||
    types.isDataView(x) ||
    types.isExternal(x)
  )
    throw new Unsupported(classOf(x))
  const fields = fieldsOf(x)
  if (types.isNativeError(x))
    return `{"$error":[${quote(`${x.name}`)},${quote(`${x.message}`)},${pairs(fields)}]}`
  const prototype = getPrototypeOf(x)
  if (prototype === null) return `{"$bare":${pairs(fields)}}`
  if (prototype !== objectPrototype) return `{"$instance":[${quote(classOf(x))},${pairs(fields)}]}`
  return plain(fields, write, depth) ?? `{"$dict":${pairs(fields)}}`
}

function list(items, length, write, depth) {
  const texts = []
  for (let i = 0; i < length; i++) push(texts, write(items[i], depth + 1))
  return `[${join(texts, ',')}]`
}

function listOfPairs(flat, write, depth) {
  const texts = []
  for (let i = 0; i < flat.length; i += 2)
    push(texts, `[${write(flat[i], depth + 1)},${write(flat[i + 1], depth + 1)}]`)
  return `[${join(texts, ',')}]`
}

/** A plain object as JSON has it; undefined where a key would be mistaken for a tag. */
function plain(fields, write, depth) {
  for (let i = 0; i < fields.length; i += 2)
    if (fields[i] === '__proto__' || startsWith(fields[i], '$')) return undefined
  const texts = []
  for (let i = 0; i < fields.length; i += 2)
    push(texts, `${quote(fields[i])}:${write(fields[i + 1], depth + 1)}`)
  return `{${join(texts, ',')}}`
}

function array(x, write, depth) {
  const length = x.length
  if (length > MAX_NODES) throw new TooLarge('too many values')
  const keys = ownKeys(x)
  const own = getPrototypeOf(x) === arrayPrototype
  const dense = keys.length === length + 1 && (length === 0 || keys[length - 1] === `${length - 1}`)
  if (own && dense) return list(x, length, write, depth)
  return `{"$array":[${length},${own ? 'null' : quote(classOf(x))},${listOfPairs(fieldsOf(x), write, depth)}]}`
}

/** Own enumerable fields: key, value, key, value. */
function fieldsOf(x) {
  const keys = ownKeys(x)
  const pairs = []
  if (keys.length > MAX_NODES) throw new TooLarge('too many values')
  for (let i = 0; i < keys.length; i++) {
    const descriptor = getOwnPropertyDescriptor(x, keys[i])
    if (descriptor === undefined || !descriptor.enumerable) continue
    if (typeof keys[i] === 'symbol') throw new Unsupported('field named by a symbol')
    push(pairs, keys[i])
    push(pairs, read(x, keys[i]))
  }
  return pairs
}

function entriesOf(map) {
  const flat = []
  mapEach(map, (value, key) => {
    push(flat, key)
    push(flat, value)
  })
  return flat
}

function itemsOf(set) {
  const items = []
  setEach(set, (item) => push(items, item))
  return items
}

const isBytes = (x) => types.isTypedArray(x) || types.isAnyArrayBuffer(x)

function hex(x) {
  const view = types.isTypedArray(x)
  const length = view ? viewLength(x) : bufferLength(x)
  if (length > MAX_BYTES / 2) throw new TooLarge(`over ${MAX_BYTES >> 20} MiB`)
  return hexOf(view ? bytesOf(Buffer, viewBuffer(x), viewOffset(x), length) : bytesOf(Buffer, x))
}

function kindOf(x) {
  if (!types.isTypedArray(x)) return 'ArrayBuffer'
  return isBuffer(x) ? 'Buffer' : viewName(x)
}

function primitive(x) {
  for (let i = 0; i < unboxed.length; i++) {
    try {
      return unboxed[i](x)
    } catch {}
  }
  throw new Unsupported('symbol')
}

/** The name of an object's class, as its prototype has it. */
function classOf(x) {
  const prototype = getPrototypeOf(x)
  const maker = prototype && getOwnPropertyDescriptor(prototype, 'constructor')
  const name = typeof maker?.value === 'function' ? getOwnPropertyDescriptor(maker.value, 'name') : undefined
  return typeof name?.value === 'string' ? slice(name.value, 0, 100) : 'Object'
}

/** What an object holds, to tell later whether it was changed. */
function snapshot(x) {
  if (types.isMap(x)) return entriesOf(x)
  if (types.isSet(x)) return itemsOf(x)
  if (types.isDate(x)) return [getTime(x)]
  if (isBytes(x)) return [hex(x)]
  if (types.isRegExp(x)) return [x.lastIndex]
  const pairs = fieldsOf(x)
  if (isArray(x)) push(pairs, x.length)
  return pairs
}

function differ(before, after) {
  if (before.length !== after.length) return true
  for (let i = 0; i < before.length; i++) if (!is(before[i], after[i])) return true
  return false
}

module.exports = {
  encode,
  encodeContents,
  encodeTree,
  numbering,
  snapshot,
  differ,
  Unsupported,
  TooLarge,
}
