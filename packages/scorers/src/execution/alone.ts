import { availableParallelism } from 'node:os'
import type { CodeSpec, ExpressionCode, IoCase, IoCode } from '@bench/datasets'
import { type ExecResult, type Files, type SandboxDriver, SandboxError } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import { clip } from '../match.js'
import { compileProgram, pythonCommand } from '../python.js'
import type { Score } from '../spec.js'
import { aroundOf, type Case, type CaseResult, judgeMessages, readCases, summarise } from './cases.js'
import { Garbage, parse } from './codec.js'
import { type Evaluate, judgeExpression, told } from './expression.js'
import type { Kept } from './kept.js'
import { asRecord, type Failure } from './result.js'
import { boxSpec, pythonOf } from './runtime.js'
import { aloneLimit } from './time.js'

/**
 * Judges code where a box is one process and cannot start another (WebAssembly): input/output tasks and expressions in Python, each
 * case in a box of its own.
 * @throws ScorerError `no_sandbox` for other code; SandboxError where the box fails before any code of the candidate has run
 */
export async function judgeAlone(
  spec: CodeSpec,
  source: string,
  driver: SandboxDriver,
  literals: Kept<unknown>,
  signal?: AbortSignal,
): Promise<Score> {
  if (spec.kind === 'expression')
    return judgeExpression(spec, source, evaluator(spec, driver), literals, signal)
  if (spec.kind !== 'io' || spec.language !== 'python')
    throw new ScorerError(
      'no_sandbox',
      `${driver.name} cannot judge ${spec.language} with tests of kind ${spec.kind}; install bubblewrap or start Docker`,
    )
  const cases = readCases(spec)
  const results: CaseResult[] = []
  const waiting = spec.cases.entries()
  const worker = async () => {
    for (const [i, one] of waiting)
      results[i] = judgeCase(cases[i]!, await run(driver, caseOf(spec, one, source), one.timeout, signal))
  }
  const workers = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker))
  for (const end of workers) if (end.status === 'rejected') throw end.reason
  return summarise(cases, results, spec.comparison === 'livecodebench')
}

const compiled = new WeakMap<SandboxDriver, Promise<Files>>()

/** `alone.py` compiled, once for each driver. */
function bytecode(driver: SandboxDriver): Promise<Files> {
  const compile = async () => {
    await using box = await driver.open(boxSpec)
    return await compileProgram(box, pythonOf(box))
  }
  const known = compiled.get(driver) ?? compile()
  compiled.set(driver, known)
  known.catch(() => compiled.delete(driver))
  return known
}

/** What a run gave: its messages as far as they came whole, and what the program printed. */
interface Run {
  readonly reason: ExecResult['reason']
  readonly told?: { readonly ms: unknown; readonly messages: readonly unknown[] }
  readonly printed: Uint8Array
}

/** One run in a box of its own. A program's output comes raw, after it one frame and its length as 8 hex digits. */
async function run(driver: SandboxDriver, job: Job, seconds: number, signal?: AbortSignal): Promise<Run> {
  const program = await bytecode(driver)
  await using box = await driver.open(boxSpec)
  await box.write(program)
  const body = JSON.stringify(job.payload)
  const result = await box.exec(pythonCommand(pythonOf(box), 'alone.pyc'), {
    stdin: `${Buffer.byteLength(body)}\n${body}${job.stdin}`,
    limits: { timeoutSec: aloneLimit(seconds), outputBytes: 64 << 20 },
    ...(signal ? { signal } : {}),
  })
  signal?.throwIfAborted()
  const { reason, stdout, stderr } = result
  if (stdout[0] !== hello) {
    const said = new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? ''
    throw new SandboxError('failed', `the box ended before the code began (${reason}): ${clip(said, 300)}`)
  }
  const size = Number.parseInt(new TextDecoder().decode(stdout.slice(-8)), 16)
  const at = stdout.length - 8 - size
  if (!(at >= 1)) return { reason, printed: stdout.subarray(1) }
  const found = read(stdout.subarray(at, -8))
  return { reason, ...(found ? { told: found } : {}), printed: stdout.subarray(1, at) }
}

/** The byte that our program writes before any code of the candidate has run. */
const hello = 0x68

function read(bytes: Uint8Array): Run['told'] {
  try {
    const { ms, messages } = asRecord(parse(bytes))
    return Array.isArray(messages) ? { ms, messages } : undefined
  } catch {
    return undefined
  }
}

/** What `alone.py` is given: JSON, and a program's own standard input. */
interface Job {
  readonly payload: object
  readonly stdin: string
}

function caseOf(spec: IoCode, { input }: IoCase, source: string): Job {
  const { entryPoint } = spec
  const call = entryPoint === undefined ? {} : { entry: entryPoint, args: input, again: true }
  const payload = { source, ...aroundOf(spec), ...call }
  return { payload, stdin: entryPoint === undefined ? String(input) : '' }
}

function evaluator({ timeout }: ExpressionCode, driver: SandboxDriver): Evaluate {
  return async ({ source: expression, ...asked }, signal) => {
    const one = await run(driver, { payload: { ...asked, expression }, stdin: '' }, timeout, signal)
    const message = () => (one.told === undefined ? undefined : asRecord(one.told.messages[0]))
    return told(message, missing[one.reason])
  }
}

const missing: Record<ExecResult['reason'], Failure> = {
  ok: { outcome: 'crash', error: 'the process ended without a result' },
  killed: { outcome: 'crash', error: 'the process was killed without a result' },
  timeout: { outcome: 'time_limit', error: 'no result within the time limit' },
  memory: { outcome: 'memory', error: 'the memory limit was reached' },
  output_limit: { outcome: 'output_limit', error: 'the output limit was reached' },
}

function judgeCase(one: Case, { reason, told: found, printed }: Run): CaseResult {
  if (found === undefined) return missing[reason]
  const ms = typeof found.ms === 'number' && found.ms >= 0 ? { ms: Math.round(found.ms * 10) / 10 } : {}
  try {
    return { ...ms, ...judgeMessages(one, found.messages.map(asRecord), new TextDecoder().decode(printed)) }
  } catch (error) {
    if (!(error instanceof Garbage)) throw error
    return { outcome: 'crash', error: `the result is unreadable: ${error.message}` }
  }
}
