import { outcomeNames } from '@bench/runner/record'
import { csvWriter } from '../csv-writer.js'
import { leftOut } from '../denominator.js'
import { ranking } from '../ranking.js'
import type { ReportFormat } from '../spec.js'
import { savedUsd, totalTokens } from '../totals.js'

const counted = outcomeNames.filter((outcome) => outcome !== 'pass' && outcome !== 'not_run')

const fields = [
  ...['model', 'rank', 'score', 'low', 'high', 'n', 'tasks', 'passed', 'worst', 'best', 'cost', 'unpriced'],
  ...['cached', 'saved'],
  ...['p50_ms', 'p95_ms', 'tokens_per_second', 'tokens', 'planned', 'not_run', ...counted],
]

/** One line per model, best first: score 0–1 with its 95 % interval and n, and how many attempts ended how. */
export const format: ReportFormat = {
  name: 'comparison-csv',
  file: 'comparison.csv',
  async write(report, out) {
    const writer = await csvWriter(fields, out)
    for (const { rank, summary } of ranking(report)) {
      const { interval, range } = summary
      await writer.row([
        ...[summary.model, rank, summary.score, interval?.low, interval?.high, summary.n, summary.tasks],
        ...[summary.passed, range?.worst, range?.best, summary.costUsd, summary.unpriced],
        ...[summary.cached ?? 0, savedUsd(summary)],
        ...[summary.p50Ms, summary.p95Ms, summary.tokensPerSecond, totalTokens(summary)],
        ...[
          summary.planned,
          leftOut(summary).not_run,
          ...counted.map((outcome) => summary.counts[outcome] ?? 0),
        ],
      ])
    }
    await writer.end()
  },
}
