import { openDocument } from '../document.js'
import { native } from '../native-task.js'
import type { DatasetFormat } from '../spec.js'
import { yamlList } from '../yaml-document.js'

/** The native format as YAML 1.2, read as a whole: up to 8 MiB. */
export const format: DatasetFormat = {
  name: 'native-yaml',
  extensions: ['.yaml', '.yml'],
  detect: () => true,
  open: (path, signal) => openDocument(path, yamlList('test_cases'), native, signal),
}
