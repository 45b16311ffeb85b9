/** Values from the text that `encode.cjs` makes of them. Whatever this is fed, it makes plain data only, or throws. */
'use strict'
const { types } = require('node:util')
const { push } = require('./natives.cjs')

const { create, defineProperty, setPrototypeOf } = Object
const { isArray } = Array
const { getPrototypeOf } = Reflect

/** @param shared objects by number; those of the value are added */
const decode = (data, shared = []) => reader(shared)(data)

/** Makes an object hold what `encodeContents` told of it. */
function refill(object, data, shared) {
  const { fill } = shape(data, reader(shared))
  if (isArray(object)) object.length = 0
  else if (types.isMap(object) || types.isSet(object)) object.clear()
  if (!types.isTypedArray(object)) for (const key of Object.keys(object)) delete object[key]
  fill(object)
}

function reader(shared) {
  return function walk(data) {
    if (typeof data !== 'object' || data === null) return data
    const leaf = isArray(data) ? undefined : leaves[tagOf(data)]
    if (leaf) return leaf(data, shared)
    const { make, fill } = shape(data, walk)
    const object = make()
    push(shared, object)
    fill(object)
    return object
  }
}

/** The one key of a value that JSON does not have. */
function tagOf(data) {
  const keys = Object.keys(data)
  return keys.length === 1 && keys[0][0] === '$' ? keys[0] : undefined
}

const floats = {
  __proto__: null,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-0.0': -0,
}

const leaves = {
  __proto__: null,
  $undefined: () => undefined,
  $float: ({ $float }) => floats[$float],
  $int: ({ $int }) => ($int[0] === '-' ? -BigInt($int.slice(1)) : BigInt($int)),
  $ref({ $ref }, shared) {
    if (!Object.hasOwn(shared, $ref)) throw new Error('a reference to nothing')
    return shared[$ref]
  },
}

/** How an object is made empty, and how it is filled. */
function shape(data, walk) {
  if (isArray(data)) return { make: () => [], fill: (list) => fillList(list, data, walk) }
  const tag = tagOf(data)
  if (tag === undefined)
    return {
      make: () => ({}),
      fill(object) {
        for (const key of Object.keys(data)) put(object, key, walk(data[key]))
      },
    }
  const kind = kinds[tag]
  if (kind === undefined) throw new Error(`unknown tag ${tag.slice(0, 40)}`)
  return kind(data[tag], walk)
}

const fields = (pairs, walk) => (object) => {
  for (const [key, value] of pairs) put(object, `${key}`, walk(value))
}

const kinds = {
  __proto__: null,
  $dict: (pairs, walk) => ({ make: () => ({}), fill: fields(pairs, walk) }),
  $bare: (pairs, walk) => ({ make: () => create(null), fill: fields(pairs, walk) }),
  $instance: ([name, pairs], walk) => ({ make: () => classed({}, name), fill: fields(pairs, walk) }),
  $error: ([name, message, pairs], walk) => ({
    make: () => errorOf(name, message),
    fill: fields(pairs, walk),
  }),
  $array: ([length, name, pairs], walk) => ({
    make: () => (name === null ? [] : classed([], name)),
    fill(list) {
      list.length = length
      fields(pairs, walk)(list)
    },
  }),
  $map: (pairs, walk) => ({
    make: () => new Map(),
    fill(map) {
      for (const [key, value] of pairs) {
        const name = walk(key)
        map.set(name, walk(value))
      }
    },
  }),
  $set: (items, walk) => ({
    make: () => new Set(),
    fill(set) {
      for (const item of items) set.add(walk(item))
    },
  }),
  $date: (time, walk) => ({ make: () => new Date(0), fill: (date) => date.setTime(walk(time)) }),
  $regexp: ([source, flags, at], walk) => ({
    make: () => new RegExp(`${source}`, `${flags}`),
    fill(regexp) {
      regexp.lastIndex = walk(at)
    },
  }),
  $typed: ([name, hex]) => ({
    make: () => fromHex(hex, name),
    fill: (view) => bytes(view).set(Buffer.from(hex, 'hex')),
  }),
  $boxed: (value, walk) => ({ make: () => Object(walk(value)), fill() {} }),
}

function fillList(list, items, walk) {
  for (let i = 0; i < items.length; i++) list[i] = walk(items[i])
}

function put(object, key, value) {
  if (key !== '__proto__') object[key] = value
  else defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Gives an object a class of that name, which is nobody else's. */
function classed(object, name) {
  const maker = class {}
  defineProperty(maker, 'name', { value: `${name}` })
  setPrototypeOf(maker.prototype, getPrototypeOf(object))
  return setPrototypeOf(object, maker.prototype)
}

const errors = {
  __proto__: null,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** An error as a test may look at it: of the built-in class of that name, or of none. */
function errorOf(name, message) {
  const error = new (errors[name] ?? Error)(`${message}`)
  if (!(name in errors))
    defineProperty(error, 'name', { value: `${name}`, writable: true, configurable: true })
  return error
}

const views = {
  __proto__: null,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
}

function fromHex(text, name) {
  if (name === 'Buffer') return Buffer.from(text, 'hex')
  const { buffer } = new Uint8Array(Buffer.from(text, 'hex'))
  return name === 'ArrayBuffer' ? buffer : new views[name](buffer)
}

const bytes = (x) =>
  types.isTypedArray(x) ? new Uint8Array(x.buffer, x.byteOffset, x.byteLength) : new Uint8Array(x)

module.exports = { decode, errorOf, refill }
