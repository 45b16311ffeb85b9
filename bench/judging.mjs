/**
 * How fast code is judged with full isolation, beside plain interpreters without any: `node bench/judging.mjs [samples]`.
 *
 * Python: HumanEval's 164 canonical solutions and recorded samples, up to `samples` (5,000) of them, against
 * `python3 -I -S`, one process a sample. JavaScript: MultiPL-E's recorded samples against `node`. The same sources and
 * tests, two workers on either side, interleaved: first the canonical solutions in each of five rounds, then the samples, a
 * fifth of them in each. Medians of the rounds, on the wall and in CPU time, which other work on the machine changes less; every
 * verdict is held against the recorded one. Then HumanEval+, whole, for one model. Rounds end early where time is up.
 * `node bench/judging.mjs first DRIVER` prints the milliseconds from nothing to the first verdict.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from '../scripts/workspace.mjs'
import { cpuMs } from './cpu.mjs'

const data = join(root, '../shared/data')
const workers = 2
const rounds = 5
/** Seconds after which no further round of a race begins. */
const raceSec = 60
const floors = { python: 1.7, javascript: 1.0, firstMs: 400, plusSec: 60 }
/** A sample that needs longer says nothing about overhead, in no column: endless ones above all. */
const longestMs = 1000

const { driver } = await import(join(root, 'packages/sandbox/dist/index.js'))
const { openJudge } = await import(join(root, 'packages/scorers/dist/index.js'))
const { openDataset } = await import(join(root, 'packages/datasets/dist/index.js'))

if (process.argv[2] === 'first') await first(process.argv[3])
else process.exitCode = (await compare(Number(process.argv[2] ?? 5000))) ? 0 : 1

async function first(name) {
  const [sample] = pythonSamples(1)
  const began = performance.now()
  const judge = openJudge(await driver(name), { size: 1 })
  const { outcome } = await judge.judge(sample.spec, sample.source)
  console.log(outcome === 'pass' ? (performance.now() - began).toFixed(0) : outcome)
  await judge[Symbol.asyncDispose]()
}

async function compare(most) {
  if (!existsSync(data)) {
    console.log(`judging: skipped, no recorded samples at ${data}`)
    return true
  }
  const missed = []
  const drivers = []
  for (const name of ['docker', 'bubblewrap']) {
    const one = await driver(name)
    const probe = await one.probe()
    if (probe.ok) drivers.push(one)
    else console.log(`judging: ${name} skipped: ${probe.reason}`)
  }
  for (const { name } of drivers) {
    const times = []
    for (let i = 0; i < 3; i++) {
      const { out } = await run(process.execPath, [import.meta.filename, 'first', name])
      times.push(out.trim() || `none within ${3 * longestMs}`)
    }
    const ms = median(times.map((time) => (/^\d+$/.test(time) ? Number(time) : Number.POSITIVE_INFINITY)))
    console.log(`first verdict, ${name}: ${times.join(', ')} ms`)
    if (ms >= floors.firstMs)
      missed.push(`first verdict with ${name}: ${ms} ms is not under ${floors.firstMs}`)
  }
  const python = await interpreter()
  const plainPython = (source) => run(python, ['-I', '-S', '-'], source)
  const samples = pythonSamples(most)
  const canonical = samples.slice(0, 164)
  const parts = Array.from({ length: rounds }, (_, i) => samples.filter((_, at) => at % rounds === i))
  const javascript = javascriptSamples(Math.min(most, 160))
  const again = (all) => Array.from({ length: rounds }, () => all)
  missed.push(
    ...(await race('python', 'canonical solutions', again(canonical), plainPython, drivers)),
    ...(await race('python', `${samples.length} samples`, parts, plainPython, drivers)),
    ...(await race(
      'javascript',
      'samples',
      again(javascript),
      (source) => run('node', ['-'], source),
      drivers,
    )),
  )
  for (const one of drivers) missed.push(...(await plus(one)))
  console.log(
    missed.length === 0 ? 'judging: every floor held' : missed.map((line) => `judging: ${line}`).join('\n'),
  )
  return missed.length === 0
}

