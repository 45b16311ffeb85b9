/**
 * `pnpm mutation [word…]`: switches each defence off, one at a time, in a copy of the sources, and runs the tests that are to
 * notice. A defence whose absence no test notices is told, and the exit code is 1. Words choose the defences whose name holds
 * one of them; without any, all of `test/mutations.mjs`.
 */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { mutations } from '../test/mutations.mjs'
import { ensureInstalled, fail, root } from './workspace.mjs'

/** Tests may hang where nothing ends what they start; a suite that does is as red as one that fails. */
const [testMs, suiteMs] = [20_000, 60_000]

const words = process.argv.slice(2)
const chosen = mutations.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
if (chosen.length === 0)
  fail(`mutation: no defence is called so; there are: ${mutations.map(({ name }) => name).join('; ')}`)

ensureInstalled()
const copy = mkdtempSync(join(tmpdir(), 'bench-mutation-'))
let running
process.on('exit', () => {
  if (running) kill(running)
  rmSync(copy, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

copySources()
const began = performance.now()
const [missed, absent] = [[], []]
const sound = new Map()
for (const mutation of chosen) {
  const at = performance.now()
  const [mark, told] = await attempt(mutation)
  if (mark === '✗') missed.push(mutation.name)
  if (mark === '-') absent.push(mutation.name)
  console.log(`${mark} ${mutation.name}: ${told} (${seconds(at)} s)`)
}
const noticed = chosen.length - missed.length - absent.length
console.log(`${noticed} of ${chosen.length} defences switched off were noticed, in ${seconds(began)} s`)
if (absent.length > 0) console.log(`not tried, for want of what they need: ${absent.join('; ')}`)
if (missed.length > 0) console.log(`not noticed: ${missed.join('; ')}`)
process.exitCode = missed.length === 0 && !(process.env.CI && absent.length > 0) ? 0 : 1

/** What became of a defence: `✓` noticed, `✗` not, `-` where its tests do not run on this machine; and why. */
async function attempt(mutation) {
  const { needs, only = '', edits = [mutation], tests } = mutation
  const before = await baseline(tests)
  const mine = before.filter(({ fullName }) => new RegExp(only).test(fullName))
  const bad = mine.find(({ status }) => status === 'failed')
  if (bad) return ['✗', `a test of its fails without it as well: ${bad.fullName.slice(0, 150)}`]
  if (!mine.some(({ status }) => status === 'passed'))
    return needs
      ? ['-', `no test of its runs here, it needs ${needs}`]
      : ['✗', `no test that runs is called ${only}`]
  const texts = new Map()
  try {
    for (const { file, find, replace } of edits) {
      const path = join(copy, 'main', file)
      const text = readFileSync(path, 'utf8')
      if (!texts.has(path)) texts.set(path, text)
      if (text.split(find).length !== 2) return ['✗', `${file} does not hold its text exactly once: ${find}`]
      writeFileSync(
        path,
        text.replace(find, () => replace),
      )
    }
    const results = await suite(tests, only, '--bail=1')
    const first = results?.find(({ status }) => status === 'failed')
    if (first) return ['✓', first.fullName.slice(0, 150)]
    return results ? ['✗', 'nothing noticed'] : ['✓', 'its tests come to no end']
  } finally {
    for (const [path, text] of texts) writeFileSync(path, text)
  }
}

/** Tests as they end with all defences on: once for all mutations that have these files. A suite that is red by itself proves nothing. */
async function baseline(tests) {
  const key = tests.join()
  if (!sound.has(key)) {
    const names = chosen.filter((one) => one.tests.join() === key).map(({ only = '' }) => `(?:${only})`)
    sound.set(key, suite(tests, names.join('|')))
  }
  return (await sound.get(key)) ?? fail(`mutation: ${key} come to no end even with all defences on`)
}

/** All but what is built or fetched; tests find packages and data where they would in the checkout. */
function copySources() {
  const left = new Set(['.git', '.turbo', 'dist', 'coverage', 'bench-results'])
  cpSync(root, join(copy, 'main'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !left.has(basename(path)) && relative(root, path) !== 'node_modules',
  })
  symlinkSync(join(root, 'node_modules'), join(copy, 'main', 'node_modules'))
  symlinkSync(join(root, '../shared'), join(copy, 'shared'))
  chmodSync(copy, 0o755) // The user of a box reads programs in it.
}

/** Runs tests in the copy: what became of each, or undefined where they come to no end. */
function suite(tests, only, ...more) {
  const results = join(copy, 'results.json')
  rmSync(results, { force: true })
  const args = [
    'run',
    '--reporter=json',
    `--outputFile=${results}`,
    `--testTimeout=${testMs}`,
    ...more,
    '-t',
    only,
    ...tests,
  ]
  const env = { ...process.env, BENCH_TESTS_WITHOUT_BUILD: '1' }
  const options = { cwd: join(copy, 'main'), env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }
  const child = spawn(join(root, 'node_modules/.bin/vitest'), args, options)
  running = child
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said = (said + chunk).slice(-4000)
    })
  const timer = setTimeout(kill, more.length > 0 ? suiteMs : 10 * suiteMs, child)
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(timer)
      running = undefined
      if (child.signalCode === 'SIGKILL') return resolve(undefined)
      if (!existsSync(results)) fail(`mutation: vitest broke off: ${said}`)
      const { success, testResults } = JSON.parse(readFileSync(results, 'utf8'))
      const all = testResults.flatMap(({ assertionResults }) => assertionResults)
      // Of a file that cannot be loaded, or whose process died, no test is told.
      if (!success && all.every(({ status }) => status !== 'failed'))
        all.push({ status: 'failed', fullName: 'the suite broke off' })
      resolve(all)
    })
  })
}

/** With the processes of its group: vitest has workers. */
function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1)
}
