// Runs a project's tests, trusted, with stand-ins in the place of the answer's modules. No code of the answer's ever runs in this process.
//
// On the link, in: {"root", "loaded", "tests", "typescript"}, then replies to questions; out: {"hello"}, questions (see `serve.mjs`), and from `reporter.mjs` at the
// end {"verdict"}.
import { mkdirSync, writeFileSync } from 'node:fs'
import { register } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { receive, send } from './link.mjs'
import { install, module } from './proxies.mjs'

// The link is on standard output: what tests print goes nowhere.
process.stdout.write = process.stderr.write = () => true
send({ hello: true })
const { root, loaded, tests, typescript } = receive()
if (typescript) register('./hooks.mjs', import.meta.url)
install(loaded)
globalThis[Symbol.for('bench.verify')] = module
process.chdir(root)
for (const [file, told] of Object.entries(loaded)) {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
  writeFileSync(path.resolve(file), told.common ? commonStub(file, told.names) : moduleStub(file, told.names))
}
const broken = Object.keys(loaded).filter((file) => 'error' in loaded[file])
for (const file of broken) test(file, () => module(file))
for (const file of broken.length === 0 ? tests : []) {
  try {
    await import(pathToFileURL(path.resolve(file)).href)
  } catch (error) {
    test(file, () => {
      throw error
    })
  }
}

function moduleStub(file, names = []) {
  const named = names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name))
  return [
    `const { get } = globalThis[Symbol.for('bench.verify')](${JSON.stringify(file)})`,
    ...named.map((name, i) => `const v${i} = get(${JSON.stringify(name)}); export { v${i} as ${name} }`),
  ].join('\n')
}

/** `require` gives what the answer's own gives. That the names are exported is found in the source, by whoever imports them. */
function commonStub(file, names = []) {
  const named = names.filter((name) => name !== 'default' && /^[A-Za-z_$][\w$]*$/.test(name))
  return [
    `module.exports = globalThis[Symbol.for('bench.verify')](${JSON.stringify(file)}).get('default')`,
    'if (false) {',
    ...named.map((name) => `  exports.${name} = 0`),
    '}',
  ].join('\n')
}
