// Stands in for the answer's modules where the tests run. No code of the answer's ever runs here.
//
// A function of the answer's is called there, an object of it is asked there; plain data comes back and is compared here. JavaScript compares nothing
// by asking it, but libraries do, by methods with known names: these an answer cannot have.
import { types } from 'node:util'
import { receive, send } from './link.mjs'
import { decode, encode } from './values.mjs'

/** By such a method an object is asked by a library whether it equals what is expected. */
const deciding = new Set(['asymmetricMatch', 'isEqualNode'])

const known = new Map()
const remotes = new WeakMap()
const kinds = new WeakMap()
const callbacks = []

/** What the answer raised, and how it told of it. */
export const raised = new WeakMap()

/** The test asks what cannot be carried over. */
class Refused extends Error {
  name = 'Refused'
}

function ask(question) {
  const { args } = question
  if (args) question.args = write(args)
  send(question)
  let reply = receive()
  while ('callback' in reply) {
    send(callBack(reply))
    reply = receive()
  }
  const outcome = readReply(reply, args)
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

/** Once a reply cannot be read the run is over: no test may make anything of it. */
function readReply(reply, args) {
  try {
    if (args && 'args' in reply) copyBack(args, read(reply.args))
    if ('error' in reply) return { error: makeError(reply.error) }
    if (!('value' in reply)) throw new TypeError('neither a value nor an error')
    return { value: read(reply.value) }
  } catch (error) {
    return over({ garbage: String(error?.message).slice(0, 200) })
  }
}

export function over(verdict) {
  send({ verdict })
  process.reallyExit(0)
}

function callBack({ callback, args }) {
  const given = readReply({ value: args })
  const called = Number.isInteger(callback) ? callbacks[callback] : undefined
  if (called === undefined || !Array.isArray(given.value))
    over({ garbage: 'a callback that was never given' })
  try {
    return { value: write(called(...given.value)) }
  } catch (error) {
    return { error: { message: String(error?.message).slice(0, 500) } }
  }
}

const write = (value) => encode(value, handOver)

function handOver(x) {
  if (remotes.has(x)) return { id: remotes.get(x) }
  if (typeof x !== 'function')
    throw new Refused(`an argument of this kind cannot be carried over: ${Object.prototype.toString.call(x)}`)
  return { callback: callbacks.push(x) - 1 }
}

const read = (data) => decode(data, resolve, (key) => !deciding.has(key))

function resolve(told) {
  const { id, kind } = told
  if (!Number.isInteger(id) || !['function', 'object', 'promise', 'symbol'].includes(kind))
    throw new TypeError('no reference')
  const found = known.get(id) ?? (kind === 'promise' ? promise(id) : remote(told))
  known.set(id, found)
  return found
}

function promise(id) {
  const waiting = new Promise((done, fail) =>
    queueMicrotask(() => {
      try {
        done(ask({ do: 'await', on: id }))
      } catch (error) {
        fail(error)
      }
    }),
  )
  remotes.set(waiting, id)
  return waiting
}

/** What may be called, and be made instances of. */
function standIn() {
  function remote() {}
  return remote
}

function remote(told) {
  const { id, kind } = told
  const isa = Array.isArray(told.isa) ? told.isa : []
  const target = kind === 'function' ? standIn() : Object.create(prototypeOf(isa[0]))
  const proxy = new Proxy(target, {
    get(_, name) {
      if (typeof name === 'symbol') return symbolOf(id, told, name)
      if (deciding.has(name)) return undefined
      return ask({ do: 'get', on: id, name })
    },
    set(_, name, value) {
      ask({ do: 'set', on: id, name: String(name), value: write(value) })
      return true
    },
    has: (_, name) =>
      typeof name === 'string' && !deciding.has(name) && ask({ do: 'get', on: id, name }) !== undefined,
    ownKeys: () => (kind === 'function' ? Reflect.ownKeys(target) : names(id)),
    getOwnPropertyDescriptor(_, name) {
      if (kind === 'function' || typeof name === 'symbol')
        return Reflect.getOwnPropertyDescriptor(target, name)
      if (!names(id).includes(name)) return undefined
      return { value: ask({ do: 'get', on: id, name }), writable: true, enumerable: true, configurable: true }
    },
    apply: (_, self, args) =>
      ask({ do: 'call', on: id, args, ...(remotes.has(Object(self)) ? { this: write(self) } : {}) }),
    construct: (_, args) => Object(ask({ do: 'construct', on: id, args })),
    deleteProperty: () => {
      throw new Refused('a property of the answer’s own cannot be deleted')
    },
  })
  remotes.set(proxy, id)
  kinds.set(proxy, isa)
  return proxy
}

const names = (id) => {
  const keys = ask({ do: 'keys', on: id })
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string' && !deciding.has(key)) : []
}

/** Objects of one class of the answer's have one prototype, which is no class's here. */
const prototypes = new Map()
function prototypeOf(id) {
  if (!prototypes.has(id)) prototypes.set(id, {})
  return prototypes.get(id)
}

function symbolOf(id, told, name) {
  if (name === Symbol.hasInstance && told.kind === 'function')
    return (x) => (kinds.get(Object(x)) ?? []).includes(id)
  if (name === Symbol.iterator && told.iterable)
    return ask({ do: 'get', on: id, name: 'iterator', symbol: true })
  if (name === Symbol.asyncIterator && told.kind === 'object')
    return ask({ do: 'get', on: id, name: 'asyncIterator', symbol: true })
  return undefined
}

const errors = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Error }

function makeError(told) {
  if ('thrown' in told) return read(told.thrown)
  const kind = Object.hasOwn(errors, told.builtin) ? errors[told.builtin] : Error
  const error = new kind(String(told.message))
  const fields = {
    ...(told.type === error.name ? {} : { name: String(told.type) }),
    ...(told.fields ? read(told.fields) : {}),
  }
  for (const [key, value] of Object.entries(fields))
    if (!deciding.has(key))
      Object.defineProperty(error, key, { value, writable: true, enumerable: true, configurable: true })
  if (Array.isArray(told.raised?.isa)) kinds.set(error, told.raised.isa)
  raised.set(error, told)
  return error
}

/** The stand-in of a module: what it exports, by name. */
export function module(file) {
  const { id, error } = loaded[file]
  if (error) throw makeError(error)
  return { get: (name) => ask({ do: 'get', on: id, name }) }
}

const loaded = {}

/** @param modules what the answer's process told of each module */
export function install(modules) {
  Object.assign(loaded, modules)
}

/** Makes mutable arguments what the call made of them, in place. */
function copyBack(old, changed) {
  if (
    types.isProxy(old) ||
    typeof old !== 'object' ||
    old === null ||
    Object.prototype.toString.call(old) !== Object.prototype.toString.call(changed)
  )
    return changed
  if (Array.isArray(old)) {
    const items = changed.map((item, i) => (i < old.length ? copyBack(old[i], item) : item))
    old.splice(0, old.length, ...items)
  } else if (old instanceof Map || old instanceof Set) {
    old.clear()
    for (const item of changed) old instanceof Map ? old.set(...item) : old.add(item)
  } else if (Object.getPrototypeOf(old) === Object.prototype) {
    for (const key of Object.keys(old)) if (!Object.hasOwn(changed, key)) delete old[key]
    for (const [key, item] of Object.entries(changed))
      Object.defineProperty(old, key, {
        value: copyBack(old[key], item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }
  return old
}
