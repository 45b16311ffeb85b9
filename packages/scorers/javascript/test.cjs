/**
 * Runs a task's own test, trusted, against a stand-in for the candidate's function. No code of the candidate ever runs in this process;
 * what it answered comes as data.
 */
'use strict'
const vm = require('node:vm')
const { assertions, nothing } = require('./nothing.cjs')

/** Ends the test. One that catches everything goes on for nothing: the verdict is what stopped it first. */
class Stop extends Error {}

/**
 * @param realm where the test runs: `run(source, file)`, `globals`, and the `wire` whose values are of that realm
 * @param job {"prompt", "entry", "test", "style"}
 * @param ask gives the reply to the arguments of a call, or throws {@link Halt} with what ends the test; undefined in a rehearsal, where
 *   assertions hold whatever they are told
 * @returns the verdict; a promise of it where the test gave one
 */
function runTest(realm, job, ask) {
  const far = new Far(realm, job.entry, ask)
  const passed = () => (far.stopped ? far.verdict({ passed: false, ...far.stopped }) : { passed: true })
  const failed = (error) => {
    if (far.stopped) return passed()
    const at = where(error, job.test)
    if (far.raised && error === far.raised.error)
      return far.verdict({ passed: false, reply: far.raised.reply, at })
    return far.verdict({ passed: false, failure: failureOf(error), at })
  }
  try {
    prepare(realm, job.prompt)
    const need = job.rehearsal ? rehearsed : modules
    Object.assign(realm.globals, programGlobals(far), { [job.entry]: far.proxy, require: need })
    let end = realm.run(job.test, '/test.js')
    if (job.style === 'check') end = realm.globals.check(far.proxy)
    return typeof end?.then === 'function' ? end.then(passed, failed) : passed()
  } catch (error) {
    return failed(error)
  }
}

/** What ends the test, as it stands in the verdict. */
class Halt extends Error {
  constructor(told) {
    super('halt')
    this.told = told
  }
}

class Far {
  constructor({ wire }, name, ask) {
    this.wire = wire
    this.ask = ask
    this.proxy = Object.defineProperty((...args) => this.call(wire.list(args)), 'name', { value: name })
  }

  call(args) {
    if (this.stopped) throw new Stop()
    const known = this.wire.numbering()
    try {
      const text = this.encode(args, known)
      this.last = { args }
      return this.take(this.ask(text), [...known.keys()])
    } catch (error) {
      if (!(error instanceof Halt)) throw error
      this.stopped = error.told
      throw new Stop()
    }
  }

  encode(args, known) {
    try {
      return this.wire.encode(args, known)
    } catch (error) {
      throw new Halt({ unsupported: `an argument is of type ${error.message}` })
    }
  }

  /** The candidate's answer, as the function would have given it. */
  take(reply, shared) {
    const { wire } = this
    if (reply === undefined) return nothing
    let given
    try {
      if ('value' in reply) given = { value: wire.decode(reply.value, shared) }
      else if ('error' in reply) given = { error: this.raise(reply) }
      else throw new Halt({ reply })
      for (const [number, contents] of reply.changed ?? []) wire.refill(shared[number], contents, shared)
    } catch (error) {
      if (error instanceof Halt) throw error
      throw new Halt({ garbage: `${error.name}: ${error.message}`.slice(0, 200) })
    }
    if ('value' in given) this.last.value = given.value
    if (reply.later === true) return this.later(given)
    if ('error' in given) {
      this.raised = { error: given.error, reply }
      throw given.error
    }
    return given.value
  }

  raise({ error }) {
    return 'thrown' in error ? this.wire.decode(error.thrown) : this.wire.errorOf(error.type, error.message)
  }

  later(given) {
    const promise = 'error' in given ? this.wire.rejected(given.error) : this.wire.resolved(given.value)
    promise.catch(() => {})
    return promise
  }

  /** With the last call beside it, for people. */
  verdict(told) {
    if (this.last === undefined) return told
    const last = {}
    for (const key of ['args', 'value'])
      try {
        if (key in this.last) last[key] = JSON.parse(this.wire.encodeTree(this.last[key]))
      } catch {
        return told
      }
    return { ...told, last }
  }
}

/** Helpers that the prompt brings. One that ends within its function is no program, and brings none. */
function prepare(realm, prompt) {
  let script
  try {
    script = new vm.Script(prompt)
  } catch {
    return
  }
  if (script) realm.run(prompt, '/prompt.js')
}

const silent = Object.fromEntries(
  ['debug', 'dir', 'error', 'group', 'groupEnd', 'info', 'log', 'table', 'trace', 'warn'].map((name) => [
    name,
    () => {},
  ]),
)

/** A test that asks to end with anything but success has failed; one that asks for success has come to its end. */
function programGlobals(far) {
  const exit = (code = 0) => {
    far.stopped ??=
      code === 0 ? undefined : { failure: { type: 'Exit', message: `the test ended with exit code ${code}` } }
    throw new Stop()
  }
  return {
    console: silent,
    process: {
      argv: ['node', '/test.js'],
      env: {},
      exit,
      nextTick: process.nextTick,
      platform: process.platform,
      stdout: { write: () => true },
    },
  }
}

/**
 * Node's own modules. Of an assertion that does not hold it is told which, not how the values differ: telling takes long
 * where they are large, and nobody reads it here.
 */
function modules(name) {
  const bare = name.replace(/^node:/, '')
  if (bare === 'assert') return plainly(require('node:assert'))
  if (bare === 'assert/strict') return plainly(require('node:assert').strict)
  return require(`node:${bare}`)
}

const rehearsed = (name) => (/^(?:node:)?assert(?:\/strict)?$/.test(name) ? assertions : modules(name))

const known = new Map()

function plainly(assert) {
  if (known.has(assert)) return known.get(assert)
  const failed = () => new assert.AssertionError({ message: '', operator: 'fail' })
  const told =
    (check) =>
    (...args) =>
      args.length === 2 ? check(args[0], args[1], failed()) : check(...args)
  const copy = (...args) => assert.ok(args[0], args.length < 2 ? failed() : args[1])
  known.set(assert, copy)
  for (const key of Object.keys(assert)) copy[key] = /equal$/i.test(key) ? told(assert[key]) : assert[key]
  Object.assign(copy, { ok: copy, strict: plainly(assert.strict) })
  return copy
}

function failureOf(error) {
  if (typeof error !== 'object' || error === null)
    return { type: '', message: `${String(error)} was thrown`.slice(0, 500) }
  return { type: `${error.name}`.slice(0, 100), message: `${error.message}`.slice(0, 500) }
}

/** The line of the test that did not hold. */
function where(error, test) {
  const [, line] = /\/test\.js:(\d+)/.exec(`${error?.stack}`) ?? []
  return line === undefined ? '' : (test.split('\n')[line - 1] ?? '').trim().slice(0, 500)
}

module.exports = { Halt, runTest }
