// Holds the answer's modules and does what the tests ask of them. `run-tests.mjs` is at the far end of the link, the host between.
//
// In: {"root", "modules", "typescript"}, then a question at a time: {"do": "import" | "get" | "set" | "keys" | "call" | "construct" | "await", …}. Out: {"hello"} before any
// code of the answer has run, then for {"root"} the names that each module exports, and a reply to each question: {"value"} or {"error"}, and
// {"args"} where a call changed what it was given. While a call runs it may ask back: {"callback", "args"}. Whatever comes out of here is merely
// an answer.
import { createRequire, register } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { receive, send } from './link.mjs'
import { decode, encode } from './values.mjs'

const objects = []
const ids = new Map()

function keep(x) {
  if (!ids.has(x)) ids.set(x, objects.push(x) - 1)
  return ids.get(x)
}

/** What the far end has to know of an object that stays here. */
function refer(x) {
  if (x instanceof Promise) return { id: keep(x), kind: 'promise' }
  const kind = typeof x === 'function' ? 'function' : typeof x === 'symbol' ? 'symbol' : 'object'
  const told = { id: keep(x), kind, isa: [] }
  if (kind === 'function') {
    told.name = String(x.name)
    told.length = Number(x.length)
    told.error = builtinError(x.prototype)
  }
  for (
    let proto = kind === 'symbol' ? null : Object.getPrototypeOf(x);
    proto;
    proto = Object.getPrototypeOf(proto)
  )
    if (
      Object.hasOwn(proto, 'constructor') &&
      typeof proto.constructor === 'function' &&
      !builtins.has(proto.constructor)
    )
      told.isa.push(keep(proto.constructor))
  if (kind === 'object') told.iterable = typeof x[Symbol.iterator] === 'function'
  return told
}

const errors = [
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  Error,
]
const builtins = new Set([...errors, Object, Function, Promise, Array, Map, Set, Date, RegExp])

/** The nearest built-in kind of error; undefined where it is none. */
const builtinError = (x) => errors.find((kind) => x instanceof kind || x === kind.prototype)?.name

const read = (data) => decode(data, (ref) => ('callback' in ref ? callback(ref) : objects[ref.id]))

function callback({ callback: number }) {
  return (...args) => {
    send({ callback: number, args: encode(args, refer) })
    const message = receive()
    if ('error' in message) throw new Error(message.error.message)
    return read(message.value)
  }
}

async function answer(question) {
  let args
  let given
  const reply = {}
  try {
    if ('args' in question) {
      args = read(question.args)
      given = JSON.stringify(encode(args, refer))
    }
    // Only where the tests wait for a promise is it waited for; otherwise it crosses as a reference.
    const value = question.do === 'await' ? await objects[question.on] : act(question, args)
    reply.value = encode(value, refer)
  } catch (error) {
    reply.error = tell(error)
  }
  try {
    const changed = args && encode(args, refer)
    if (args && JSON.stringify(changed) !== given) reply.args = changed
  } catch {}
  return reply
}

function act(question, args) {
  const target = objects[question.on]
  switch (question.do) {
    case 'get':
      return target[question.symbol ? Symbol[question.name] : question.name]
    case 'set':
      target[question.name] = read(question.value)
      return undefined
    case 'keys':
      return Object.keys(target)
    case 'call':
      return Reflect.apply(target, 'this' in question ? read(question.this) : undefined, args)
    case 'construct':
      return Reflect.construct(target, args)
    default:
      throw new TypeError('no such question')
  }
}

function tell(error) {
  const real = typeof error === 'object' && error !== null
  const told = {
    builtin: (real && builtinError(error)) || 'Error',
    type: 'Error',
    message: String(real ? '' : error),
    trace: [],
  }
  if (!real) return { ...told, thrown: encode(error, refer) }
  try {
    told.type = String(error.name)
    told.message = String(error.message)
    const lines = String(error.stack)
      .split('\n')
      .filter((line) => line.includes(root))
    told.trace = lines.slice(0, 8).map((line) => line.replaceAll(`${root}/`, '').trim())
    told.raised = refer(error)
    told.fields = encode(Object.fromEntries(Object.entries(error)), refer)
  } catch {}
  return told
}

let root = ''

async function main() {
  send({ hello: true })
  const job = receive()
  if (job.typescript) register('./hooks.mjs', import.meta.url)
  root = path.resolve(job.root)
  process.chdir(root)
  process.on('unhandledRejection', () => {})
  const loaded = {}
  for (const file of job.modules) {
    const place = path.join(root, file)
    try {
      const module = await import(pathToFileURL(place).href)
      loaded[file] = {
        id: keep(module),
        names: Object.keys(module),
        common: place in createRequire(place).cache,
      }
    } catch (error) {
      loaded[file] = { error: tell(error) }
    }
  }
  send({ loaded })
  for (;;) send(await answer(receive()))
}

main()
