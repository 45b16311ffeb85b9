import type { ReportRow } from '@bench/runner/record'
import { closest } from 'fastest-levenshtein'
import { csvWriter } from '../csv-writer.js'
import { ReportError } from '../errors.js'
import { reasonOf } from '../failures.js'
import type { ReportFormat } from '../spec.js'
import { totalTokens } from '../totals.js'

export interface CsvOptions {
  /** Columns, in the order wanted; all of {@link csvFields} by default. */
  readonly fields?: readonly string[]
}

type Cell = string | number | boolean | null | undefined

/** Scores 0–1, durations in milliseconds, money in US dollars. The first ten are a contract: order and names stay. */
const columns: Readonly<Record<string, (row: ReportRow) => Cell>> = {
  test_id: (row) => row.task,
  category: (row) => row.category,
  status: (row) => row.status,
  duration_ms: (row) => row.durationMs,
  tokens: (row) => totalTokens(row),
  cost: (row) => row.costUsd,
  model: (row) => row.model,
  prompt_length: (row) => row.promptChars,
  response_length: (row) => row.replyChars,
  error: (row) => row.error,
  outcome: (row) => row.outcome,
  score: (row) => row.value,
  repeat: (row) => row.repeat,
  difficulty: (row) => row.difficulty,
  ttft_ms: (row) => row.ttftMs,
  tokens_per_second: (row) => row.tokensPerSecond,
  input_tokens: (row) => row.inputTokens,
  output_tokens: (row) => row.outputTokens,
  timestamp: (row) => row.ended,
  warnings: (row) => row.warnings?.join('; '),
  cached: (row) => row.cached,
  reason: (row) => (row.outcome === 'pass' ? undefined : reasonOf(row)),
}

/** Every column there is, in the order written by default. */
export const csvFields: readonly string[] = Object.keys(columns)

/**
 * One line per attempt, written as they come. An unknown value is an empty cell.
 * @throws ReportError `unknown_field` naming the nearest one.
 */
export function csv(options: CsvOptions = {}): ReportFormat {
  const fields = options.fields ?? csvFields
  const cells = fields.map((field) => {
    const cell = Object.hasOwn(columns, field) ? columns[field] : undefined
    if (cell === undefined) {
      const near = closest(field, csvFields)
      throw new ReportError(
        'unknown_field',
        `CSV has no field '${field}'; did you mean '${near}'? Fields: ${csvFields.join(', ')}`,
      )
    }
    return cell
  })
  return {
    name: 'csv',
    file: 'results.csv',
    async write(report, out) {
      const writer = await csvWriter(fields, out)
      for (const row of report.rows) await writer.row(cells.map((cell) => cell(row)))
      await writer.end()
    },
  }
}

export const format: ReportFormat = csv()
