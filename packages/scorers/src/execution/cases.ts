import type { IoCode, Json } from '@bench/datasets'
import { ScorerError } from '../errors.js'
import { clip } from '../match.js'
import type { Outcome, Score } from '../spec.js'
import { decode, Garbage, type Value } from './codec.js'
import { equal, sameOutput } from './compare.js'
import { sameBooleans } from './js/booleans.js'
import { samePrint, sameValue } from './livecodebench.js'
import { failureIn } from './result.js'
import { show } from './show.js'

/** One case of a task, read. */
export interface Case {
  readonly input: Value
  readonly expected: Value
  /** A function's value is compared by value, a program's output as text. */
  readonly program: boolean
  readonly tolerance: number | undefined
  /** Python's booleans are numbers; those of other languages are not. */
  readonly booleans: 'numbers' | 'apart'
  /** Whose rule of comparison holds, where it is not ours. */
  readonly like: IoCode['comparison']
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
  /** It was not run, as another had failed. */
  readonly skipped?: true
}

/** @throws ScorerError `bad_options` for an input or expected value that is not in the format. */
export function readCases({ cases, entryPoint, tolerance, comparison: like, language }: IoCode): Case[] {
  const booleans = language === 'python' ? 'numbers' : 'apart'
  const program = entryPoint === undefined
  return cases.map(({ input, expected, timeout, weight }, i) => {
    try {
      if (!program && !Array.isArray(input)) throw new Garbage('its input is not the list of its arguments')
      const notation = like === undefined ? 'dataset' : 'trusted'
      const read = (value: Json) => (program ? asText(value) : decode(value, notation))
      return {
        input: read(input),
        expected: read(expected),
        program,
        tolerance,
        booleans,
        like,
        timeout,
        weight,
      }
    } catch (error) {
      if (!(error instanceof Garbage)) throw error
      throw new ScorerError('bad_options', `case ${i + 1} cannot be used: ${error.message}`)
    }
  })
}

/** What `calls.py` is told of how a candidate is brought to life. */
export const aroundOf = ({ setup, comparison: like }: IoCode) => ({
  ...(setup === undefined ? {} : { setup }),
  ...(like === undefined ? {} : { setup: setup ?? '', like }),
})

const asText = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

type Message = Readonly<Record<string, unknown>>

/**
 * Judges one case by what its calls told, and what a program printed.
 * @throws Garbage for messages that ours never are
 */
export function judgeMessages(one: Case, [first, second]: readonly Message[], printed: string): CaseResult {
  if (first === undefined) throw new Garbage('no message')
  const result = judgeMessage(one, first, printed)
  if (result.outcome !== 'pass' || second === undefined) return result
  const again = judgeMessage(one, second, printed)
  if (again.outcome === 'pass') return result
  return { ...again, error: `on a second call with the same input: ${again.error ?? 'another answer'}` }
}

function judgeMessage(one: Case, message: Message, printed: string): CaseResult {
  const failure = failureIn(message)
  if (failure) return failure
  if (one.program) return judgeOutput(one, message, printed)
  if (!('value' in message)) throw new Garbage('no value')
  const got = decode(message.value, 'wire')
  const equals =
    one.like === 'livecodebench' ? sameValue(got, one.expected) : equal(got, one.expected, one.tolerance)
  const right = equals && (one.booleans === 'numbers' || sameBooleans(got, one.expected))
  return { outcome: verdict(right), got: show(got) }
}

function judgeOutput({ like, expected, tolerance }: Case, { ended, exit }: Message, got: string): CaseResult {
  if (ended !== true) throw new Garbage('the program did not come to its end')
  // LiveCodeBench's own harness takes a program that exits for one that came to its end.
  if (typeof exit === 'string' && like !== 'livecodebench')
    return { outcome: 'runtime', error: `SystemExit: ${exit.slice(0, 500)}`, got: clip(got) }
  const wanted = String(expected)
  const right = like === 'livecodebench' ? samePrint(got, wanted) : sameOutput(got, wanted, tolerance)
  return { outcome: verdict(right), got: clip(got) }
}

const verdict = (right: boolean): Outcome => (right ? 'pass' : 'wrong_answer')

/**
 * The value is the weight of the cases passed over the weight of all; the outcome that of the first that did not.
 * @param whole whether it is all or nothing
 */
export function summarise(cases: readonly Case[], results: readonly CaseResult[], whole = false): Score {
  const passing = cases.filter((_, i) => results[i]!.outcome === 'pass')
  const first = results.findIndex(({ outcome, skipped }) => outcome !== 'pass' && !skipped)
  const peak = results.reduce((most, { peakBytes = 0 }) => Math.max(most, peakBytes), 0)
  const skipped = results.filter((result) => result.skipped).length
  return {
    outcome: first < 0 ? 'pass' : results[first]!.outcome,
    value: first < 0 ? 1 : whole ? 0 : weigh(passing) / weigh(cases),
    detail: {
      passed: passing.length,
      total: cases.length,
      ...(skipped > 0 ? { not_run: skipped } : {}),
      ...(first < 0 ? {} : { failed: { case: first + 1, ...failedCase(cases[first]!, results[first]!) } }),
      case_ms: results.slice(0, 100).map(({ ms = null }) => ms),
      ...(peak > 0
        ? {
            peak_bytes: peak,
            case_peak_bytes: results.slice(0, 100).map(({ peakBytes = null }) => peakBytes),
          }
        : {}),
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
