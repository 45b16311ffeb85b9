import { type AttemptOutcome, outcomes } from '@bench/runner/record'
import type { Report } from './spec.js'

/** Why an attempt did not pass, in one line, from the error or the score's detail. */
export function reasonOf(row: Report['rows'][number]): string {
  if (row.error !== undefined) return row.error
  const detail = row.detail ?? {}
  for (const key of ['message', 'reason', 'error', 'failure']) {
    const value = detail[key]
    if (typeof value === 'string' && value !== '') return value
  }
  if ('expected' in detail && 'got' in detail) {
    return `expected ${short(detail.expected)}, got ${short(detail.got)}`
  }
  return words[row.outcome]
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Each outcome in words a reader knows. */
export const words: Readonly<Record<AttemptOutcome, string>> = {
  pass: 'passed',
  wrong_answer: 'wrong answer',
  syntax: 'does not parse',
  runtime: 'raised an error',
  memory: 'out of memory',
  output_limit: 'too much output',
  crash: 'crashed',
  forged: 'tried to forge its verdict',
  time_limit: 'code ran too long',
  no_answer: 'no answer in the reply',
  truncated: 'reply was cut off',
  refused: 'declined to answer',
  timeout: 'no reply in time',
  infra: 'provider or harness fault',
  not_run: 'not run',
}

/** Attempts that were judged and did not pass, in plan order. */
export const failures = (rows: Report['rows']): Report['rows'] =>
  rows.filter((row) => row.outcome !== 'pass' && outcomes[row.outcome].denominator)
