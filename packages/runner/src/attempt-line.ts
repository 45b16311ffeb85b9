import type { Task } from '@bench/datasets'
import type { Completion, Cost, FinishReason, ProviderError } from '@bench/providers'
import type { Work } from './attempt-context.js'
import { failedRequests, gapsOf, sum, thousandths, usageLine } from './line-sums.js'
import type { AttemptLine } from './record/lines.js'
import { mayBeBilled } from './solve/meter.js'
import type { Course } from './spec.js'

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

export interface Refs {
  readonly reply: string
  readonly reasoning?: string | undefined
  readonly answer?: string | undefined
  readonly transcript?: string | undefined
}

/** What is to be told besides the completions. */
export interface Around {
  /** What to warn of besides the completions' own warnings. */
  readonly ignored: readonly string[]
  readonly course?: Course | undefined
  /** Calls that failed, and that the solver went on without. */
  readonly faults: readonly ProviderError[]
}

/**
 * The line of a solver's completions: of the last, which is judged, how it ended and who answered; of all of them
 * together, tokens, cost, time and requests. A sum of which one part is unknown is unknown.
 *
 * @param completions one or more
 * @param refs hashes of what is kept in `responses/`
 */
export function repliedLine(
  facts: LineFacts,
  completions: readonly Completion[],
  refs: Refs,
  { ignored, course, faults }: Around,
): AttemptLine {
  const first = completions[0]!
  const last = completions.at(-1)!
  const cached = completions.filter((completion) => completion.cached)
  const queuedMs = sum(completions.map(({ timing }) => timing.queuedMs))
  const totalMs = sum(completions.map(({ timing }) => timing.totalMs))
  const warnings = [...new Set([...ignored, ...completions.flatMap((completion) => completion.warnings)])]
  const { firstTokenMs, loadMs = 0 } = first.timing
  const loads = completions.flatMap(({ timing }) => timing.loadMs ?? [])
  const called = completions.flatMap(({ toolCalls = [] }) => toolCalls.map(({ name }) => name))
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
    answer: refs.answer,
    transcript: refs.transcript,
    finish: last.finish,
    finish_raw: told(last.finishRaw),
    served: told(last.served),
    fingerprint: told(last.fingerprint),
    usage: usageLine(completions),
    cost: costLine([...completions.map(({ cost }) => cost), ...knownCosts(faults)]),
    cached: cached.length || undefined,
    cached_usd: cached.length === 0 ? undefined : sum(cached.map(({ originalCost }) => originalCost?.usd)),
    batch: last.batch,
    // Less than a millisecond is nobody's wait.
    queued_ms: queuedMs !== undefined && queuedMs >= 1 ? thousandths(queuedMs) : undefined,
    ttft_ms: firstTokenMs === undefined ? undefined : thousandths(Math.max(0, firstTokenMs - loadMs)),
    tokens_per_second: last.timing.tokensPerSecond && thousandths(last.timing.tokensPerSecond),
    gaps: gapsOf(completions),
    prompt_tokens_per_second:
      last.timing.promptTokensPerSecond && thousandths(last.timing.promptTokensPerSecond),
    load_ms: loads.length === 0 ? undefined : thousandths(loads.reduce((total, load) => total + load, 0)),
    tool_calls:
      called.length === 0 ? undefined : called.slice(0, namesCap).map((name) => name.slice(0, wordCap)),
    iterations: course?.iterations,
    ended_by: course?.endedBy,
    iterations_to_success: course?.iterationsToSuccess,
    self_corrected: course?.selfCorrected,
    tool_calls_count: course?.toolCalls,
    tools_used: course?.toolsUsed?.slice(0, namesCap),
    efficiency_score: course?.efficiency,
    requests: sum([...completions, ...faults].map(({ tries }) => tries)),
    failed_requests: failedRequests([...completions, ...faults].flatMap(({ attempts = [] }) => attempts)),
    possibly_billed: facts.cutOff || completions.some(hasUnbilled) || faults.some(mayBeBilled) || undefined,
    warnings: warnings.length === 0 ? undefined : warnings,
  }
}

/** What went wrong with a call, or with a task that could not be asked. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** Requests sent, where no call tells. */
  readonly requests?: number
  /** The provider may have billed it, besides what is known. */
  readonly billed: boolean
  /** What was won before it went wrong, and paid for. */
  readonly completions?: readonly Completion[]
  /** Calls that failed, with what they are known to have cost all the same. */
  readonly faults?: readonly ProviderError[]
}

