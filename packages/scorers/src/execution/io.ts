import type { IoCase, IoCode } from '@bench/datasets'
import type { JobEnd } from '@bench/sandbox'
import type { LanguageSupport } from '../languages/spec.js'
import type { Score } from '../spec.js'
import { aroundOf, type Case, type CaseResult, judgeMessages, readCases, summarise } from './cases.js'
import { Garbage } from './codec.js'
import { judgeInOrder, type Trial } from './in-order.js'
import { ending, Forged, newSeal, process, readResult } from './jobs.js'
import type { Servers } from './servers.js'
import { backstop } from './time.js'

/**
 * Judges code by what it returns or prints. Only inputs go into the box; what comes out is compared here. Each case
 * runs in a process of its own, and counts as failed unless its own answer is there and right. A function is called twice on each
 * input and must be right both times: state must not leak from one call into the next. For LiveCodeBench all calls are made in one
 * process, as by its own harness ({@link judgeInOrder}); in processes of their own only where that does not tell who took too long.
 * @throws SandboxError where no code of the candidate has run
 */
export async function judgeIo(
  spec: IoCode,
  source: string,
  { roles }: LanguageSupport,
  servers: Servers,
  signal?: AbortSignal,
): Promise<Score> {
  const cases = readCases(spec)
  const trial: Trial = { spec, source, program: roles.calls!, servers, signal }
  // LiveCodeBench's own harness stops at the first case that fails, and so gives all or nothing.
  const whole = spec.comparison === 'livecodebench'
  const results: CaseResult[] = []
  let failed = false
  if (whole && spec.entryPoint !== undefined) {
    const found = await judgeInOrder(cases, trial)
    if (found)
      return summarise(
        cases,
        cases.map((_, i) => found[i] ?? skipped),
        whole,
      )
  }
  const waiting = cases.entries()
  const worker = async () => {
    for (const [i, one] of waiting) {
      const result = failed && whole ? skipped : await judgeCase(one, spec.cases[i]!, trial)
      failed ||= result.outcome !== 'pass'
      results[i] = result
    }
  }
  await Promise.all(Array.from({ length: servers.size }, worker))
  return summarise(cases, results, whole)
}

const skipped: CaseResult = { outcome: 'wrong_answer', skipped: true }

/** Frames that came, and how the process ended. */
interface Run {
  readonly messages: readonly Readonly<Record<string, unknown>>[]
  readonly end: JobEnd
  readonly ms: number
}

async function judgeCase(one: Case, raw: IoCase, trial: Trial): Promise<CaseResult> {
  try {
    const calls = one.program || one.like !== undefined ? 1 : 2
    const run = await runCase(one, raw, calls, trial)
    return { ...measured(run), ...(await settle(one, raw, run, calls, trial)) }
  } catch (error) {
    if (error instanceof Forged) return { outcome: 'forged', error: error.message }
    if (error instanceof Garbage)
      return { outcome: 'crash', error: `the result is unreadable: ${error.message}` }
    throw error
  }
}

/**
 * Each call has the limit to itself, but what the kernel counts is all of them: a process that used more than one limit in all is tried
 * again with a single call.
 */
async function settle(one: Case, raw: IoCase, run: Run, calls: number, trial: Trial): Promise<CaseResult> {
  const limit = limitsOf(one, 1)
  const over = run.end.reason === 'timeout' || (run.end.cpuMs ?? 0) > one.timeout * 1000
  if (calls === 1 || !over) return judgeRun(one, run, calls, limit)
  if (run.messages.length === 0) return ending(run.end, limit)
  const single = await runCase(one, raw, 1, trial)
  const first = judgeRun(one, single, 1, limit)
  if (first.outcome !== 'pass') return first
  return judgeRun(one, run, calls, limit)
}

function judgeRun(
  one: Case,
  { messages, end }: Run,
  calls: number,
  limit: Parameters<typeof ending>[1],
): CaseResult {
  const [first] = messages
  const complete = first !== undefined && (messages.length === calls || !('value' in first))
  if (!complete) {
    const why = ending(end, limit)
    return first === undefined ? why : { ...why, error: `on a second call with the same input: ${why.error}` }
  }
  // A flood ends a program, whatever it had told before.
  if (one.program && end.reason === 'output_limit') return ending(end, limit)
  return judgeMessages(one, messages, new TextDecoder().decode(end.stdout))
}

async function runCase(one: Case, raw: IoCase, calls: number, trial: Trial): Promise<Run> {
  const { spec, source, program, servers, signal } = trial
  const seal = newSeal()
  const { entryPoint: entry } = spec
  const call = entry === undefined ? {} : { entry, args: raw.input, again: calls > 1 }
  const limit = limitsOf(one, calls)
  const given = one.program ? String(one.input) : undefined
  const payload = { source, seal, ...aroundOf(spec), ...call }
  const { ends, ms, breach } = await servers.run(
    { processes: [process(program, payload, limit.cpuSec, given)], wallSec: limit.wallSec },
    signal,
  )
  const [end] = ends
  if (end === undefined || breach !== undefined) return { messages: [], end: lost, ms }
  return { messages: readResult(end, seal, calls), end, ms }
}

const limitsOf = ({ timeout }: Case, calls: number) => ({
  cpuSec: timeout * calls,
  wallSec: backstop(timeout) * calls,
})

const none = new Uint8Array()
const lost: JobEnd = { reason: 'killed', code: null, signal: null, result: none, stdout: none, stderr: none }

function measured({ end: { peakBytes }, ms }: Run): Pick<CaseResult, 'ms' | 'peakBytes'> {
  return { ms: Math.round(ms * 10) / 10, ...(peakBytes === undefined ? {} : { peakBytes }) }
}
