import type { DatasetFormat } from './spec.js'

/**
 * Formats by name. Where several read the same file ending, the first whose `detect` agrees is taken: special ones
 * come before general ones.
 */
export const formats = {
  'python-tasks': () => import('./adapters/python-tasks.js'),
  'native-json': () => import('./adapters/native-json.js'),
  'native-yaml': () => import('./adapters/native-yaml.js'),
  humanevalplus: () => import('./adapters/humanevalplus.js'),
  mbppplus: () => import('./adapters/mbppplus.js'),
  mbpp: () => import('./adapters/mbpp.js'),
  ifeval: () => import('./adapters/ifeval.js'),
  gsm8k: () => import('./adapters/gsm8k.js'),
  cruxeval: () => import('./adapters/cruxeval.js'),
  livecodebench: () => import('./adapters/livecodebench.js'),
  'multipl-e': () => import('./adapters/multipl-e.js'),
  humaneval: () => import('./adapters/humaneval.js'),
  jsonl: () => import('./adapters/jsonl.js'),
  'jsonl-table': () => import('./adapters/jsonl-table.js'),
  csv: () => import('./adapters/csv.js'),
  parquet: () => import('./adapters/parquet.js'),
} satisfies Record<string, () => Promise<{ format: DatasetFormat }>>
