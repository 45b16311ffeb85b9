/**
 * `pnpm perf queue [jobs]`: how many jobs a second go through Postgres, with a worker of the real CLI and a server that answers at
 * once; and how much two workers do of one, where a server takes 100 ms. Postgres is a private one. Exits 1 where a floor is
 * missed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../scripts/postgres.mjs'
import { root } from '../scripts/workspace.mjs'

const jobs = Number(process.argv[2] ?? 10_000)
const waiting = { jobs: 2_400, delayMs: 100, concurrency: 16 }
const floors = { perSecond: 1000, twoWorkers: 1.7 }

const main = join(root, 'apps/cli/dist/main.js')
const folder = await mkdtemp(join(tmpdir(), 'bench-queue-'))
const missed = []
const postgres = await startPostgres()
try {
  const instant = await through(jobs, { workers: 1, concurrency: 32, delayMs: 0 })
  console.log(`${jobs} jobs, 1 worker, 32 at once, a server that answers at once: ${instant.toFixed(0)}/s`)
  if (instant < floors.perSecond) missed.push(`fewer than ${floors.perSecond} jobs a second`)
  const rates = []
  for (const workers of [1, 2]) rates.push(await through(waiting.jobs, { ...waiting, workers }))
  const ratio = rates[1] / rates[0]
  console.log(
    `a server that answers after ${waiting.delayMs} ms, ${waiting.concurrency} at once a worker: 1 worker ${rates[0].toFixed(0)}/s, ` +
      `2 workers ${rates[1].toFixed(0)}/s: ${ratio.toFixed(2)} times as many`,
  )
  if (ratio < floors.twoWorkers)
    missed.push(`two workers do less than ${floors.twoWorkers} times what one does`)
} finally {
  await postgres[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}
console.log(missed.length === 0 ? 'every floor held' : missed.join('\n'))
process.exitCode = missed.length === 0 ? 0 : 1

/** Jobs a second, from when the first is taken up until the last line is written here. */
async function through(count, { workers, concurrency, delayMs }) {
  const url = await postgres.createDatabase()
  const server = spawn(process.execPath, [join(root, 'bench/instant-server.mjs'), '0', String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const endpoint = String((await once(server.stdout, 'data'))[0]).trim()
  const dataset = join(folder, `${count}.jsonl`)
  await writeTasks(dataset, count)
  const model = ['--endpoint', endpoint]
  const env = { ...process.env, BENCH_QUEUE: url, BENCH_CACHE: join(folder, 'cache') }
  const start = (args, stdio) => spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio })
  const children = Array.from({ length: workers }, () =>
    start(['worker', '--concurrency', String(concurrency), ...model], ['ignore', 'ignore', 'pipe']),
  )
  await Promise.all(children.map((child) => once(child.stderr, 'data')))
  for (const child of children) child.stderr.resume()
  const asked = [
    '-d',
    dataset,
    '-p',
    'openai-compatible:echo',
    ...model,
    '--concurrency',
    String(concurrency * workers),
  ]
  const follower = start(['bench', ...asked, '--json', '--no-preflight'], ['ignore', 'pipe', 'inherit'])
  const times = await timesOf(follower.stdout)
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(children.map((child) => once(child, 'exit')))
  server.stdin.end()
  return count / ((times.last - times.first) / 1000)
}

/** By the lines' own clocks: what was begun first, and what was judged last. */
async function timesOf(stream) {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  let rest = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const text of lines) {
      const { type, line } = JSON.parse(text)
      if (type === 'attempt') first = Math.min(first, Date.parse(line.started))
      if (type === 'score') last = Math.max(last, Date.parse(line.at))
    }
  }
  return { first, last }
}

async function writeTasks(path, count) {
  const file = createWriteStream(path)
  for (let i = 0; i < count; i++)
    file.write(`${JSON.stringify({ id: `t${i}`, prompt: `item ${i}`, expected: `item ${i}` })}\n`)
  file.end()
  await once(file, 'finish')
}
