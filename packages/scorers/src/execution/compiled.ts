import { createHash } from 'node:crypto'
import type { AssertCode } from '@bench/datasets'
import { type JobEnd, type JobResult, SandboxError } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import type { Build, Compiled } from '../languages/compiled.js'
import { clip } from '../match.js'
import type { Score } from '../spec.js'
import { crash, type Finding, failed } from './assert.js'
import { Garbage } from './codec.js'
import { readVerdict, type Told } from './compiled-verdict.js'
import { ending, Forged, newSeal, process, readResult } from './jobs.js'
import { Kept } from './kept.js'
import { asRecord, type Failure } from './result.js'
import type { Servers } from './servers.js'
import { backstop } from './time.js'

/** Seconds of CPU time that a compiler has; MultiPL-E's own harness gives it 15 on the wall. */
const compileSec = 30

/** The same for what is ours: a newer Go has all of its library to compile. */
const ownSec = 120

/** Bytes for a compiler: all of the C++ library's headers at once take g++ a few hundred million. */
export const compilerBytes = 2 * 1024 ** 3

/** What a compiler made, as it goes into a box again. */
interface Program {
  readonly files: Readonly<Record<string, unknown>>
  readonly run: readonly string[]
  readonly size: number
}

/** A task's test is compiled once, for all answers to it. */
export const keptTests = (): Kept<Program | Failure> =>
  new Kept(64 << 20, (made) => ('files' in made ? made.size : 1000))

/** What judging needs besides the task and the answer. */
export interface CompiledMeans {
  readonly compiled: Compiled
  readonly servers: Servers
  readonly tests: Kept<Program | Failure>
  readonly signal?: AbortSignal | undefined
}

/**
 * Judges code by the task's own assertions where both have to be compiled: each becomes a program, and the two are joined by a pipe each
 * way. The verdict comes from the descriptor of the test's process, where nothing of the answer ever was.
 * @throws SandboxError where no code of the candidate has run, or what is ours could not be compiled just now
 */
export async function judgeCompiled(spec: AssertCode, source: string, means: CompiledMeans): Promise<Score> {
  const { compiled, servers, tests, signal } = means
  const compiler = await servers.compiler(compiled.toolChain, compiled.compiler)
  const support = await supportOf(compiled, compiler, means)
  const answer = await compile(await compiled.answer(spec, source, compiler), support, servers, signal)
  if (!('files' in answer)) return scoreOf(failed(answer))
  // Others may wait for it: it is not made in vain where this attempt is given up.
  const test = await tests.get(keyOf(spec), async () =>
    ours(await compile(await compiled.test(spec, compiler), support, servers, undefined, ownSec)),
  )
  if (!('files' in test)) return scoreOf(failed({ ...test, error: `the task's own test: ${test.error}` }))
  const party = ({ files, run }: Program) => ({
    ...process('compiled.py', { files, command: run }, spec.timeout),
    memoryBytes: compiled.memoryBytes,
  })
  const result = await servers.run(
    { processes: [party(answer), party(test)], wallSec: backstop(spec.timeout) },
    signal,
  )
  const peak = result.ends[0]?.peakBytes
  return scoreOf(find(result, spec.timeout), {
    ms: Math.round(result.ms * 10) / 10,
    ...(peak === undefined ? {} : { peak_bytes: peak }),
  })
}

/** @throws ScorerError `no_sandbox` where what is ours does not compile: the tool chain is not what it says */
async function supportOf(
  { toolChain, compiler: name, support }: Compiled,
  compiler: string,
  { servers, tests }: CompiledMeans,
): Promise<Program['files']> {
  if (support === undefined) return {}
  const made = await tests.get(toolChain, async () =>
    ours(await compile(await support(compiler), {}, servers, undefined, ownSec)),
  )
  if ('files' in made) return made.files
  throw new ScorerError('no_sandbox', `${name} cannot compile what the judge needs: ${made.error}`)
}

/**
 * What is no model's may be refused by its compiler, once and for all; whatever else keeps it from being compiled is no answer's fault.
 * @throws SandboxError `failed`, and nothing is kept
 */
