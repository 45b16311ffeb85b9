/**
 * How fast code is judged with full isolation, beside plain interpreters without any: `node bench/judging.mjs [samples]`.
 *
 * Python: HumanEval's 164 canonical solutions and recorded samples, up to `samples` (5,000) of them, against
 * `python3 -I -S`, one process a sample. JavaScript: MultiPL-E's recorded samples against `node`. The same sources and
 * tests, two workers on either side, interleaved; medians of five rounds, every verdict held against the recorded one.
 * `node bench/judging.mjs first DRIVER` prints the milliseconds from nothing to the first verdict.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from '../scripts/workspace.mjs'

const data = join(root, '../shared/data')
const workers = 2
const rounds = 5
const floors = { python: 1.7, javascript: 1.0, firstMs: 400 }
/** A sample that needs longer says nothing about overhead, in no column: endless ones above all. */
const longestMs = 1000

const { driver } = await import(join(root, 'packages/sandbox/dist/index.js'))
const { openJudge } = await import(join(root, 'packages/scorers/dist/index.js'))

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
    const told = await run(process.execPath, [import.meta.filename, 'first', name])
    const ms = Number(told.out)
    console.log(`first verdict, ${name}: ${told.out.trim()} ms`)
    if (!(ms < floors.firstMs))
      missed.push(`first verdict with ${name}: ${told.out.trim()} ms is not under ${floors.firstMs}`)
  }
  const languages = {
    python: { samples: pythonSamples(most), plain: (source) => run('python3', ['-I', '-S', '-'], source) },
    javascript: {
      samples: javascriptSamples(Math.min(most, 320)),
      plain: (source) => run('node', ['-'], source),
    },
  }
  for (const [language, { samples, plain }] of Object.entries(languages))
    missed.push(...(await race(language, samples, plain, drivers)))
  console.log(
    missed.length === 0 ? 'judging: every floor held' : missed.map((line) => `judging: ${line}`).join('\n'),
  )
  return missed.length === 0
}

/** Prints a line for each driver. @returns what was under its floor or judged otherwise than recorded */
async function race(language, all, plain, drivers) {
  const unique = [...new Map(all.map((sample) => [sample.program, sample])).values()]
  const slow = new Set()
  await each(unique, async ({ program }) => {
    const { ms } = await plain(program)
    if (ms > longestMs) slow.add(program)
  })
  const samples = all.filter(({ program }) => !slow.has(program))
  console.log(
    `${language}: ${samples.length} samples (${unique.length} different, ${slow.size} too slow left out), ${workers} workers, load ${loadavg()[0].toFixed(1)}`,
  )
  const judges = drivers.map((one) => ({
    name: one.name,
    judge: openJudge(one, { size: workers }),
    rates: [],
    wrong: new Set(),
  }))
  const rates = []
  const odd = new Set()
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await each(samples, async ({ id, program, passed }) => {
      const { code } = await plain(program)
      if ((code === 0) !== passed) odd.add(id)
    })
    rates.push(samples.length / (performance.now() - began))
    for (const { judge, rates: own, wrong } of judges) {
      await judge.judge(samples[0].spec, samples[0].source) // Warm.
      const start = performance.now()
      await each(samples, async ({ id, spec, source, passed }) => {
        const { outcome } = await judge.judge(spec, source)
        if ((outcome === 'pass') !== passed) wrong.add(`${id}: ${outcome}`)
      })
      own.push(samples.length / (performance.now() - start))
    }
  }
  const missed = []
  for (const { name, judge, rates: own, wrong } of judges) {
    await judge[Symbol.asyncDispose]()
    const ratio = median(own.map((rate, round) => rate / rates[round]))
    console.log(
      `  ${name}: ${(1000 * median(own)).toFixed(0)}/s, plain ${(1000 * median(rates)).toFixed(0)}/s, ratio ${ratio.toFixed(2)}, verdicts that differ: ${wrong.size} (plain ${odd.size})`,
    )
    if (wrong.size > 0) missed.push(`${language} with ${name}: ${[...wrong].slice(0, 5).join('; ')}`)
    if (ratio < floors[language])
      missed.push(`${language} with ${name}: ${ratio.toFixed(2)} is under ${floors[language]}`)
  }
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
