// Files in the place of the answer's modules, which export what these do.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const proxies = new URL('./proxies.mjs', import.meta.url).href

/**
 * Writes them into the working folder.
 * @param loaded what the answer's process told of each module: its names, or why there is none
 */
export function writeStubs(loaded) {
  for (const [file, told] of Object.entries(loaded)) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
    writeFileSync(path.resolve(file), told.common ? commonStub(file, told) : moduleStub(file, told))
  }
}

const named = ({ names = [] }) => names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name))

function moduleStub(file, told) {
  const known = JSON.stringify({ [file]: told })
  return [
    `import { install, module } from ${JSON.stringify(proxies)}`,
    `install(${known})`,
    `const { get } = module(${JSON.stringify(file)})`,
    ...named(told).map(
      (name, i) => `const v${i} = get(${JSON.stringify(name)}); export { v${i} as ${name} }`,
    ),
  ].join('\n')
}

/** `require` gives what the answer's own gives. That the names are exported is found in the source, by whoever imports them. */
function commonStub(file, told) {
  return [
    `module.exports = globalThis[Symbol.for('bench.verify')](${JSON.stringify(file)}).get('default')`,
    'if (false) {',
    ...named(told)
      .filter((name) => name !== 'default')
      .map((name) => `  exports.${name} = 0`),
    '}',
  ].join('\n')
}
