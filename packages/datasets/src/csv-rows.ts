import Papa from 'papaparse'
import type { Part, Syntax } from './document.js'
import { DatasetError } from './errors.js'
import { quoted } from './faults.js'
import { type ReadOptions, readChunks, readHead, utf8Decoder } from './source-file.js'
import type { TableSyntax } from './table.js'

/** A row of CSV longer than this is a quote that never closes. */
const longestRow = 64 * 1024 * 1024

/** RFC 4180 with a first row of names; comma, semicolon, tab or bar, as that row has it. */
export const csv: TableSyntax = {
  unit: 'line',
  async columns(path, signal) {
    for await (const { fields } of records(path, { signal })) return named(path, fields)
    throw new DatasetError('invalid', `${path}: has no row of column names`)
  },
  rows: (): Syntax => ({
    async *parts(path, options) {
      yield* rows(path, options)
      yield { kind: 'header', value: {} }
    },
    place: (position) => `line ${position}`,
  }),
}

async function* rows(path: string, options: ReadOptions): AsyncGenerator<Part> {
  let columns: readonly string[] | undefined
  for await (const { fields, line } of records(path, options)) {
    if (columns === undefined) columns = named(path, fields)
    else if (fields.length !== columns.length) {
      const why = `${fields.length} fields, where the first row names ${columns.length} columns`
      throw new DatasetError('syntax', `${path}:${line}: ${why}; put quotes around what holds a separator`)
    } else {
      const value = Object.fromEntries(columns.map((column, i) => [column, fields[i]]))
      yield { kind: 'item', position: line, value }
    }
  }
}

function named(path: string, fields: readonly string[]): readonly string[] {
  const names = fields.map((field) => field.trim())
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new DatasetError('invalid', `${path}: two columns are named ${quoted(twice)}; rename one`)
  return names
}

interface CsvRow {
  readonly fields: readonly string[]
  /** Where it begins, from 1. */
  readonly line: number
}

/**
 * Streams records; blank lines are passed over. The parser is given whole records where it can be: what is cut off at the end
 * of a piece is given again once as much again was read, so that a long field is not read over and over.
 */
async function* records(path: string, options: ReadOptions): AsyncGenerator<CsvRow> {
  const head = await readHead(path)
  const { linebreak } = Papa.parse(head, { preview: 1, delimiter: ',' }).meta
  const delimiter = separatorOf(head)
  const parser = () => new Papa.Parser({ delimiter, newline: linebreak as '\n' })
  const decode = utf8Decoder(path)
  let line = 1
  let text = ''
  let wanted = 0
  const take = function* (last: boolean): Generator<CsvRow> {
    const { data, errors, meta } = parser().parse(text, 0, !last) as Papa.ParseResult<string[]>
    const [fault] = errors
    for (const [i, fields] of data.entries()) {
      if (fault?.row === i) throw explain(path, line, fault)
      if (fields.length > 1 || fields[0]?.trim() !== '') yield { fields: trimmed(fields), line }
      line += 1 + fields.reduce((breaks, field) => breaks + field.split('\n').length - 1, 0)
    }
    if (last && fault !== undefined) throw explain(path, line, fault)
    text = last ? '' : text.slice(meta.cursor)
    wanted = 2 * text.length
  }
  for await (const chunk of readChunks(path, options)) {
    text += decode(chunk)
    if (text.length > longestRow)
      throw new DatasetError('syntax', `${path}:${line}: a row longer than 64 MiB; is a quote left open?`)
    if (text.length >= wanted) yield* take(false)
  }
  text += decode()
  if (text !== '') yield* take(true)

  function trimmed(fields: readonly string[]): readonly string[] {
    const end = fields.at(-1)
    return linebreak === '\n' && end?.endsWith('\r') ? [...fields.slice(0, -1), end.slice(0, -1)] : fields
  }
}

/** Which of the separators the first row has most of, outside quotes; a comma where it has none. */
function separatorOf(head: string): string {
  const row = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(head)?.[0].replace(/"[^"]*"/g, '') ?? ''
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: row.split(mark).length }))
  return counts.reduce((most, next) => (next.count > most.count ? next : most)).mark
}

function explain(path: string, line: number, { code }: Papa.ParseError): DatasetError {
  const why =
    code === 'MissingQuotes'
      ? 'a quote is opened here and never closed'
      : 'a quote stands within a quoted field'
  return new DatasetError(
    'syntax',
    `${path}:${line}: not valid CSV: ${why}; write a quote within quotes twice`,
  )
}
