import type { AssertCode, Json } from '@bench/datasets'
import type { JobEnd, JobResult } from '@bench/sandbox'
import type { LanguageSupport, Verdict } from '../languages/spec.js'
import { clip } from '../match.js'
import type { Outcome, Score } from '../spec.js'
import { decode, Garbage, parse } from './codec.js'
import { ending, process } from './jobs.js'
import { asRecord, type Failure, failureIn } from './result.js'
import type { Servers } from './servers.js'
import { show } from './show.js'
import { backstop } from './time.js'

export interface Finding {
  readonly outcome: Outcome
  readonly detail?: { readonly [key: string]: Json }
}

/**
 * Judges code by the task's own assertions: two processes, the candidate's and the tests', joined by a pipe each way. The verdict comes
 * from the descriptor of the tests' process, where no code of the candidate ever runs. Each has the task's limit in CPU time: the
 * candidate for its loading and all its calls, the tests for themselves.
 * @throws SandboxError where no code of the candidate has run
 */
export async function judgeAssert(
  spec: AssertCode,
  source: string,
  { roles }: LanguageSupport,
  servers: Servers,
  signal?: AbortSignal,
): Promise<Score> {
  const { entryPoint: entry, prompt, test, timeout, style = 'check' } = spec
  const result = await servers.run(
    {
      processes: [
        process(roles.candidate!, { source: beforeTest(source, spec), entry }, timeout),
        process(roles.tester!, { prompt, entry, test, style }, timeout),
      ],
      wallSec: backstop(timeout),
    },
    signal,
  )
  const { outcome, detail } = find(result, timeout)
  const [candidate] = result.ends
  const peak = candidate?.peakBytes === undefined ? {} : { peak_bytes: candidate.peakBytes }
  const ms = Math.round(result.ms * 10) / 10
  return { outcome, value: outcome === 'pass' ? 1 : 0, detail: { ...detail, ms, ...peak } }
}

/**
 * The answer as it stands before its test. HumanEval's executor runs both as one program: a name of the test's is the test's in the answer
 * as well, and what the answer leaves open at its end (a line, a decorator) the test goes on with. Of the test only its names are here.
 */
export function beforeTest(source: string, { test, style = 'check', language }: AssertCode): string {
  if (style === 'script' || language !== 'python') return source
  const [, space, data] = /^(\s*)(METADATA = )?/.exec(test)!
  const names = `${data ? `${data}{}\n` : ''}def check(candidate):\n    raise TypeError("this is the test's")\n`
  return `${source}\n${space}${names}`
}

function find({ ends, breach }: JobResult, timeout: number): Finding {
  const [candidate, tester] = ends
  if (breach !== undefined || candidate === undefined || tester === undefined)
    return { outcome: 'crash', detail: { error: clip(`the box was lost: ${breach ?? 'no result'}`) } }
  const limit = { cpuSec: timeout, wallSec: backstop(timeout) }
  try {
    const verdict = readVerdict(tester)
    if (verdict === undefined) return without(candidate, tester, limit)
    if (verdict.passed === true) return { outcome: 'pass' }
    return { ...told(verdict, candidate, limit) }
  } catch (error) {
    if (!(error instanceof Garbage)) throw error
    return crash(`the test's result is unreadable: ${error.message}`)
  }
}

/** One frame, whole, and nothing else. It is ours, so anything else is no verdict. */
function readVerdict({ result }: JobEnd): Verdict | undefined {
  if (result.length < 4) return undefined
  const size = new DataView(result.buffer, result.byteOffset).getUint32(0)
  if (result.length !== size + 4) return undefined
  return asRecord(parse(result.subarray(4))) as unknown as Verdict
}

/** There is no verdict: the candidate kept the tests from ending, or an answer of its brought them down. */
function without(candidate: JobEnd, tester: JobEnd, limit: Parameters<typeof ending>[1]): Finding {
  if (candidate.reason !== 'ok') return failed(ending(candidate, limit))
  if (tester.reason === 'timeout') {
    const { outcome, error } = ending(tester, limit)
    return failed({ outcome, error: `the test: ${error}` })
  }
  return crash('the test could not go on after an answer')
}

export function told(verdict: Verdict, candidate: JobEnd, limit: Parameters<typeof ending>[1]): Finding {
  const exchange = lastExchange(verdict)
  if (verdict.silent) return failed(ending(candidate, limit), exchange)
  if (verdict.forged !== undefined) return failed({ outcome: 'forged', error: verdict.forged }, exchange)
  if (verdict.reply !== undefined) {
    const failure = failureIn(asRecord(verdict.reply))
    return failed(
      failure ?? { outcome: 'crash', error: 'an answer that is neither a value nor an exception' },
      exchange,
    )
  }
  if (verdict.garbage !== undefined) return crash(`the answer is unreadable: ${verdict.garbage}`, exchange)
  if (verdict.unsupported !== undefined)
    return failed(
      { outcome: 'wrong_answer', error: `the test cannot be carried over: ${verdict.unsupported}` },
      exchange,
    )
  const { type = '', message = '' } = verdict.failure ?? {}
  // Tests seldom say anything with an assertion: then the assertion itself is what does not hold.
  const error = [type, message === '' ? (verdict.at ?? '') : message].filter((part) => part !== '').join(': ')
  return failed({ outcome: 'wrong_answer', error }, exchange)
}

type Exchange = { readonly [key: string]: Json }

export const failed = ({ outcome, error }: Failure, exchange: Exchange = {}): Finding => ({
  outcome,
  detail: { error: clip(error), ...exchange },
})

export const crash = (error: string, exchange?: Exchange) => failed({ outcome: 'crash', error }, exchange)

/** Where the test stood: its line, the last call and what came back. */
function lastExchange({ at, last }: Verdict): Exchange {
  const place = at === undefined || at === '' ? {} : { at: clip(at) }
  try {
    if (last === undefined) return place
    const input = show(decode(last.args, 'wire'))
    return { ...place, input, ...('value' in last ? { got: show(decode(last.value, 'wire')) } : {}) }
  } catch {
    return place
  }
}
