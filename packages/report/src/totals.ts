import type { ModelSummary, ReportRow } from '@bench/runner/record'
import type { Report } from './spec.js'

type Counted = Pick<ReportRow | ModelSummary, 'inputTokens' | 'outputTokens'>

/** Prompt and reply tokens together; undefined where neither was counted. */
export function totalTokens(counted: Counted): number | undefined {
  const { inputTokens, outputTokens } = counted
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return (inputTokens ?? 0) + (outputTokens ?? 0)
}

/** Sum of what is known; undefined where nothing is. */
export function sumKnown(values: Iterable<number | undefined>): number | undefined {
  let total: number | undefined
  for (const value of values) if (value !== undefined) total = (total ?? 0) + value
  return total
}

export interface Latency {
  readonly avg?: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

/** Milliseconds over all models: a single model's own figures, else computed anew over every reply that was won. */
export function latency(report: Pick<Report, 'models' | 'rows'>): Latency {
  const [only, ...more] = report.models
  if (only !== undefined && more.length === 0) {
    const { avgDurationMs, p50Ms, p95Ms, p99Ms } = only
    return {
      ...(avgDurationMs !== undefined && { avg: avgDurationMs }),
      ...(p50Ms !== undefined && { p50: p50Ms }),
      ...(p95Ms !== undefined && { p95: p95Ms }),
      ...(p99Ms !== undefined && { p99: p99Ms }),
    }
  }
  const known: number[] = []
  for (const { status, durationMs } of report.rows)
    if (status === 'Success' && durationMs !== undefined) known.push(durationMs)
  if (known.length === 0) return {}
  const sorted = Float64Array.from(known).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
  const avg = known.reduce((total, ms) => total + ms, 0) / known.length
  return { avg, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** An own entry of a record whose keys come from a dataset: `constructor` is a name like any other. */
export const entry = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** US dollars that the response cache saved; undefined where what it gave again had no known cost. */
export const savedUsd = ({ cached, savedUsd: saved }: ModelSummary): number | undefined =>
  saved ?? (cached === undefined ? 0 : undefined)
