import type { Attempt as CallAttempt, Completion, Usage } from '@bench/providers'
import type { AttemptLine } from './record/lines.js'

/** All gaps of completions together; the bounds are the same for all. */
export function gapsOf(completions: readonly Completion[]): number[] | undefined {
  let total: number[] | undefined
  for (const { timing } of completions) {
    if (timing.gaps === undefined) continue
    total = total?.map((count, cell) => count + (timing.gaps?.[cell] ?? 0)) ?? [...timing.gaps]
  }
  return total
}

export function failedRequests(attempts: readonly CallAttempt[]): AttemptLine['failed_requests'] {
  const failed = attempts.flatMap(({ error, sentMs, durationMs }) =>
    error === undefined
      ? []
      : [{ ...error, sent_ms: thousandths(sentMs), duration_ms: thousandths(durationMs) }],
  )
  return failed.length === 0 ? undefined : failed
}

/** @returns undefined where one of them is */
export function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0
  for (const value of values) {
    if (value === undefined) return undefined
    total += value
  }
  return total
}

export function usageLine(completions: readonly { readonly usage: Usage }[]): AttemptLine['usage'] {
  const of = (part: keyof Usage): number | undefined => sum(completions.map(({ usage }) => usage[part]))
  const usage = {
    input: of('input'),
    output: of('output'),
    cache_read: of('cacheRead'),
    cache_write: of('cacheWrite'),
    cache_write_1h: of('cacheWrite1h'),
    reasoning: of('reasoning'),
  }
  return Object.values(usage).some((tokens) => tokens !== undefined) ? usage : undefined
}

/** To a thousandth: more digits are noise. */
export const thousandths = (value: number): number => Math.round(value * 1000) / 1000
