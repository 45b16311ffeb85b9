import { statSync } from 'node:fs'
import { type Dataset, listBuiltins, loadFolder } from '@bench/datasets'
import { openNamed } from '../bench/hub.js'
import { type ExitCode, exit } from '../exit.js'
import { builtins } from '../preset.js'
import { table } from '../terminal/table.js'

export interface DatasetsOptions {
  readonly json?: boolean
}

/** Lists the built-in datasets, or opens and describes what is named. A bad file in a folder is a warning. */
export async function datasets(sources: readonly string[], options: DatasetsOptions): Promise<ExitCode> {
  const folder = builtins()
  const names = sources.length > 0 ? sources : (await listBuiltins(folder)).map(({ name }) => name)
  const found: Dataset[] = []
  let warnings = 0
  for (const name of names) {
    if (statSync(name, { throwIfNoEntry: false })?.isDirectory() === true) {
      const onWarning = (message: string) => {
        warnings += 1
        process.stderr.write(`bench: warning: ${message}\n`)
      }
      found.push(...(await loadFolder(name, { onWarning })))
    } else {
      found.push(await openNamed(name))
    }
  }
  if (options.json === true) {
    for (const { name, version, size, hash, description, source } of found) {
      process.stdout.write(`${JSON.stringify({ name, version, size, hash, source, description })}\n`)
    }
  } else if (found.length > 0) {
    const rows = found.map((each) => [each.name, each.version, String(each.size), each.description ?? ''])
    process.stdout.write(table(['NAME', 'VERSION', 'TASKS', 'WHAT IT MEASURES'], rows))
  }
  return warnings > 0 && found.length === 0 ? exit.usage : exit.complete
}
