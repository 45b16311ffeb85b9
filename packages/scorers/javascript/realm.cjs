/** Places for tests to run in: this process's own realm, or a fresh one whose values are told from no other's. */
'use strict'
const { readFileSync } = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const parts = ['natives.cjs', 'encode.cjs', 'decode.cjs']
let scripts

/** A fresh realm. What a test changes in it no other test finds. */
function freshRealm() {
  scripts ??= parts.map((name) => {
    const source = readFileSync(path.join(__dirname, name), 'utf8')
    return [`./${name}`, new vm.Script(`(function (module, require) {${source}\n})`, { filename: name })]
  })
  const globals = vm.createContext({
    AbortController,
    Buffer,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    clearImmediate,
    clearInterval,
    clearTimeout,
    performance,
    queueMicrotask,
    setImmediate,
    setInterval,
    setTimeout,
    structuredClone,
  })
  globals.global = globals.globalThis = globals
  const loaded = {}
  const need = (name) => loaded[name] ?? require(name)
  for (const [name, script] of scripts) {
    const module = { exports: {} }
    script.runInContext(globals)(module, need)
    loaded[name] = module.exports
  }
  return {
    globals,
    run: (source, filename) => vm.runInContext(source, globals, { filename }),
    wire: wireOf(need, vm.runInContext('({ Array, Promise })', globals)),
  }
}

function ownRealm() {
  return {
    globals: globalThis,
    run: (source, filename) => vm.runInThisContext(source, { filename }),
    wire: wireOf(require, { Array, Promise }),
  }
}

function wireOf(need, own) {
  return {
    ...need('./encode.cjs'),
    ...need('./decode.cjs'),
    list: (items) => own.Array.from(items),
    rejected: (error) => own.Promise.reject(error),
    resolved: (value) => own.Promise.resolve(value),
  }
}

module.exports = { freshRealm, ownRealm }
