// Runs a project's tests, trusted, with stand-ins in the place of the answer's modules. No code of the answer's ever runs in this process.
//
// On the link, in: {"root", "loaded", "tests", "typescript"}, then replies to questions; out: {"hello"}, questions (see `serve.mjs`), and from `reporter.mjs` at the
// end {"verdict"}.
import { register } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { receive, send } from './link.mjs'
import { install, module } from './proxies.mjs'
import { writeStubs } from './stubs.mjs'

// The link is on standard output: what tests print goes nowhere.
process.stdout.write = process.stderr.write = () => true
send({ hello: true })
const { root, loaded, tests, typescript } = receive()
if (typescript) register('./hooks.mjs', import.meta.url)
install(loaded)
globalThis[Symbol.for('bench.verify')] = module
process.chdir(root)
writeStubs(loaded)
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
