import { basename } from 'node:path'
import { openDocument } from '../document.js'
import { jsonLines } from '../json-lines.js'
import { topLevelKeys } from '../json-stream.js'
import { native } from '../native-task.js'
import type { DatasetFormat } from '../spec.js'

/** Native cases, one a line: the shape of an element of `test_cases`. The name is the file's, the version 0. */
export const format: DatasetFormat = {
  name: 'jsonl',
  extensions: ['.jsonl', '.jsonl.gz', '.ndjson'],
  detect: (head) => {
    const line = head.trimStart().split('\n', 1)[0] ?? ''
    const keys = topLevelKeys(line)
    // A broken first line is ours too, so that it is told what is wrong with it.
    return (
      !line.startsWith('{') || keys.includes('id') || (keys.includes('prompt') && !keys.includes('task_id'))
    )
  },
  open: (path, signal) => openDocument(path, jsonLines(header), native, signal),
}

function header(path: string): unknown {
  return { name: basename(path).replace(/\.(jsonl|ndjson)(\.gz)?$/i, ''), version: '0', test_cases: [] }
}
