import type { IoCode, Json } from '@bench/datasets'
import type { ExecResult } from '@bench/sandbox'
import { ScorerError } from '../errors.js'
import { clip } from '../match.js'
import type { Outcome, Score } from '../spec.js'
import { decode, Garbage, parse, type Value } from './codec.js'
import { equal, sameOutput } from './compare.js'
import { asRecord, failureIn } from './result.js'
import { memoryBytes } from './runtime.js'
import { show } from './show.js'
import { backstop } from './time.js'

/** One case of a task, read. */
export interface Case {
  readonly input: Value
  readonly expected: Value
  /** A function's value is compared by value, a program's output as text. */
  readonly program: boolean
  readonly tolerance: number | undefined
  /** Seconds. */
  readonly timeout: number
  readonly weight: number
}

/** What became of one case. */
export interface CaseResult {
  readonly outcome: Outcome
  /** What came back, for people. */
  readonly got?: string
  readonly error?: string
  readonly ms?: number
  readonly peakBytes?: number
}

/** @throws ScorerError `bad_options` for an input or expected value that is not in the format. */
export function readCases({ cases, entryPoint, tolerance }: IoCode): Case[] {
  const program = entryPoint === undefined
  return cases.map(({ input, expected, timeout, weight }, i) => {
    try {
      if (!program && !Array.isArray(input)) throw new Garbage('its input is not the list of its arguments')
      const read = (value: Json) => (program ? asText(value) : decode(value, 'dataset'))
      return { input: read(input), expected: read(expected), program, tolerance, timeout, weight }
    } catch (error) {
      if (!(error instanceof Garbage)) throw error
      throw new ScorerError(
        'bad_options',
        `scorer code-tests: case ${i + 1} cannot be used: ${error.message}`,
      )
    }
  })
}

const asText = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Why a case has no result, by how the whole run ended. */
const missing: Record<ExecResult['reason'], CaseResult> = {
  ok: { outcome: 'crash', error: 'the process ended without a result' },
  killed: { outcome: 'crash', error: 'the process was killed without a result' },
  timeout: { outcome: 'time_limit', error: 'no result within the time limit' },
  memory: { outcome: 'memory', error: 'the memory limit was reached' },
  output_limit: { outcome: 'output_limit', error: 'the output limit was reached' },
}

/**
 * Judges one case by the four blobs that `cases.py` wrote for it; fewer mean that there is no result.
 * @param reason how the whole run ended
 */
export function judgeCase(one: Case, blobs: readonly Uint8Array[], reason: ExecResult['reason']): CaseResult {
  const [header, answer, again, printed] = blobs
  if (!header || !answer || !again || !printed) return missing[reason]
  try {
    const told = asRecord(parse(header))
    return { ...measured(told), ...(stopped(one, told) ?? judgeAnswers(one, answer, again, printed)) }
  } catch (error) {
    if (!(error instanceof Garbage)) throw error
    return { outcome: 'crash', error: `the result is unreadable: ${error.message}` }
  }
}

type Message = Readonly<Record<string, unknown>>

function measured({ ms, peak }: Message): Pick<CaseResult, 'ms' | 'peakBytes'> {
  return {
    ...(typeof ms === 'number' && ms >= 0 ? { ms: Math.round(ms * 10) / 10 } : {}),
    ...(typeof peak === 'number' && peak > 0 ? { peakBytes: peak } : {}),
  }
}

/** Why a case was stopped before it gave its answer, undefined where it was not. */
function stopped({ timeout }: Case, { why, signal, peak }: Message): CaseResult | undefined {
  if (why === 'timeout') return { outcome: 'time_limit', error: `no result within ${timeout} s of CPU time` }
  if (why === 'waiting') return { outcome: 'time_limit', error: `no result within ${backstop(timeout)} s` }
  if (why === 'output_limit') return { outcome: 'output_limit', error: 'more than 8 MiB came out' }
  if (why === undefined) return undefined
  // The kernel kills what outgrows a group's memory, without a word.
  if (signal === 9 && typeof peak === 'number' && peak > memoryBytes * 0.8) return missing.memory
  const by = typeof signal === 'number' ? `, killed by signal ${signal}` : ''
  return { outcome: 'crash', error: `${missing.ok.error}${by}` }
}

function judgeAnswers(one: Case, answer: Uint8Array, again: Uint8Array, printed: Uint8Array): CaseResult {
  const first = judgeAnswer(one, asRecord(parse(answer)), printed)
  if (first.outcome !== 'pass' || again.length === 0) return first
  const second = judgeAnswer(one, asRecord(parse(again)), printed)
  if (second.outcome === 'pass') return first
  return { ...second, error: `on a second call with the same input: ${second.error ?? 'another answer'}` }
}

function judgeAnswer(one: Case, message: Message, printed: Uint8Array): CaseResult {
  const failure = failureIn(message)
  if (failure) return failure
  if (one.program) {
    if (message.ended !== true) throw new Garbage('the program did not come to its end')
    const got = new TextDecoder().decode(printed)
    return { outcome: verdict(sameOutput(got, String(one.expected), one.tolerance)), got: clip(got) }
  }
  if (!('value' in message)) throw new Garbage('no value')
  const got = decode(message.value, 'wire')
  return { outcome: verdict(equal(got, one.expected, one.tolerance)), got: show(got) }
}

const verdict = (right: boolean): Outcome => (right ? 'pass' : 'wrong_answer')

/** The value is the weight of the cases passed over the weight of all; the outcome that of the first that did not. */
export function summarise(cases: readonly Case[], results: readonly CaseResult[]): Score {
  const passing = cases.filter((_, i) => results[i]!.outcome === 'pass')
  const first = results.findIndex(({ outcome }) => outcome !== 'pass')
  const peak = results.reduce((most, { peakBytes = 0 }) => Math.max(most, peakBytes), 0)
  return {
    outcome: first < 0 ? 'pass' : results[first]!.outcome,
    value: first < 0 ? 1 : weigh(passing) / weigh(cases),
    detail: {
      passed: passing.length,
      total: cases.length,
      ...(first < 0 ? {} : { failed: { case: first + 1, ...failedCase(cases[first]!, results[first]!) } }),
      case_ms: results.slice(0, 100).map(({ ms = null }) => ms),
      ...(peak > 0 ? { peak_bytes: peak } : {}),
    },
  }
}

const weigh = (cases: readonly Case[]) => cases.reduce((sum, { weight }) => sum + weight, 0)

function failedCase({ input, expected, program }: Case, { got, error }: CaseResult): Record<string, Json> {
  const write = (value: Value) => clip(program ? String(value) : show(value))
  return {
    input: write(input),
    expected: write(expected),
    ...(got === undefined ? {} : { got }),
    ...(error === undefined ? {} : { error: clip(error) }),
  }
}
