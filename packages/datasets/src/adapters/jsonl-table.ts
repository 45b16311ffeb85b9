import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { readHead } from '../source-file.js'
import type { DatasetFormat } from '../spec.js'
import { openTable, type TableSyntax } from '../table.js'
import { tableOptions } from '../table-options.js'

/** Any objects, one a line: the options say which key is what. */
export const format: DatasetFormat = {
  name: 'jsonl-table',
  extensions: ['.jsonl', '.jsonl.gz', '.ndjson'],
  options: tableOptions,
  detect: (head) => keysOf(head).length > 0,
  open: (path, signal, options = {}) => openTable(path, lines, options, signal),
}

const lines: TableSyntax = {
  unit: 'line',
  columns: async (path) => keysOf(await readHead(path)),
  rows: () => jsonLines(() => ({})),
}

/** The first line's keys. */
const keysOf = (head: string) => topLevelKeys(head.trimStart().split('\n', 1)[0] ?? '')
