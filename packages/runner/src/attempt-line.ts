import type { Completion, FinishReason, Usage } from '@bench/providers'
import type { AttemptLine } from './record/lines.js'

type ReplyField =
  | 'reply_chars'
  | 'form'
  | 'finish'
  | 'finish_raw'
  | 'served'
  | 'fingerprint'
  | 'duration_ms'
  | 'usage'
  | 'cost'
  | 'ttft_ms'
  | 'tokens_per_second'
  | 'requests'
  | 'warnings'

/** What a reply adds to an attempt's line. */
type ReplyPart = Pick<AttemptLine, ReplyField>

/**
 * What the line says of a solver's completions: of the last, which is judged, how it ended and who answered; of all
 * of them together, tokens, cost, time and requests. A sum of which one part is unknown is unknown.
 *
 * @param completions one or more
 */
export function replyPart(completions: readonly Completion[]): ReplyPart {
  const first = completions[0]!
  const last = completions.at(-1)!
  const usage = usageLine(completions)
  const usd = sum(completions.map(({ cost }) => cost?.usd))
  const warnings = [...new Set(completions.flatMap((completion) => completion.warnings))]
  return {
    reply_chars: last.text.length,
    ...(last.form !== undefined && last.form !== 'chat' && { form: last.form }),
    finish: last.finish,
    ...(last.finishRaw !== undefined && { finish_raw: last.finishRaw }),
    ...(last.served !== undefined && { served: last.served }),
    ...(last.fingerprint !== undefined && { fingerprint: last.fingerprint }),
    duration_ms: thousandths(sum(completions.map((completion) => completion.timing.totalMs)) ?? 0),
    ...(Object.keys(usage).length > 0 && { usage }),
    ...(usd !== undefined && { cost: { usd, source: sources(completions) } }),
    ...(first.timing.firstTokenMs !== undefined && { ttft_ms: thousandths(first.timing.firstTokenMs) }),
    ...(last.timing.tokensPerSecond !== undefined && {
      tokens_per_second: thousandths(last.timing.tokensPerSecond),
    }),
    requests: sum(completions.map(({ tries }) => tries)) ?? 0,
    ...(warnings.length > 0 && { warnings }),
  }
}

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

function usageLine(completions: readonly Completion[]): NonNullable<AttemptLine['usage']> {
  const of = (part: keyof Usage): number | undefined => sum(completions.map(({ usage }) => usage[part]))
  const [input, output, cacheRead, cacheWrite, reasoning] = [
    of('input'),
    of('output'),
    of('cacheRead'),
    of('cacheWrite'),
    of('reasoning'),
  ]
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cacheRead !== undefined && { cache_read: cacheRead }),
    ...(cacheWrite !== undefined && { cache_write: cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

const sources = (completions: readonly Completion[]): string =>
  [...new Set(completions.flatMap(({ cost }) => cost?.source ?? []))].join(', ')
