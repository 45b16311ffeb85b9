import type { ReportRow } from '@bench/runner/record'
import type { Scene } from './scene.js'

/** A model's attempts of some kind: the first of them, and how many there are. */
export interface Found {
  readonly model: string
  readonly rows: ReportRow[]
  count: number
}

/** In the order of the ranking. Of each model no more is held than is shown. */
export function byModel(
  { ranked, report }: Scene,
  shown: number,
  wanted: (row: ReportRow) => boolean,
): Found[] {
  const all = new Map<string, Found>(
    ranked.map(({ summary: { model } }) => [model, { model, rows: [], count: 0 }]),
  )
  for (const row of report.rows) {
    const of = wanted(row) ? all.get(row.model) : undefined
    if (of === undefined) continue
    of.count++
    if (of.rows.length < shown) of.rows.push(row)
  }
  return [...all.values()]
}

/** At most `limit`, in the order given, no model crowded out by another. */
export function evenly(all: readonly Found[], limit: number): ReportRow[] {
  const rowsOf = all.map(({ rows }) => rows)
  const takes = rowsOf.map(() => 0)
  let left = limit
  for (let more = true; more && left > 0; ) {
    more = false
    for (const [i, rows] of rowsOf.entries()) {
      if (left === 0 || (takes[i] as number) >= rows.length) continue
      takes[i] = (takes[i] as number) + 1
      left--
      more = true
    }
  }
  return rowsOf.flatMap((rows, i) => rows.slice(0, takes[i]))
}
