import type { ExpressionCode } from '@bench/datasets'
import { ScorerError } from '../errors.js'
import { strip } from '../ifeval/python-text.js'
import { clip } from '../match.js'
import type { Score } from '../spec.js'
import { decode, Garbage } from './codec.js'
import { equal } from './compare.js'
import { ending, Forged, newSeal, process, readResult } from './jobs.js'
import { Kept } from './kept.js'
import { type Failure, failureIn } from './result.js'
import type { Servers } from './servers.js'
import { show } from './show.js'
import { backstop } from './time.js'

const program = 'expression.py'

/** What an expression's process told. */
export type Told = { readonly value: unknown; readonly more?: boolean } | { readonly failure: Failure }

/** An expression, what runs before it, of what function it has to be a call or do without; or what stands behind it. */
interface Asked {
  readonly setup: string
  readonly source: string
  readonly asked?: { readonly name: string; readonly called: boolean }
  readonly rest?: true
}

/** Evaluates an expression, after its setup, in a process of its own. */
export type Evaluate = (asked: Asked, signal?: AbortSignal) => Promise<Told>

/**
 * Judges an expression by its value, which comes out as data; the right one, a literal of the dataset's, is read by another process of
 * the same Python. The answer stands where it would in `assert expected == answer`.
 * @throws SandboxError where no code of the candidate has run
 */
export async function judgeExpression(
  spec: ExpressionCode,
  source: string,
  evaluate: Evaluate,
  kept: Kept<unknown>,
  signal?: AbortSignal,
): Promise<Score> {
  const { setup, expected } = spec
  const refused = notTheQuestion(spec, source)
  if (refused) return failed(refused)
  const right = await kept.get(expected, () => literal(expected, evaluate))
  const asked = { setup, source: strip(source) }
  const got = await evaluate({ ...asked, ...functionOf(spec) }, signal)
  if (!('value' in got)) return failed(got.failure)
  const score = compare(got.value, right, expected)
  if (score.outcome !== 'pass' || got.more !== true) return score
  // Whatever they do there, the value is told already.
  const rest = await evaluate({ ...asked, rest: true }, signal)
  return 'value' in rest ? score : failed(rest.failure)
}

/** In warm boxes. */
export function evaluator({ timeout }: ExpressionCode, servers: Servers): Evaluate {
  return async (asked, signal) => {
    const seal = newSeal()
    const limit = { cpuSec: timeout, wallSec: backstop(timeout) }
    const { ends, breach } = await servers.run(
      { processes: [process(program, { ...asked, seal }, timeout)], wallSec: limit.wallSec },
      signal,
    )
    const [end] = ends
    if (end === undefined || breach !== undefined)
      return { failure: { outcome: 'crash', error: 'the box was lost' } }
    return told(() => readResult(end, seal, 1)[0], ending(end, limit))
  }
}

/**
 * What a message told.
 * @param read gives the message, if one came; may throw {@link Forged} and {@link Garbage}
 * @param missing what is the matter where none came
 */
export function told(read: () => Readonly<Record<string, unknown>> | undefined, missing: Failure): Told {
  try {
    const message = read()
    if (message === undefined) return { failure: missing }
    const failure = failureIn(message)
    if (failure) return { failure }
    decode(message.value, 'wire')
    return { value: message.value, ...(message.more === true ? { more: true } : {}) }
  } catch (error) {
    if (error instanceof Forged) return { failure: { outcome: 'forged', error: error.message } }
    if (!(error instanceof Garbage)) throw error
    return { failure: { outcome: 'crash', error: `the result is unreadable: ${error.message}` } }
  }
}

/** Expected values as read: the latest 2,000. */
export const keptLiterals = (): Kept<unknown> => new Kept(2000, () => 1)

async function literal(source: string, evaluate: Evaluate): Promise<unknown> {
  const right = await evaluate({ setup: '', source })
  if ('value' in right) return right.value
  const { error } = right.failure
  throw new ScorerError('bad_options', `the expected value ${clip(source, 200)} is no literal: ${error}`)
}

function compare(got: unknown, right: unknown, expected: string): Score {
  try {
    const value = decode(got, 'wire')
    if (equal(value, decode(right, 'trusted'))) return { outcome: 'pass', value: 1 }
    return { outcome: 'wrong_answer', value: 0, detail: { expected: clip(expected), got: show(value) } }
  } catch (error) {
    // A set of lists, which only a class of its own can have made.
    if (!(error instanceof Garbage)) throw error
    return failed({ outcome: 'crash', error: `the result is unreadable: ${error.message}` })
  }
}

/** What would be no answer to the question: `4` where a call was asked for. */
function notTheQuestion({ requires, forbids }: ExpressionCode, source: string): Failure | undefined {
  if (requires !== undefined && !source.includes(requires))
    return { outcome: 'wrong_answer', error: `the answer has no ${requires} in it` }
  if (forbids !== undefined && source.includes(forbids))
    return { outcome: 'wrong_answer', error: `the answer has ${forbids} in it` }
  return undefined
}

/** The function in the question, by the beginning of its call. */
function functionOf({ requires, forbids }: ExpressionCode): Pick<Asked, 'asked'> {
  const name = /^(\w+)\(/.exec(requires ?? forbids ?? '')?.[1]
  return name === undefined ? {} : { asked: { name, called: requires !== undefined } }
}

const failed = ({ outcome, error }: Failure): Score => ({ outcome, value: 0, detail: { error: clip(error) } })
