import { csv } from '../csv-rows.js'
import type { DatasetFormat } from '../spec.js'
import { openTable } from '../table.js'
import { tableOptions } from '../table-options.js'

/** Any table of text: the first row names the columns, the options say which is what. */
export const format: DatasetFormat = {
  name: 'csv',
  extensions: ['.csv', '.csv.gz', '.tsv', '.tsv.gz'],
  options: tableOptions,
  detect: () => true,
  open: (path, signal, options = {}) => openTable(path, csv, options, signal),
}
