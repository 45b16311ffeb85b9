/** `pnpm check`: format and lint, types, dependency arrows, unused code, package doors. All of it, in under a minute. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, root, toolEnv } from './workspace.mjs'

ensureInstalled()
ensureBuilt()

const published = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((path) => !JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).private)

const checks = [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '--colors=off', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  [
    'dependency arrows',
    'depcruise',
    ['packages', 'apps', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
  ['unused code', 'knip', ['--no-progress']],
  ...published.map((path) => [`door of ${path}`, 'publint', ['run', path, '--strict']]),
  // Types are ESM only by design; what node10 or require() would see is not a fault of ours.
  ...published
    .filter((path) => path.startsWith('packages'))
    .map((path) => [
      `types of ${path}`,
      'attw',
      ['--pack', path, '--profile', 'esm-only', '--format', 'ascii', '--quiet'],
    ]),
]

const started = Date.now()
const queue = [...checks]
const failures = []
await Promise.all([1, 2].map(worker))
const seconds = ((Date.now() - started) / 1000).toFixed(1)
console.log(
  failures.length === 0
    ? `check: ${checks.length} checks in ${seconds} s`
    : `check failed: ${failures.join(', ')}`,
)
process.exitCode = failures.length === 0 ? 0 : 1

async function worker() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, command, args] = next
    const { code, output } = await run(command, args)
    console.log(`${code === 0 ? '✓' : '✗'} ${name}`)
    if (code !== 0) {
      failures.push(name)
      console.log(output.trimEnd())
    }
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: toolEnv(), shell: process.platform === 'win32' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
