import type { Task } from '@bench/datasets'
import type { Completion, Cost, FinishReason, Usage } from '@bench/providers'
import type { Work } from './attempt-context.js'
import type { AttemptLine } from './record/lines.js'

/** What a line says of an attempt whatever came of it. */
export interface LineFacts {
  readonly work: Work
  readonly solver: string
  readonly host: string
  readonly began: Date
  readonly ended: Date
  /** An earlier call for this key was cut off after it had left. */
  readonly cutOff: boolean
}

/**
 * The line of a solver's completions: of the last, which is judged, how it ended and who answered; of all of them
 * together, tokens, cost, time and requests. A sum of which one part is unknown is unknown.
 *
 * @param completions one or more
 * @param refs hashes of what is kept in `responses/`
 * @param ignored what to warn of besides the completions' own warnings
 */
export function repliedLine(
  facts: LineFacts,
  completions: readonly Completion[],
  refs: { readonly reply: string; readonly reasoning: string | undefined },
  ignored: readonly string[],
): AttemptLine {
  const first = completions[0]!
  const last = completions.at(-1)!
  const usd = sum(completions.map(({ cost }) => cost?.usd))
  const cached = completions.filter((completion) => completion.cached)
  const queuedMs = sum(completions.map(({ timing }) => timing.queuedMs))
  const totalMs = sum(completions.map(({ timing }) => timing.totalMs))
  const warnings = [...new Set([...ignored, ...completions.flatMap((completion) => completion.warnings)])]
  // One literal, absent values as undefined: lines are made by the thousand a second, and merging parts of them
  // made the garbage collector the costliest part of a run.
  return {
    v: 1,
    kind: 'attempt',
    key: facts.work.attempt.key,
    try: tryOf(facts),
    task: facts.work.task.id,
    model: facts.work.attempt.modelId,
    repeat: facts.work.attempt.repeat,
    solver: facts.solver,
    category: facts.work.task.category,
    difficulty: facts.work.task.difficulty,
    what: 'replied',
    started: facts.began.toISOString(),
    ended: facts.ended.toISOString(),
    duration_ms: totalMs && thousandths(totalMs),
    host: facts.host,
    reply: refs.reply,
    prompt_chars: promptChars(facts.work.task),
    reply_chars: last.text.length,
    form: last.form === 'chat' ? undefined : last.form,
    reasoning: refs.reasoning,
    finish: last.finish,
    finish_raw: last.finishRaw,
    served: last.served,
    fingerprint: last.fingerprint,
    usage: usageLine(completions),
    cost: usd === undefined ? undefined : { usd, source: sources(completions) },
    cached: cached.length || undefined,
    cached_usd: cached.length === 0 ? undefined : sum(cached.map(({ originalCost }) => originalCost?.usd)),
    batch: last.batch,
    // Less than a millisecond is nobody's wait.
    queued_ms: queuedMs !== undefined && queuedMs >= 1 ? thousandths(queuedMs) : undefined,
    ttft_ms: first.timing.firstTokenMs && thousandths(first.timing.firstTokenMs),
    tokens_per_second: last.timing.tokensPerSecond && thousandths(last.timing.tokensPerSecond),
    requests: sum(completions.map(({ tries }) => tries)),
    possibly_billed: facts.cutOff || completions.some(hasUnbilled) || undefined,
    warnings: warnings.length === 0 ? undefined : warnings,
  }
}

/** What went wrong with a call, or with a task that could not be asked. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** Requests sent; absent where that is unknown. */
  readonly requests?: number | undefined
  /** The provider may have billed it, besides `cost`. */
  readonly billed: boolean
  /** What its requests are known to have cost all the same. */
  readonly cost?: Cost | undefined
  /** The tokens that they reported. */
  readonly usages?: readonly { readonly usage: Usage }[] | undefined
}

