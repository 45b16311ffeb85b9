import { openDocument } from '../document.js'
import { jsonList } from '../json-stream.js'
import { native } from '../native-task.js'
import type { DatasetFormat } from '../spec.js'

/** The native format as JSON: read as a stream, so a file may be larger than memory. */
export const format: DatasetFormat = {
  name: 'native-json',
  extensions: ['.json', '.json.gz'],
  // What no other format of this ending knows is meant to be ours, and told what is wrong with it.
  detect: () => true,
  open: (path, signal) => openDocument(path, jsonList('test_cases'), native, signal),
}
