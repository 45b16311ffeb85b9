/**
 * `pnpm replays [FOLDER [SET…]]`: replays recorded outputs of models through the real command and holds each verdict against the one
 * that the set's own harness gave. Prints a table, and the cause of each disagreement that is known. Exits 1 where one is not.
 * FOLDER holds `generations/` beside the sets; ../shared/data unless given.
 */
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { causes, recordings } from '../bench/recordings.mjs'
import { ensureBuilt, ensureInstalled, fail, root } from './workspace.mjs'

const [place = join(root, '../shared/data'), ...sets] = process.argv.slice(2)
const folder = resolve(place)
if (!existsSync(join(folder, 'generations')))
  fail(`replays: ${folder} holds no generations/; name the folder of recorded outputs`)

ensureInstalled()
ensureBuilt()

const work = await mkdtemp(join(tmpdir(), 'bench-replays-'))
let unexplained = 0
try {
  console.log(row(['set', 'model', 'n', 'ours', 'official', 'differ', 'seconds']))
  for (const recording of recordings)
    if (sets.length === 0 || sets.includes(recording.set)) await replay(recording)
} finally {
  await rm(work, { recursive: true, force: true })
}
console.log(unexplained === 0 ? 'every disagreement is explained' : `${unexplained} without a known cause`)
process.exitCode = unexplained === 0 ? 0 : 1

async function replay(recording) {
  const { set, model, dataset, repeats = 1 } = recording
  const given = recording.read((path) => readFileSync(join(folder, path), 'utf8'))
  const replies = join(work, 'replies.jsonl')
  await writeLines(replies, given.replies)
  const output = join(work, 'runs')
  await rm(output, { recursive: true, force: true })
  const began = performance.now()
  await bench([
    ...['bench', '-d', join(folder, dataset), '-p', 'replay', '--replies', replies, '-o', output],
    ...['--no-preflight', '--repeats', String(repeats), '-c', '4', '--export', 'json'],
  ])
  const seconds = (performance.now() - began) / 1000
  const verdicts = await readVerdicts(output)
  for (const { name, scorer, official, verdict = ({ value }) => value === 1 } of given.against) {
    const told = [...official].map(([id, theirs]) => {
      const line = verdicts.get(`${scorer ?? 'headline'} ${id}`)
      return { id, theirs, line, ours: line !== undefined && line.outcome !== 'infra' && verdict(line) }
    })
    const differ = told.filter(({ ours, theirs, line }) => line === undefined || ours !== theirs)
    const count = (which) => told.filter((one) => one[which]).length
    console.log(
      row([
        name ?? set,
        model,
        told.length,
        count('ours'),
        count('theirs'),
        differ.length,
        seconds.toFixed(1),
      ]),
    )
    for (const { id, theirs, line } of differ) explain(`${name ?? set}: ${model}: ${id}`, theirs, line)
  }
}

function explain(place, theirs, line) {
  const cause = causes.find(({ of }) => place.includes(of))?.cause
  if (cause === undefined) unexplained++
  const told =
    line === undefined ? 'no score' : `${line.outcome} ${JSON.stringify(line.detail ?? {}).slice(0, 300)}`
  console.log(`  ${place}: official ${theirs ? 'pass' : 'fail'}, ours ${told}`)
  console.log(`    ${cause ?? 'no known cause'}`)
}

/** Score lines by scorer and `task#repeat`, and the headline's under its own name as well. */
async function readVerdicts(output) {
  const [run] = await readdir(output)
  const text = await readFile(join(output, run, 'results.jsonl'), 'utf8')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const places = new Map()
  const verdicts = new Map()
  for (const line of lines) {
    if (line.kind === 'attempt') places.set(line.key, `${line.task}#${line.repeat}`)
    if (line.kind !== 'score') continue
    const place = places.get(line.keys[0])
    verdicts.set(`${line.scorer} ${place}`, line)
    if (line.headline) verdicts.set(`headline ${place}`, line)
  }
  return verdicts
}

async function writeLines(path, lines) {
  const out = createWriteStream(path)
  for (const line of lines) out.write(`${JSON.stringify(line)}\n`)
  await new Promise((done, failed) => out.end((error) => (error ? failed(error) : done())))
}

function bench(args) {
  const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2000)
  })
  return new Promise((done, failed) => {
    // 3: too many infrastructure errors; they show in the table as attempts without a score.
    child.on('close', (code) =>
      code === 0 || code === 3 ? done() : failed(new Error(`exit ${code}: ${said}`)),
    )
  })
}

function row(cells) {
  const widths = [24, 38, 6, 6, 9, 7, 8]
  return cells
    .map((cell, i) => (i < 2 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i])))
    .join(' ')
}