/** The Python itself: what is first on the path may be a script that looks for one. */
async function interpreter() {
  const known = '/usr/bin/python3' // What bubblewrap's boxes have.
  if (existsSync(known)) return known
  return (await run('python3', ['-c', 'import sys; print(sys.executable)'])).out.trim()
}

/** Prints a line for each driver. @returns what was under its floor or judged otherwise than recorded */
async function race(language, what, parts, plain, drivers) {
  const all = parts.flat()
  const unique = [...new Map(all.map((sample) => [sample.program, sample])).values()]
  const slow = new Set()
  await each(unique, async ({ program }) => {
    const { ms } = await plain(program)
    if (ms > longestMs) slow.add(program)
  })
  console.log(
    `${language}, ${what}: ${unique.length} different, ${slow.size} too slow left out, ${workers} workers, load ${loadavg()[0].toFixed(1)}`,
  )
  const judges = drivers.map((one) => ({
    name: one.name,
    judge: openJudge(one, { size: workers }),
    laps: [],
    wrong: new Set(),
  }))
  const laps = []
  const odd = new Set()
  const until = performance.now() + raceSec * 1000
  for (const part of parts) {
    if (performance.now() > until) break
    const samples = part.filter(({ program }) => !slow.has(program))
    laps.push(
      await lap(samples, async ({ id, program, passed }) => {
        const { code } = await plain(program)
        if ((code === 0) !== passed) odd.add(id)
      }),
    )
    for (const { judge, laps: own, wrong } of judges) {
      await Promise.all(samples.slice(0, workers).map(({ spec, source }) => judge.judge(spec, source))) // Warm.
      own.push(
        await lap(samples, async ({ id, spec, source, passed }) => {
          const { outcome } = await judge.judge(spec, source)
          if ((outcome === 'pass') !== passed) wrong.add(`${id}: ${outcome}`)
        }),
      )
    }
  }
  if (laps.length < parts.length)
    console.log(`  time was up after ${laps.length} of ${parts.length} rounds: the machine is slow or busy`)
  const missed = []
  for (const { name, judge, laps: own, wrong } of judges) {
    await judge[Symbol.asyncDispose]()
    const ratios = ['wall', 'cpu'].map((kind) => median(own.map((one, i) => laps[i][kind] / one[kind])))
    console.log(
      `  ${name}: ${told(own)}; plain ${told(laps)}; ratio ${ratios[0].toFixed(2)} (CPU ${ratios[1].toFixed(2)}); verdicts that differ: ${wrong.size} (plain ${odd.size})`,
    )
    if (wrong.size > 0) missed.push(`${what} with ${name}: ${[...wrong].slice(0, 5).join('; ')}`)
    if (ratios[0] < floors[language])
      missed.push(`${language}, ${what}, with ${name}: ${ratios[0].toFixed(2)} is under ${floors[language]}`)
  }
  return missed
}

function told(laps) {
  const [wall, cpu] = ['wall', 'cpu'].map((kind) => median(laps.map((one) => one[kind])))
  return `${(1000 / wall).toFixed(0)}/s, ${cpu.toFixed(1)} ms of CPU each`
}

/** Milliseconds a sample, on the wall and of CPU. */
async function lap(samples, work) {
  const [began, used] = [performance.now(), cpuMs()]
  await each(samples, work)
  return {
    wall: (performance.now() - began) / samples.length,
    cpu: ((cpuMs() ?? Number.NaN) - used) / samples.length,
  }
}