function ours(made: Program | Failure): Program | Failure {
  if ('files' in made || made.outcome === 'syntax') return made
  throw new SandboxError('failed', `The judge's own program was not compiled: ${made.error}`)
}

async function compile(
  build: Build,
  support: Program['files'],
  servers: Servers,
  signal?: AbortSignal,
  cpuSec = compileSec,
): Promise<Program | Failure> {
  const { command, keep, run } = build
  const files = { ...support, ...build.files }
  const seal = newSeal()
  const limit = { cpuSec, wallSec: backstop(cpuSec) }
  const one = {
    ...process('compiler.py', { files, command, keep, seal }, cpuSec),
    memoryBytes: compilerBytes,
  }
  const { ends, breach } = await servers.run({ processes: [one], wallSec: limit.wallSec }, signal)
  const end = ends[0]
  if (end === undefined)
    return { outcome: 'crash', error: `the compiler's box was lost: ${breach ?? 'no result'}` }
  try {
    const [told] = readResult(end, seal, 1)
    if (told === undefined) return unfinished(end, limit)
    if (told.errors !== undefined) return { outcome: 'syntax', error: complaint(String(told.errors)) }
    return { files: asRecord(told.files), run, size: end.result.length }
  } catch (error) {
    if (!(error instanceof Garbage) && !(error instanceof Forged)) throw error
    return { outcome: 'crash', error: `what the compiler made is unreadable: ${error.message}` }
  }
}

function unfinished(end: JobEnd, limit: { cpuSec: number; wallSec: number }): Failure {
  const { outcome, error } = ending(end, limit)
  return { outcome, error: `the compiler: ${error}` }
}

/** The first error, and what it says of its place; notes and warnings before it are left out. */
function complaint(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const at = lines.findIndex((line) => /\berror\b/i.test(line))
  return clip(lines.slice(Math.max(0, at), Math.max(0, at) + 4).join(' · ') || 'it does not compile')
}

const keyOf = ({ language, entryPoint, prompt, test }: AssertCode): string =>
  createHash('sha256')
    .update(JSON.stringify([language, entryPoint, prompt, test]))
    .digest('base64')

const scoreOf = ({ outcome, detail }: Finding, measured: Record<string, number> = {}): Score => ({
  outcome,
  value: outcome === 'pass' ? 1 : 0,
  detail: { ...detail, ...measured },
})

function find({ ends: [answer, test], breach }: JobResult, timeout: number): Finding {
  if (breach !== undefined || answer === undefined || test === undefined)
    return crash(`the box was lost: ${breach ?? 'no result'}`)
  const limit = { cpuSec: timeout, wallSec: backstop(timeout) }
  const told = readVerdict(test.result)
  if (told !== undefined) return findingOf(told, answer, limit)
  if (answer.reason !== 'ok') return failed(ending(answer, limit))
  if (test.reason === 'timeout')
    return failed({ ...ending(test, limit), error: `the test: ${ending(test, limit).error}` })
  return crash('the test could not go on after an answer')
}

function findingOf(
  { verdict, words, exchange }: Told,
  answer: JobEnd,
  limit: Parameters<typeof ending>[1],
): Finding {
  const nothing = 'the answer is unreadable'
  switch (verdict) {
    case 'passed':
      return { outcome: 'pass' }
    case 'failed':
      return failed({ outcome: 'wrong_answer', error: words }, exchange)
    case 'error':
      return failed({ outcome: 'runtime', error: words }, exchange)
    case 'memory':
      return failed({ outcome: 'memory', error: words }, exchange)
    case 'silent':
      return failed(ending(answer, limit), exchange)
    case 'forged':
      return failed({ outcome: 'forged', error: 'it answered what it had not been asked' }, exchange)
    case 'garbage':
      return failed(
        { outcome: 'wrong_answer', error: `the answer is no value of its type: ${words}` },
        exchange,
      )
    case 'unsupported':
      return failed({ outcome: 'wrong_answer', error: `the test cannot be carried over: ${words}` }, exchange)
    default:
      return crash(nothing, exchange)
  }
}
