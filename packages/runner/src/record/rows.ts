import { numberTable } from './hash-table.js'
import type { Packed } from './packed.js'
import type { ReportRow } from './row.js'

/** Rows that may be more than memory should hold: looked through as often as needed. Arrays of rows are such, too. */
export interface Rows extends Iterable<ReportRow> {
  readonly length: number
}

/** Rows that are found by what they are of. */
export interface FoldedRows extends Rows {
  find(task: string, model: string, repeat: number): ReportRow | undefined
}

/** @param rowOf the row of a packed value; undefined where there is none */
export function packedRows<T>(values: Packed<T>, rowOf: (value: T) => ReportRow | undefined): FoldedRows {
  const places = numberTable()
  let length = 0
  for (const [place, value] of values.entries()) {
    const row = rowOf(value)
    if (row === undefined) continue
    places.set(nameOf(row.task, row.model, row.repeat), place)
    length++
  }
  return {
    length,
    *[Symbol.iterator]() {
      for (const [, value] of values.entries()) {
        const row = rowOf(value)
        if (row !== undefined) yield row
      }
    },
    find(task, model, repeat) {
      const place = places.get(nameOf(task, model, repeat))
      const row = place === undefined ? undefined : rowOf(values.at(place))
      return row?.task === task && row.model === model && row.repeat === repeat ? row : undefined
    },
  }
}

/** Those of any rows that are found so; of an array by a map. */
export function foundRows(rows: Rows): FoldedRows {
  if ('find' in rows && !Array.isArray(rows)) return rows as FoldedRows
  const known = new Map<string, ReportRow>()
  for (const row of rows) known.set(nameOf(row.task, row.model, row.repeat), row)
  return {
    length: rows.length,
    [Symbol.iterator]: () => rows[Symbol.iterator](),
    find: (task, model, repeat) => known.get(nameOf(task, model, repeat)),
  }
}

const nameOf = (task: string, model: string, repeat: number): string => `${repeat} ${model}\n${task}`
