import {
  type CallOptions,
  type Completion,
  cachedModel,
  type Model,
  ProviderError,
  type ProviderErrorCode,
  withoutSecretsIn,
} from '@bench/providers'
import type { Answer } from '@bench/scorers'
import type { AttemptContext, Work } from './attempt-context.js'
import { type Failure, failedLine, type LineFacts, promptChars, repliedLine } from './attempt-line.js'
import { NotAnswered } from './batch/answers.js'
import { RunnerError } from './errors.js'
import { worstCase } from './estimate.js'
import { callTo } from './plan.js'
import type { Solution } from './spec.js'

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
 * The part of an attempt that may cost money: from setting the money aside until the log holds what came of it.
 *
 * @throws RunnerError `storage`; an abort rejects with the signal's reason
 */
export async function ask(work: Work, context: AttemptContext): Promise<Asked> {
  const { attempt, model } = work
  const { inFlight } = context.deps
  const { call, warnings } = callFor(work, context)
  const free = isFree(work, context)
  const reserved =
    free || model.price === undefined ? 0 : worstCase(model.price, promptChars(work.task), call.maxTokens)
  if (!(await context.purse.take(reserved))) return { kind: 'budget' }
  // Until it is known, a call costs what was set aside for it: a cap that is passed unseen is no cap.
  let spent = reserved
  try {
    const solved = await solve(work, call, context)
    if ('error' in solved && solved.error instanceof NotAnswered) {
      spent = 0
      return { kind: 'unasked' }
    }
    const facts = factsOf(work, context, solved.began)
    const asked =
      'solution' in solved
        ? await recordReply(solved.solution, warnings, facts, context)
        : await recordFailure(solved.error, free, facts, context)
    if (!free) inFlight?.end(attempt.key)
    if (asked.kind === 'reply') spent = asked.usd ?? reserved
    else if (!asked.billed) spent = asked.cost?.usd ?? 0
    return asked
  } finally {
    context.purse.settle(reserved, spent)
  }
}

/** To be asked for when an attempt has just ended. */
export function factsOf(work: Work, { host, deps }: AttemptContext, began: Date): LineFacts {
  const cutOff = deps.inFlight?.cutOff.has(work.attempt.key) ?? false
  return { work, solver: deps.solver.name, host, began, ended: new Date(), cutOff }
}

type Solved = { readonly began: Date } & ({ readonly solution: Solution } | { readonly error: unknown })

async function solve(work: Work, call: CallOptions, context: AttemptContext): Promise<Solved> {
  const { attempt, task } = work
  const { deps, signal } = context
  signal.throwIfAborted()
  const began = new Date()
  try {
    if (!isFree(work, context)) deps.inFlight?.begin(attempt.key)
    // Before it is judged: a kept reply that is judged again must be the one that was judged.
    const solution = withoutSecretsIn(await deps.solver.solve(task, asked(work, context), { call }))
    if (solution.completions.length === 0) throw new Error(`solver ${deps.solver.name} brought no completion`)
    return { began, solution }
  } catch (error) {
    signal.throwIfAborted()
    // A disk that fails is no fault of a call: nothing more may be bought.
    if (error instanceof RunnerError) throw error
    return { began, error }
  }
}

async function recordReply(
  { completions, answer }: Solution,
  ignored: readonly string[],
  facts: LineFacts,
  { deps, record }: AttemptContext,
): Promise<Reply & { readonly usd?: number | undefined }> {
  const completion = completions.at(-1)!
  const hash = await deps.blobs.put(completion.text)
  const reasoning = completion.reasoning ? await deps.blobs.put(completion.reasoning) : undefined
  const line = repliedLine(facts, completions, { reply: hash, reasoning }, ignored)
  await record(line)
  const reply = { kind: 'reply', hash, completion, usd: line.cost?.usd } as const
  return answer === undefined ? reply : { ...reply, answer }
}

async function recordFailure(
  error: unknown,
  free: boolean,
  facts: LineFacts,
  { record }: AttemptContext,
): Promise<Failure & { readonly kind: 'failed' }> {
  const known = error instanceof ProviderError ? error : undefined
  const failure = {
    code: known?.code ?? 'internal',
    message: error instanceof Error ? error.message : String(error),
    requests: known?.tries,
    billed: !free && known !== undefined && (known.possiblyBilled ?? began.has(known.code)),
    cost: known?.cost,
    attempts: known?.attempts,
  }
  await record(failedLine(facts, failure))
  return { kind: 'failed', ...failure }
}

/** Faults of calls that the provider had taken up, for models that do not say whether they may be billed. */
const began: ReadonlySet<ProviderErrorCode> = new Set([
  'timeout',
  'timeout_headers',
  'timeout_first_token',
  'timeout_between_tokens',
  'cut',
  'incomplete',
  'malformed',
])

/** The model of an attempt: with what the cache has for it, and what batches have answered. */
export function asked(work: Work, { plan, deps }: Pick<AttemptContext, 'plan' | 'deps'>): Model {
  const { attempt } = work
  const { cache, batches } = deps
  const model = inBatches(work, deps) ? batches!.model(work.model, attempt.key) : work.model
  if (!cache?.covers(work.model)) return model
  const payer = `${plan.run}/${attempt.key}`
  return cachedModel(model, cache.replies, { repeat: attempt.repeat, payer, only: cache.only ?? false })
}

const inBatches = ({ model }: Work, { batches }: AttemptContext['deps']): boolean =>
  batches !== undefined && model.batch !== undefined

/** What is in the cache is paid already, and what came in a batch was set aside for when it was handed in. */
function isFree(work: Work, { deps }: AttemptContext): boolean {
  const { model } = work
  const cached = deps.cache?.only === true && deps.cache.covers(model)
  return model.local === true || model.control === true || cached || inBatches(work, deps)
}

/** A task's own settings beat its model's, which beat the plan's. Only a control is told which task it is asked. */
export function callFor(
  { task, model, attempt }: Work,
  { plan, signal }: Pick<AttemptContext, 'plan' | 'signal'>,
): { call: CallOptions; warnings: readonly string[] } {
  const { model: wanted, ...own } = task.config ?? {}
  const planned = callTo(
    plan,
    plan.models.find(({ id }) => id === attempt.modelId),
  )
  const call = { ...planned, ...own, signal }
  const reference = task.solution === undefined ? {} : { reference: task.solution }
  const other = wanted !== undefined && wanted !== model.id && !model.id.endsWith(`:${wanted}`)
  return {
    call: model.control ? { ...call, task: { id: task.id, repeat: attempt.repeat, ...reference } } : call,
    warnings: other ? [`model: the task asks for ${wanted}; the run's own models were asked`] : [],
  }
}
