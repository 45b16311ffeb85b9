/** Brings a candidate's source to life, as `node candidate.js` would: a CommonJS module in the one realm there is. */
'use strict'
const EventEmitter = require('node:events')
const { types } = require('node:util')
const vm = require('node:vm')
const { encode, TooLarge, Unsupported } = require('./encode.cjs')
const { methods } = require('./natives.cjs')

const Module = module.constructor
const bring = module.import

const file = '/candidate.js'
const quote = JSON.stringify
const [split, trim, clip] = methods(String.prototype, 'split', 'trim', 'slice')
const [match] = methods(RegExp.prototype, 'exec')
const identifier = /^[\p{L}_$][\p{L}\p{N}_$]*$/u
/** Where `import()` is what it is in a program of its own, Node permitting. */
const importing = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
const loading = importing === undefined ? {} : { importModuleDynamically: importing }

/** The source cannot be compiled; its cause is why. */
class NotCode extends Error {}

/**
 * Runs the source, and gives what `entry` names in it: a binding of its top level, else a global. Of `Class.method`, the method of a
 * new object.
 * @param outline what follows the source in its file, and gives the entry's value to `__entry__`
 * @param modules whether what the source exports is taken too, and a source of ECMAScript's modules: then this gives a promise
 */
function load(source, { entry, outline, setup = '', modules = false }) {
  const [head, method] = entry === undefined ? [] : entry.split('.')
  let found
  let over = false
  const take = (value) => {
    // A test that is called by what it tests calls that again.
    if (over) throw new RangeError('Maximum call stack size exceeded')
    found = value
  }
  const main = asMain()
  const named = head !== undefined && identifier.test(head)
  const plainly = `;__entry__(typeof ${head} === "undefined" ? undefined : ${head})`
  const tail = named ? `\n${outline ?? plainly}` : ''
  let run
  try {
    const names = ['exports', 'require', 'module', '__filename', '__dirname', '__entry__']
    run = vm.compileFunction(source + tail, names, { filename: file, ...loading })
  } catch (error) {
    if (modules && isModule(source)) return loadModule(source, setup, head, method)
    throw new NotCode('no code', { cause: error })
  }
  if (setup) vm.runInThisContext(setup, { filename: '/setup.js' })
  run.call(main.exports, main.exports, main.require, main, file, '/', take)
  over = true
  // A timer may do so: by then the test has come to its end.
  process.nextTick(() => {
    over = false
  })
  return head === undefined
    ? undefined
    : pick(found ?? (modules ? main.exports?.[head] : undefined) ?? globalThis[head], head, method)
}

function asMain() {
  const main = new Module(file, null)
  const need = Module.createRequire(file)
  need.main = process.mainModule = main
  process.argv = [process.argv[0], file]
  return Object.assign(main, { filename: file, paths: [], require: need })
}

function pick(value, head, method) {
  if (method === undefined) {
    if (value !== undefined) return value
    throw new ReferenceError(`${head} is not defined`)
  }
  if (typeof value !== 'function') throw new ReferenceError(`${head} is not defined`)
  const object = new value()
  if (typeof object[method] === 'function') return (...args) => object[method](...args)
  throw new ReferenceError(`${head} has no method ${method}`)
}

/** Statements that only a module has. */
const isModule = (source) => /^\s*(?:import\b(?!\s*\()|export\b)|\bawait\b|\bimport\.meta\b/m.test(source)

async function loadModule(source, setup, head, method) {
  if (setup) vm.runInThisContext(setup, { filename: '/setup.js' })
  const tail = head === undefined ? '' : `\n;export { ${head} as __entry__ }`
  const address = (text) => `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
  let names
  try {
    names = await bring(address(source + tail))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    try {
      names = await bring(address(source))
    } catch (again) {
      throw again instanceof SyntaxError ? new NotCode('no code', { cause: again }) : again
    }
  }
  return head === undefined ? undefined : pick(names.__entry__ ?? names[head] ?? names.default, head, method)
}

/** What went wrong in the candidate, as JSON text of one key: it is told to the host. */
function told(error, source) {
  try {
    if (error instanceof NotCode) return `"syntax":${describe(error.cause, source)}`
    if (error instanceof TooLarge) return `"output_limit":${quote(error.message)}`
    if (error instanceof Unsupported) return `"unsupported":${quote(clip(error.message, 0, 200))}`
    if (error instanceof RangeError && error.message === 'Array buffer allocation failed')
      return '"memory":true'
    return `"error":${describe(error, source)}`
  } catch {
    return '"error":{"type":"Error","message":"","trace":[]}'
  }
}

function describe(error, source) {
  if (typeof error !== 'object' || error === null || !('message' in error)) {
    const thrown = typeof error === 'object' || typeof error === 'function' ? typeof error : String(error)
    return `{"type":"","message":${quote(clip(`${thrown} was thrown`, 0, 500))},"trace":[],"thrown":${plain(error)}}`
  }
  const [type, message] = [`${error.name}`, `${error.message}`]
  return `{"type":${quote(clip(type, 0, 100))},"message":${quote(clip(message, 0, 500))},"trace":[${traceOf(error, source)}]}`
}

/** What was thrown and is no error, where it is data. */
function plain(value) {
  try {
    return encode(value)
  } catch {
    return 'null'
  }
}

/** The lines of the source's own that are in an error's stack, the innermost last. */
function traceOf(error, source) {
  const lines = split(source, '\n')
  const frames = split(clip(`${error.stack}`, 0, 20_000), '\n')
  let told = ''
  let last = ''
  let count = 0
  for (let i = 0; i < frames.length && count < 8; i++) {
    const at = match(/^(?:\s*at (?:async )?(?:([^\s(]+) .*?\(?)?)?\/candidate\.js:(\d+)/, frames[i])
    const line = at && lines[at[2] - 1]
    if (line === undefined || line === null) continue
    const name = at[1] === undefined || at[1] === 'Object.<anonymous>' ? '' : `, in ${at[1]}`
    const place = quote(`line ${at[2]}${name}: ${clip(trim(line), 0, 200)}`)
    if (place === last) continue
    last = place
    told = told === '' ? place : `${place},${told}`
    count++
  }
  return told
}

/** What a function prints is nobody's answer, however much it is. Node's own streams take longer to load than all of this. */
function silence() {
  for (const [name, fd] of [
    ['stdout', 1],
    ['stderr', 2],
  ]) {
    const write = (text, ...rest) => {
      if (typeof text !== 'string' && !types.isUint8Array(text)) throw notText(text)
      const done = rest[rest.length - 1]
      if (typeof done === 'function') process.nextTick(done, null)
      return true
    }
    const stream = Object.assign(new EventEmitter(), {
      fd,
      writable: true,
      write,
      end() {},
      cork() {},
      uncork() {},
      setDefaultEncoding: () => stream,
    })
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream })
  }
}

/** As a stream refuses what is no text. */
function notText(given) {
  const message = 'The "chunk" argument must be of type string or an instance of Buffer or Uint8Array'
  const code = given === null ? 'ERR_STREAM_NULL_VALUES' : 'ERR_INVALID_ARG_TYPE'
  return Object.assign(new TypeError(message), { code })
}

module.exports = { NotCode, load, silence, told }