/** All 125,309 cases of HumanEval+ v0.1.9 for one model, references included. */
async function plus(one) {
  const from = 'generations/humanevalplus/qwen2.5-coder-1.5b'
  const dataset = await openDataset(join(data, 'humanevalplus/HumanEvalPlus-v0.1.9.jsonl.gz'))
  const tasks = new Map()
  for await (const task of dataset.tasks()) tasks.set(task.id, task)
  const official = new Map(
    lines(`${from}.verdicts.jsonl`).map(({ task_id, base, plus: rest }) => [
      task_id,
      base === 'pass' && rest === 'pass',
    ]),
  )
  const judge = openJudge(one, { size: workers })
  const wrong = []
  const samples = lines(`${from}.jsonl`)
  const { wall, cpu } = await lap(samples, async ({ task_id: id, completion }) => {
    const { outcome } = await judge.judge(tasks.get(id).code, completion)
    if ((outcome === 'pass') !== official.get(id)) wrong.push(`${id}: ${outcome}`)
  })
  await judge[Symbol.asyncDispose]()
  const [seconds, busy] = [wall, cpu].map((ms) => (ms * samples.length) / 1000)
  console.log(
    `HumanEval+, one model, ${one.name}: ${seconds.toFixed(1)} s, ${busy.toFixed(1)} s of CPU, verdicts that differ: ${wrong.length}`,
  )
  const missed = wrong.length === 0 ? [] : [`HumanEval+ with ${one.name}: ${wrong.slice(0, 5).join('; ')}`]
  if (seconds >= floors.plusSec)
    missed.push(`HumanEval+ with ${one.name}: ${seconds.toFixed(0)} s is not under ${floors.plusSec}`)
  return missed
}

function pythonSamples(most) {
  const tasks = new Map(lines('humaneval/HumanEval.jsonl.gz').map((task) => [task.task_id, task]))
  const sample = (id, completion, passed, from) => {
    const { prompt, test, entry_point: entryPoint } = tasks.get(id)
    // A completion may be the whole function again: behind the prompt it is the one that counts.
    const source = `${prompt}${completion}`
    return {
      id: `${id} ${from}`,
      source,
      passed,
      spec: { kind: 'assert', language: 'python', entryPoint, prompt, test, timeout: 3 },
      program: `${source}\n${test}\ncheck(${entryPoint})\n`,
    }
  }
  const canonical = [...tasks.values()].map((task) =>
    sample(task.task_id, task.canonical_solution, true, 'canonical'),
  )
  const recorded = [
    'gpt-4-1106',
    'wizardcoder-15b',
    'codellama-34b',
    'reflexion-gpt-3.5',
    'gpt-3.5-turbo-0613',
  ].flatMap((model) => {
    const verdicts = new Map(
      lines(`generations/humaneval/${model}.verdicts.jsonl`).map(({ task_id, passed }) => [task_id, passed]),
    )
    return lines(`generations/humaneval/${model}.jsonl`).map(({ task_id, completion }) =>
      sample(task_id, completion, verdicts.get(task_id), model),
    )
  })
  return repeat([...canonical, ...recorded], Math.max(most, 1))
}

function javascriptSamples(most) {
  const tasks = new Map(lines('multipl-e/humaneval-js.jsonl').map((task) => [task.task_id, task]))
  const recorded = 'generations/multipl-e/qwen2.5-coder-1.5b.js'
  const verdicts = new Map(
    lines(`${recorded}.verdicts.jsonl`).map(({ task_id, passed }) => [task_id, passed]),
  )
  const samples = lines(`${recorded}.jsonl`).map(({ task_id: id, completion: source }) => {
    const { prompt, tests: test } = tasks.get(id)
    const [, entryPoint] = /let candidate = (\S+);/.exec(test)
    const spec = {
      kind: 'assert',
      language: 'javascript',
      entryPoint,
      prompt,
      test,
      style: 'script',
      timeout: 15,
    }
    return { id, source, passed: verdicts.get(id), spec, program: `${source}\n${test}` }
  })
  return repeat(samples, most)
}

function repeat(samples, most) {
  return samples.length === 0 ? [] : Array.from({ length: most }, (_, i) => samples[i % samples.length])
}

function lines(path) {
  const bytes = readFileSync(join(data, path))
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Two at a time, in order. */
async function each(items, work) {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

/** Runs a program on stdin to its end, or not much longer than counts. */
async function run(command, args, stdin = '') {
  const began = performance.now()
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env // Read at every start of Node: nothing of ours.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env, timeout: 3 * longestMs })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const [code] = await once(child, 'close')
  return { code, out, ms: performance.now() - began }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