/** The line of an attempt that won no reply, for no fault of the model. */
export function failedLine(facts: LineFacts, failure: Failure): AttemptLine {
  const { code, message, requests, billed, cost, usages = [] } = failure
  return {
    v: 1,
    kind: 'attempt',
    key: facts.work.attempt.key,
    try: tryOf(facts),
    task: facts.work.task.id,
    model: facts.work.attempt.modelId,
    repeat: facts.work.attempt.repeat,
    solver: facts.solver,
    category: facts.work.task.category,
    difficulty: facts.work.task.difficulty,
    what: code.startsWith('timeout') ? 'timeout' : 'infra',
    started: facts.began.toISOString(),
    ended: facts.ended.toISOString(),
    duration_ms: Math.max(0, facts.ended.getTime() - facts.began.getTime()),
    host: facts.host,
    prompt_chars: promptChars(facts.work.task),
    usage: usages.length === 0 ? undefined : usageLine(usages),
    cost,
    requests,
    possibly_billed: billed || facts.cutOff || undefined,
    error: { code, message },
  }
}

/** Characters asked, the system prompt's included. */
export const promptChars = ({ system, prompt }: Task): number => (system?.length ?? 0) + prompt.length

/** A completion as scorers need it, out of its line and its text. */
export function completionOf(line: AttemptLine, text: string): Completion {
  const { usage } = line
  return {
    text,
    ...(line.form !== undefined && { form: line.form }),
    finish: isFinish(line.finish) ? line.finish : 'other',
    ...(line.finish_raw !== undefined && { finishRaw: line.finish_raw }),
    ...(line.served !== undefined && { served: line.served }),
    ...(line.fingerprint !== undefined && { fingerprint: line.fingerprint }),
    usage: {
      ...(usage?.input !== undefined && { input: usage.input }),
      ...(usage?.output !== undefined && { output: usage.output }),
      ...(usage?.cache_read !== undefined && { cacheRead: usage.cache_read }),
      ...(usage?.cache_write !== undefined && { cacheWrite: usage.cache_write }),
      ...(usage?.reasoning !== undefined && { reasoning: usage.reasoning }),
    },
    ...(line.cost !== undefined && { cost: line.cost }),
    timing: {
      startedAt: line.started,
      totalMs: line.duration_ms ?? 0,
      ...(line.ttft_ms !== undefined && { firstTokenMs: line.ttft_ms }),
      ...(line.tokens_per_second !== undefined && { tokensPerSecond: line.tokens_per_second }),
    },
    tries: line.requests ?? 1,
    warnings: line.warnings ?? [],
  }
}

/** To a thousandth: more digits are noise. */
export const thousandths = (value: number): number => Math.round(value * 1000) / 1000

const finishes: readonly FinishReason[] = ['stop', 'length', 'refusal', 'tool_calls', 'other']

const isFinish = (word: string | undefined): word is FinishReason => finishes.includes(word as FinishReason)

/** @returns undefined where one of them is */
function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0
  for (const value of values) {
    if (value === undefined) return undefined
    total += value
  }
  return total
}

function usageLine(completions: readonly { readonly usage: Usage }[]): AttemptLine['usage'] {
  const of = (part: keyof Usage): number | undefined => sum(completions.map(({ usage }) => usage[part]))
  const usage = {
    input: of('input'),
    output: of('output'),
    cache_read: of('cacheRead'),
    cache_write: of('cacheWrite'),
    reasoning: of('reasoning'),
  }
  return Object.values(usage).some((tokens) => tokens !== undefined) ? usage : undefined
}

/** One of its tries was lost after it had left. */
const hasUnbilled = ({ attempts = [] }: Completion): boolean =>
  attempts.some(({ possiblyBilled }) => possiblyBilled)

const tryOf = ({ work, cutOff }: LineFacts): number => (work.progress?.tries ?? 0) + 1 + Number(cutOff)

const sources = (completions: readonly Completion[]): string =>
  [...new Set(completions.flatMap(({ cost }) => cost?.source ?? []))].join(', ')
