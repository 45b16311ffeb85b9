'use strict'
/**
 * A Node that has been started before it is needed: confined already, with the trusted programs loaded, it waits for
 * its one task. Numbers of descriptors and the form of a task are those of start.py and channel.py.
 */
const { closeSync, readFileSync, readSync, writeFileSync, writeSync } = require('node:fs')
const vm = require('node:vm')

const [linkRead, linkWrite, start, stdinWrite] = [4, 5, 6, 7]
const [, folder, ...names] = process.argv.splice(1)

/**
 * As `require` does it, with what was compiled before there was any job. What was compiled so has no `import()`: a program finds it as
 * `module.import`.
 */
function load(path) {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'utf8')}\n})`
  const script = new vm.Script(source, { filename: path, cachedData: compiled(path) })
  const part = new module.constructor(path, module)
  Object.assign(part, { filename: path, paths: [], loaded: true, import: (address) => import(address) })
  script.runInThisContext().call(part.exports, part.exports, require, part, path, folder)
  return { exports: part.exports, script }
}

function compiled(path) {
  try {
    return readFileSync(`${path}.compiled`)
  } catch {
    return undefined
  }
}

if (names[0] === '--compile') {
  for (const name of names.filter((one) => one.endsWith('.cjs'))) {
    const { script } = load(`${folder}/${name}`)
    writeFileSync(`${folder}/${name}.compiled`, script.createCachedData())
  }
  process.reallyExit(0)
}

const mains = names.map((name) =>
  name.endsWith('.cjs') ? load(`${folder}/${name}`).exports.main : undefined,
)

function read(size) {
  const bytes = Buffer.allocUnsafeSlow(size)
  for (let at = 0, count = 0; at < size; at += count) {
    count = readSync(start, bytes, at, size - at, null)
    if (count === 0) process.reallyExit(0)
  }
  return bytes
}

function close(...descriptors) {
  for (const descriptor of descriptors)
    try {
      closeSync(descriptor)
    } catch {
      // It was never given.
    }
}

const task = read(40)
const payload = read(Number(task.readBigUInt64BE(8)))
const stdin = read(Number(task.readBigUInt64BE(16)))
close(start)
for (let at = 0; at < stdin.length; ) at += writeSync(stdinWrite, stdin, at)
close(stdinWrite)
if (task.readUInt32BE(4) === 0) close(linkRead, linkWrite)
const number = task.readUInt32BE(0)
process.argv.push(`${folder}/${names[number]}`)
mains[number](payload)
