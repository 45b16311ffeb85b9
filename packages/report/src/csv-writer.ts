import type { Out } from './spec.js'

/**
 * What a spreadsheet would run as a formula: `=`, `+`, `-`, `@`, their full-width forms, and what is skipped before
 * them. Our own, because papaparse's pattern ends at a line break and so lets `=1` followed by a second line through.
 */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u

const rowsPerChunk = 256

export interface CsvWriter {
  row(cells: readonly unknown[]): Promise<void>
  end(): Promise<void>
}

/** Writes CSV (RFC 4180) by papaparse, a few hundred rows at a time: numbers stay numbers, formulas become text. */
export async function csvWriter(fields: readonly string[], out: Out): Promise<CsvWriter> {
  const { default: papa } = await import('papaparse')
  let waiting: (readonly unknown[])[] = [fields]
  const flush = async () => {
    if (waiting.length === 0) return
    const text = papa.unparse(waiting as unknown[][], { escapeFormulae: formula, newline: '\r\n' })
    waiting = []
    await out.write(`${text}\r\n`)
  }
  return {
    async row(cells) {
      waiting.push(cells)
      if (waiting.length >= rowsPerChunk) await flush()
    },
    end: flush,
  }
}
