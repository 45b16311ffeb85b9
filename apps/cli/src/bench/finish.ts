import { open, rename } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { withoutSecrets } from '@bench/providers'
import { failureList, format, type Report, summaryTable } from '@bench/report'
import { type BlobStore, deflate, type RunLog } from '@bench/runner'
import { foldLines, type ModelSummary, planRows, type RunPlan, summarise } from '@bench/runner/record'

/** Characters that are written at once. */
const chunkSize = 64 * 1024

export type Export = 'json' | 'csv' | 'both'

/** A run as its report needs it: a fold of the whole log, never a running total. */
export async function reportOf(plan: RunPlan, log: Pick<RunLog, 'lines'>, blobs: BlobStore): Promise<Report> {
  const fold = await foldLines(log.lines(), { codec: deflate })
  return {
    plan,
    models: summarise(plan, fold),
    rows: planRows(plan, fold.rows),
    reply: (hash) => blobs.get(hash),
  }
}

/** Writes the run's files beside its log. @returns the path of the HTML report */
export async function writeFiles(folder: string, report: Report, wanted: Export): Promise<string> {
  const names = [
    ...(wanted === 'csv' ? [] : ['results-json']),
    ...(wanted === 'json' ? [] : ['csv', 'comparison-csv']),
    'html',
  ]
  let html = ''
  for (const name of names) {
    const found = await format(name)
    const path = join(folder, found.file)
    const file = await open(`${path}.new`, 'w')
    try {
      let waiting = ''
      const flush = async () => {
        await file.writeFile(withoutSecrets(waiting))
        waiting = ''
      }
      await found.write(report, {
        // Formats write row by row, and a write for each of them takes longer than all else.
        async write(chunk) {
          waiting += chunk
          if (waiting.length >= chunkSize) {
            await flush()
          }
        },
      })
      await flush()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
    html = path
  }
  return html
}

/** A path as a person would type it here. */
export function shown(path: string): string {
  const here = relative(process.cwd(), path)
  return here === '' ? '.' : here.startsWith('..') ? path : here
}

/** What a person sees at the end, on standard output. */
export function printSummary(report: Report, out: NodeJS.WriteStream): void {
  const width = out.columns ?? 100
  const color = out.isTTY === true && !process.env.NO_COLOR
  out.write(`\n${summaryTable(report, { width, color, unicode: true })}\n`)
  // The empty control fails everywhere by design: its failures tell nothing.
  const failures = failureList(report, { width, color, unicode: true, except: 'null' })
  if (failures !== '') {
    out.write(`\n${failures}\n`)
  }
}

/** What the attempts spent their time on, the most first; undefined where that was nothing to speak of. */
export function boundBy(models: readonly ModelSummary[]): string | undefined {
  const sum = (of: keyof NonNullable<ModelSummary['time']>) =>
    models.reduce((total, { time }) => total + (time?.[of] ?? 0), 0)
  const parts = [
    { what: 'replies', ms: sum('replies') },
    { what: 'held back by rate limits or --concurrency', ms: sum('limiter') },
    { what: 'judging', ms: sum('judging') },
  ]
  const whole = parts.reduce((total, { ms }) => total + ms, 0)
  if (whole < 1000) {
    return undefined
  }
  return parts
    .map(({ what, ms }) => ({ what, percent: Math.round((100 * ms) / whole) }))
    .filter(({ percent }) => percent > 0)
    .sort((a, b) => b.percent - a.percent)
    .map(({ what, percent }) => `${what} ${percent} %`)
    .join(' · ')
}
