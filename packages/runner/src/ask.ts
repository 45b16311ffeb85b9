import { type CallOptions, type Completion, type Model, ProviderError } from '@bench/providers'
import type { Answer } from '@bench/scorers'
import type { AttemptContext, Work } from './attempt-context.js'
import { replyPart, thousandths } from './attempt-line.js'
import { worstCase } from './estimate.js'
import type { AttemptLine } from './record/lines.js'
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
  | { readonly kind: 'budget' }
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
  const free = isFree(model)
  const reserved =
    free || model.price === undefined ? 0 : worstCase(model.price, promptChars(work), call.maxTokens)
  if (!(await context.purse.take(reserved))) return { kind: 'budget' }
  // Until it is known, a call costs what was set aside for it: a cap that is passed unseen is no cap.
  let spent = reserved
  try {
    const solved = await solve(work, call, context)
    const base = baseLine(work, context, solved.began)
    const asked =
      'solution' in solved
        ? await recordReply(solved.solution, warnings, base, context)
        : await recordFailure(solved.error, free, base, context)
    if (!free) inFlight?.end(attempt.key)
    if (asked.kind === 'reply') spent = asked.usd ?? reserved
    else if (!asked.billed) spent = 0
    return asked
  } finally {
    context.purse.settle(reserved, spent)
  }
}

/** What a line about an attempt says whatever came of it. */
export function baseLine(work: Work, { host, deps }: AttemptContext, began: Date) {
  const { attempt, task, progress } = work
  const cutOff = deps.inFlight?.cutOff.has(attempt.key) ?? false
  return {
    v: 1,
    kind: 'attempt',
    key: attempt.key,
    try: (progress?.tries ?? 0) + 1 + Number(cutOff),
    task: task.id,
    model: attempt.modelId,
    repeat: attempt.repeat,
    solver: deps.solver.name,
    ...(task.category !== undefined && { category: task.category }),
    ...(task.difficulty !== undefined && { difficulty: task.difficulty }),
    started: began.toISOString(),
    ended: new Date().toISOString(),
    host,
    prompt_chars: promptChars(work),
    ...(cutOff && { possibly_billed: true }),
  } as const satisfies Omit<AttemptLine, 'what'>
}

type BaseLine = ReturnType<typeof baseLine>

type Solved = { readonly began: Date } & ({ readonly solution: Solution } | { readonly error: unknown })

async function solve(
  { attempt, task, model }: Work,
  call: CallOptions,
  { deps, signal }: AttemptContext,
): Promise<Solved> {
  const release = await deps.limiter.acquire(attempt.modelId, signal)
  const began = new Date()
  try {
    if (!isFree(model)) deps.inFlight?.begin(attempt.key)
    const solution = await deps.solver.solve(task, model, { call })
    if (solution.completions.length === 0) throw new Error(`solver ${deps.solver.name} brought no completion`)
    return { began, solution }
  } catch (error) {
    signal.throwIfAborted()
    return { began, error }
  } finally {
    release()
  }
}

async function recordReply(
  { completions, answer }: Solution,
  ignored: readonly string[],
  base: BaseLine,
  { deps, record }: AttemptContext,
): Promise<Reply & { readonly usd?: number }> {
  const completion = completions.at(-1)!
  const part = replyPart(completions)
  const hash = await deps.blobs.put(completion.text)
  const reasoning = completion.reasoning ? await deps.blobs.put(completion.reasoning) : undefined
  const warnings = [...ignored, ...(part.warnings ?? [])]
  await record({
    ...base,
    what: 'replied',
    ...part,
    reply: hash,
    ...(reasoning !== undefined && { reasoning }),
    ...(warnings.length > 0 && { warnings }),
  })
  return {
    kind: 'reply',
    hash,
    completion,
    ...(answer !== undefined && { answer }),
    ...(part.cost !== undefined && { usd: part.cost.usd }),
  }
}

async function recordFailure(
  error: unknown,
  free: boolean,
  base: BaseLine,
  { record }: AttemptContext,
): Promise<{ kind: 'failed'; code: string; message: string; billed: boolean }> {
  const code = error instanceof ProviderError ? error.code : 'internal'
  const message = error instanceof Error ? error.message : String(error)
  const tries = error instanceof ProviderError ? error.tries : undefined
  const billed = !free && error instanceof ProviderError && mayBeBilled(error)
  await record({
    ...base,
    what: code === 'timeout' ? 'timeout' : 'infra',
    duration_ms: thousandths(Date.parse(base.ended) - Date.parse(base.started)),
    ...(tries !== undefined && { requests: tries }),
    ...(billed && { possibly_billed: true }),
    error: { code, message },
  })
  return { kind: 'failed', code, message, billed }
}

/** Whether the request had left when it failed. A server that answers with an error does not bill for it. */
function mayBeBilled({ code, cause }: ProviderError): boolean {
  if (code === 'timeout' || code === 'incomplete' || code === 'malformed') return true
  return code === 'connect' && !neverConnected.has(String((cause as { code?: unknown } | undefined)?.code))
}

const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

const isFree = (model: Model): boolean => model.local === true || model.control === true

const promptChars = ({ task }: Work): number => (task.system?.length ?? 0) + task.prompt.length

/** A task's own settings beat the plan's. Only a control is told which task it is asked. */
function callFor(
  { task, model, attempt }: Work,
  { plan, signal }: AttemptContext,
): { call: CallOptions; warnings: readonly string[] } {
  const { model: wanted, ...own } = task.config ?? {}
  const call = { ...(plan.call as CallOptions), ...own, signal }
  const reference = task.solution === undefined ? {} : { reference: task.solution }
  const other = wanted !== undefined && wanted !== model.id && !model.id.endsWith(`:${wanted}`)
  return {
    call: model.control ? { ...call, task: { id: task.id, repeat: attempt.repeat, ...reference } } : call,
    warnings: other ? [`model: the task asks for ${wanted}; the run's own models were asked`] : [],
  }
}
