import { type CallOptions, type Completion, ProviderError, withoutSecretsIn } from '@bench/providers'
import type { Answer } from '@bench/scorers'
import { asked, callFor, isFree, keepsCalls } from './asked-model.js'
import type { AttemptContext, Work } from './attempt-context.js'
import { type Failure, failedLine, type LineFacts, repliedLine } from './attempt-line.js'
import { NotAnswered } from './batch/answers.js'
import { RunnerError } from './errors.js'
import { checkedSolution } from './solve/checked.js'
import { readSolverOptions } from './solve/define.js'
import { askedOf, solverDeps } from './solve/deps.js'
import { completionWith } from './solve/kept-answer.js'
import { type Meter, mayBeBilled, meter } from './solve/meter.js'
import { openTranscript, type Transcript } from './solve/transcript.js'
import type { Solution } from './spec.js'
import { withGrace } from './with-grace.js'

/** A reply that is durable, with its line. */
export interface Reply {
  readonly kind: 'reply'
  readonly hash: string
  readonly completion: Completion
  /** Where the solver brought one. */
  readonly answer?: Answer
}

export type Asked =
  | Reply
  /** `unasked`: no batch holds it, for the cap was in the way when they were made. */
  | { readonly kind: 'budget' | 'unasked' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/**
 * The part of an attempt that may cost money: from before its first call until the log holds what came of them. Where the cap is
 * reached between two calls, the line says what the first ones cost, and the attempt is made when there is money again.
 *
 * @throws RunnerError `storage`; an abort rejects with the signal's reason
 */
export async function ask(work: Work, context: AttemptContext): Promise<Asked> {
  const { deps, signal } = context
  const { attempt } = work
  signal.throwIfAborted()
  const free = isFree(work, context)
  const { call, warnings } = callFor(work, context)
  const { noneAfter } = call
  const ends = { signal, ...(noneAfter && { noneAfter }) }
  const begin = () => deps.inFlight?.begin(attempt.key)
  const metered = meter(asked(work, context), { purse: context.purse, free, ends, begin })
  const transcript = openTranscript(deps.blobs)
  const began = new Date()
  const solved = await solve(work, { call, metered, transcript }, context)
  const facts = factsOf(work, context, began)
  if (metered.outOfBudget || metered.tooLate) {
    // Nothing was sent, or not all of it: what was paid for is told.
    const told = metered.completions.length + metered.faults.length > 0
    const why = metered.outOfBudget ? budgetReached : timeOver
    if (told) await context.record(failedLine(facts, failureOf(why, metered, free), undefined, 'not_run'))
    // Of a call that was cut off in an earlier session there is no line yet: it is to be known in the next one too.
    if (told || !facts.cutOff) deps.inFlight?.end(attempt.key)
    return { kind: metered.outOfBudget ? 'budget' : 'unasked' }
  }
  if ('error' in solved && solved.error instanceof NotAnswered) return { kind: 'unasked' }
  const calls = { facts, metered, transcript }
  const result =
    'solution' in solved
      ? await recordReply(solved.solution, warnings, calls, context)
      : await recordFailure(failureOf(solved.error, metered, free), calls, context)
  if (!free) deps.inFlight?.end(attempt.key)
  if (result.kind === 'reply' && keepsCalls(work, context)) await deps.keptCalls?.forget(attempt.key)
  return result
}

const timeOver = new Error('the time of the run was over between two calls of this attempt')
const budgetReached = new Error('the cap on costs was reached between two calls of this attempt')

/** To be asked for when an attempt has just ended. */
export function factsOf(work: Work, { host, deps }: AttemptContext, began: Date): LineFacts {
  const cutOff = deps.inFlight?.cutOff.has(work.attempt.key) ?? false
  return { work, solver: deps.solver.name, host, began, ended: new Date(), cutOff }
}

/** What the calls of an attempt left behind. */
interface Calls {
  readonly facts: LineFacts
  readonly metered: Meter
  readonly transcript: Transcript
}

async function solve(
  { task }: Work,
  { call, metered, transcript }: { readonly call: CallOptions } & Omit<Calls, 'facts'>,
  { plan, deps, signal, boxes }: AttemptContext,
): Promise<{ readonly solution: Solution } | { readonly error: unknown }> {
  const { solver } = deps
  try {
    const options = readSolverOptions(solver, plan.solverOptions)
    const hands = solverDeps({ task, call, options, signal, boxes, step: transcript.step })
    // Before it is judged: a kept reply that is judged again must be the one that was judged.
    const given = withoutSecretsIn(await withGrace(solver.solve(askedOf(task), metered.model, hands), signal))
    if (metered.aborted) signal.throwIfAborted()
    return { solution: checkedSolution(given, solver.name) }
  } catch (error) {
    signal.throwIfAborted()
    // A disk that fails is no fault of a call: nothing more may be bought.
    if (error instanceof RunnerError) throw error
    return { error }
  }
}

async function recordReply(
  { completions: told, answer, course, warnings = [] }: Solution,
  ignored: readonly string[],
  { facts, metered, transcript }: Calls,
  { deps, record }: AttemptContext,
): Promise<Reply> {
  const completion = completionWith(told.at(-1)!, answer)
  // A solver may tell of fewer than it asked for: what was paid for is counted all the same.
  const untold = Math.max(0, metered.completions.length - told.length)
  const completions = [...metered.completions.slice(0, untold), ...told.slice(0, -1), completion]
  const hash = await deps.blobs.put(completion.text)
  const kept = {
    reply: hash,
    reasoning: completion.reasoning ? await deps.blobs.put(completion.reasoning) : undefined,
    answer: answer && (await deps.blobs.put(JSON.stringify(answer))),
    transcript: await transcript.close(),
  }
  const { faults } = metered
  await record(repliedLine(facts, completions, kept, { ignored: [...ignored, ...warnings], course, faults }))
  const reply = { kind: 'reply', hash, completion } as const
  return answer === undefined ? reply : { ...reply, answer }
}

async function recordFailure(
  failure: Failure,
  { facts, transcript }: Calls,
  { record }: AttemptContext,
): Promise<Extract<Asked, { kind: 'failed' }>> {
  await record(failedLine(facts, failure, await transcript.close()))
  return { kind: 'failed', code: failure.code, message: failure.message }
}

/** What is known of calls that won no answer: of the one that failed, and of those before it that did not. */
function failureOf(error: unknown, { completions, faults }: Meter, free: boolean): Failure {
  const known = error instanceof ProviderError ? error : undefined
  const all = known === undefined || faults.includes(known) ? faults : [...faults, known]
  return {
    code: known?.code ?? (error === budgetReached ? 'budget' : 'internal'),
    message: error instanceof Error ? error.message : String(error),
    billed: !free && all.some(mayBeBilled),
    completions,
    faults: all,
  }
}
