import { parquet } from '../parquet-rows.js'
import type { DatasetFormat } from '../spec.js'
import { openTable } from '../table.js'
import { tableOptions } from '../table-options.js'

/** A table in columns, as the Hugging Face hub keeps most sets: the options say which column is what. */
export const format: DatasetFormat = {
  name: 'parquet',
  extensions: ['.parquet'],
  options: tableOptions,
  detect: () => true,
  open: (path, signal, options = {}) => openTable(path, parquet, options, signal),
}
