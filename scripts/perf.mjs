/**
 * `pnpm perf [N…]`: how many attempts a second the real CLI makes against a server that answers at once, durable log
 * and report included, and how much memory it takes; beside it a bare fetch loop, for what this machine can do at all.
 * N is 10,000 and 50,000 unless numbers are given. Then what the providers take beside the bare SDKs, which `pnpm perf
 * providers` tells alone (bench/providers.mjs), and how fast code is judged, which `pnpm perf judging [samples]` tells
 * alone (bench/judging.mjs); what importing the providers costs, `pnpm perf cold-import`; what the live view costs,
 * `pnpm perf view`; and what goes through Postgres, `pnpm perf queue [jobs]` (bench/queue.mjs). Exits 1 where a floor is missed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, fail, root } from './workspace.mjs'

const concurrency = 32
const floors = { perSecond: 1000, rssMb: 200 }
const part = ['judging', 'providers', 'cold-import', 'view', 'queue'].find((name) => name === process.argv[2])
const sizes = process.argv.slice(part ? 3 : 2).map(Number)
if (sizes.some((size) => !Number.isInteger(size) || size < 1))
  fail('perf: give whole numbers of tasks, e.g. pnpm perf 10000')

ensureInstalled()
ensureBuilt()

const bench = join(root, 'bench')
if (part) process.exit(await script(`${part}.mjs`, sizes.slice(0, 1)))
const folder = await mkdtemp(join(tmpdir(), 'bench-perf-'))
const server = spawn(process.execPath, [join(bench, 'instant-server.mjs')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const missed = []
try {
  const url = String((await once(server.stdout, 'data'))[0]).trim()
  console.log(
    `concurrency ${concurrency}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`,
  )
  console.log('   tasks   bare fetch/s   attempts/s   ratio   run s   whole s   peak RSS')
  for (const size of sizes.length > 0 ? sizes : [10_000, 50_000]) await compare(size, url)
} finally {
  server.stdin.end()
  await rm(folder, { recursive: true, force: true })
}
console.log(missed.length === 0 ? 'every floor held' : missed.join('\n'))
const parts =
  sizes.length > 0
    ? []
    : [
        await script('cold-import.mjs', []),
        await script('providers.mjs', []),
        await script('judging.mjs', []),
        await script('view.mjs', []),
      ]
process.exitCode = missed.length === 0 ? Math.max(0, ...parts) : 1

/** Its exit code. */
async function script(name, args) {
  const child = spawn(process.execPath, [join(bench, name), ...args.map(String)], {
    stdio: 'inherit',
  })
  const [code] = await once(child, 'close')
  return code ?? 1
}

async function compare(size, url) {
  const dataset = join(folder, `echo-${size}.jsonl`)
  await writeTasks(dataset, size)
  const bare = JSON.parse(await node([join(bench, 'bare-fetch.mjs'), url, size, concurrency]))
  const output = join(folder, `runs-${size}`)
  const measure = join(folder, `measure-${size}.json`)
  await node(
    [
      ...['--import', join(bench, 'measured.mjs'), join(root, 'apps/cli/dist/main.js'), 'bench'],
      ...[
        '--dataset',
        dataset,
        '--providers',
        'openai-compatible:echo',
        '--endpoint',
        url,
        '--yes',
        '--max-cost',
        '1',
      ],
      ...['--concurrency', concurrency, '--output', output, '--export', 'both'],
    ],
    { BENCH_MEASURE: measure },
  )
  const { seconds, rssMb } = JSON.parse(await readFile(measure, 'utf8'))
  const spent = await secondsOfRun(output, size)
  const [bareRate, rate] = [size / bare.seconds, size / spent]
  const cells = [
    size,
    bareRate.toFixed(0),
    rate.toFixed(0),
    (rate / bareRate).toFixed(2),
    spent.toFixed(1),
    seconds.toFixed(1),
  ]
  console.log(
    cells.map((cell, i) => String(cell).padStart([8, 15, 13, 8, 8, 10][i])).join('') +
      `${rssMb.toFixed(0)} MB`.padStart(11),
  )
  if (rate < floors.perSecond)
    missed.push(`${size} tasks: ${rate.toFixed(0)} attempts/s is under ${floors.perSecond}`)
  if (rssMb >= floors.rssMb)
    missed.push(`${size} tasks: ${rssMb.toFixed(0)} MB of memory is not under ${floors.rssMb}`)
}

async function writeTasks(path, size) {
  const file = createWriteStream(path)
  for (let i = 0; i < size; i++) {
    const expected = `item ${i}`
    const line = JSON.stringify({
      id: `item-${i}`,
      category: 'echo',
      prompt: `Repeat after me: ${expected}`,
      expected,
    })
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** From the first attempt's start to the last score, by the log, which must hold every attempt as a pass. */
async function secondsOfRun(output, size) {
  const [run] = await readdir(output)
  const lines = (await readFile(join(output, run, 'results.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const passed = lines.filter((line) => line.kind === 'score' && line.outcome === 'pass').length
  if (passed !== size) fail(`perf: ${passed} of ${size} attempts passed: the numbers would mean nothing`)
  const began = lines.reduce(
    (first, { started }) => (started !== undefined && started < first ? started : first),
    '9',
  )
  const ended = lines.reduce((last, { at }) => (at !== undefined && at > last ? at : last), '')
  return (Date.parse(ended) - Date.parse(began)) / 1000
}

/** Runs Node to its end. @returns what it printed. */
async function node(args, env = {}) {
  const child = spawn(process.execPath, args.map(String), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [printed, said] = ['', '']
  child.stdout.on('data', (chunk) => (printed += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0)
    fail(`perf: node ${args.join(' ')} ended with ${code}: ${said.trim().split('\n').slice(-3).join(' ')}`)
  return printed
}
