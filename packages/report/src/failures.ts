import { type AttemptOutcome, outcomes, type ReportRow } from '@bench/runner/record'

/** What a score's detail tells of a failure, whichever scorer wrote it. */
export interface Evidence {
  readonly error?: string
  readonly expected?: unknown
  readonly got?: unknown
  /** The failing case of a test, as in `case 3 of 10`. */
  readonly where?: string
  /** All else, by name. */
  readonly others: readonly (readonly [name: string, value: unknown])[]
}

/** Times of single cases: too many for a reader, and in the log. */
const notShown = new Set(['case_ms'])

/** A detail's `failed`, where it is one failing case, is read as part of the detail itself. */
export function evidence(row: ReportRow): Evidence {
  const { failed, ...rest } = row.detail ?? {}
  const inner = isRecord(failed) ? failed : failed === undefined ? {} : { failed }
  const { error, message, expected, got, case: number, passed, total, ...others } = { ...rest, ...inner }
  const text = [row.error, error, message].find((value) => typeof value === 'string' && value !== '')
  const of = typeof total === 'number' ? ` of ${total}` : ''
  return {
    ...(typeof text === 'string' && { error: text }),
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
    ...(number !== undefined && { where: `case ${short(number)}${of}` }),
    others: [
      ...(typeof passed === 'number' && of !== '' ? [['passed', `${passed}${of}`] as const] : []),
      ...Object.entries(others).filter(([name, value]) => !notShown.has(name) && !isEmpty(value)),
    ],
  }
}

/** Why an attempt did not pass, in one line. */
export function reasonOf(row: ReportRow): string {
  if (row.error !== undefined) return row.error
  if (noReplyToJudge.has(row.outcome)) return words[row.outcome]
  const { error, expected, got, where, others } = evidence(row)
  const at = where === undefined ? '' : `${where}: `
  // What came back before the assertion, which may be long.
  if (got !== undefined && error?.startsWith(assertion))
    return `${at}got ${short(got)}: ${error.slice(assertion.length)}`
  if (error !== undefined) return at + error
  if (expected !== undefined && got !== undefined)
    return `${at}expected ${short(expected)}, got ${short(got)}`
  if (expected !== undefined) return `${at}expected ${short(expected)}`
  const failed = others.find(([name]) => name === 'failed')?.[1]
  if (Array.isArray(failed)) return failed.map(short).join('; ')
  return at + words[row.outcome]
}

const assertion = 'AssertionError: '

/** Of these, what was expected explains nothing. */
const noReplyToJudge = new Set<AttemptOutcome>(['no_answer', 'truncated', 'refused'])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

function short(value: unknown): string {
  if (value === null) return 'nothing'
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
  unjudged: 'not judged yet',
  not_run: 'not run',
}

/** Whether an attempt was judged and did not pass. */
export const isFailure = ({ outcome }: Pick<ReportRow, 'outcome'>): boolean =>
  outcome !== 'pass' && outcomes[outcome].denominator

/** The first attempts that failed, those that were judged before those that were not, and how many there are. */
export function firstFailures(rows: Iterable<ReportRow>, first: number, except: string | undefined) {
  const [judged, lost]: [ReportRow[], ReportRow[]] = [[], []]
  let all = 0
  for (const row of rows) {
    if (row.model === except) continue
    const kind = isFailure(row)
      ? judged
      : row.outcome === 'infra' || row.outcome === 'timeout'
        ? lost
        : undefined
    if (kind === undefined) continue
    all++
    if (kind.length < first) kind.push(row)
  }
  return { rows: [...judged, ...lost].slice(0, first), count: all }
}