/** The line of an attempt that won no reply, for no fault of the model. */
export function failedLine(
  facts: LineFacts,
  failure: Failure,
  transcript?: string,
  what: AttemptLine['what'] = failure.code.startsWith('timeout') ? 'timeout' : 'infra',
): AttemptLine {
  const { code, message, billed, completions = [], faults = [] } = failure
  const attempts = [...completions, ...faults].flatMap((call) => call.attempts ?? [])
  const usages = faults.flatMap((call) => call.attempts ?? []).flatMap(({ usage }) => usage ?? [])
  const used = [...completions, ...usages.map((usage) => ({ usage }))]
  const costs = [...completions.map(({ cost }) => cost), ...knownCosts(faults)]
  const cached = completions.filter((completion) => completion.cached)
  const called = completions.length + faults.length > 0
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
    what,
    started: facts.began.toISOString(),
    ended: facts.ended.toISOString(),
    duration_ms: Math.max(0, facts.ended.getTime() - facts.began.getTime()),
    host: facts.host,
    prompt_chars: promptChars(facts.work.task),
    transcript,
    usage: used.length === 0 ? undefined : usageLine(used),
    cost: costs.length === 0 ? undefined : costLine(costs),
    cached: cached.length || undefined,
    cached_usd: cached.length === 0 ? undefined : sum(cached.map(({ originalCost }) => originalCost?.usd)),
    requests: called ? sum([...completions, ...faults].map(({ tries }) => tries)) : failure.requests,
    failed_requests: attempts.length > 1 ? failedRequests(attempts) : undefined,
    possibly_billed: billed || completions.some(hasUnbilled) || facts.cutOff || undefined,
    error: { code, message },
  }
}

const knownCosts = (faults: readonly ProviderError[]): Cost[] => faults.flatMap(({ cost }) => cost ?? [])

/** Names of tools that one line holds, at most. */
const namesCap = 1000

/** Characters of a word that is a server's own or a model's, which may be as long as they like. */
const wordCap = 500
const told = (word: string | undefined) => word?.slice(0, wordCap)

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
      ...(usage?.cache_write_1h !== undefined && { cacheWrite1h: usage.cache_write_1h }),
      ...(usage?.reasoning !== undefined && { reasoning: usage.reasoning }),
    },
    ...(line.cost !== undefined && { cost: { usd: line.cost.usd, source: line.cost.source } }),
    timing: {
      startedAt: line.started,
      totalMs: line.duration_ms ?? 0,
      ...(line.ttft_ms !== undefined && { firstTokenMs: line.ttft_ms + (line.load_ms ?? 0) }),
      ...(line.gaps !== undefined && { gaps: line.gaps }),
      ...(line.prompt_tokens_per_second !== undefined && {
        promptTokensPerSecond: line.prompt_tokens_per_second,
      }),
      ...(line.load_ms !== undefined && { loadMs: line.load_ms }),
      ...(line.tokens_per_second !== undefined && { tokensPerSecond: line.tokens_per_second }),
    },
    tries: line.requests ?? 1,
    warnings: line.warnings ?? [],
  }
}

const finishes: readonly FinishReason[] = ['stop', 'length', 'refusal', 'tool_calls', 'other']

const isFinish = (word: string | undefined): word is FinishReason => finishes.includes(word as FinishReason)

/** One of its tries was lost after it had left. */
const hasUnbilled = ({ attempts = [] }: Completion): boolean =>
  attempts.some(({ possiblyBilled }) => possiblyBilled)

const tryOf = ({ work, cutOff }: LineFacts): number => (work.progress?.tries ?? 0) + 1 + Number(cutOff)

/** Together; unknown where one is. What the list says is told only where it says it of all of them. */
function costLine(costs: readonly (Cost | undefined)[]): AttemptLine['cost'] {
  const usd = sum(costs.map((cost) => cost?.usd))
  if (usd === undefined) return undefined
  const listed = sum(costs.map((cost) => cost?.listedUsd))
  const source = [...new Set(costs.flatMap((cost) => cost?.source ?? []))].join(', ')
  return { usd, source, ...(listed !== undefined && { listed_usd: listed }) }
}
