import { pull } from '@bench/datasets'
import { clean } from '@bench/report'
import { hubOptions } from '../bench/hub.js'
import { type ExitCode, exit } from '../exit.js'
import { megabytes } from '../terminal/fit.js'
import { check } from '../terminal/table.js'
import type { DatasetsOptions } from './datasets.js'

export interface PullOptions extends DatasetsOptions {
  readonly sha256?: string
}

const print = (text: string) => process.stdout.write(text)
const printJson = (value: object) => print(`${JSON.stringify(value)}\n`)

/** Fetches each source to the cache and says how to name it from now on. */
export async function pullSets(sources: readonly string[], options: PullOptions): Promise<ExitCode> {
  for (const source of sources) {
    const hub = hubOptions()
    const pulled = await pull(source, hub, { sha256: options.sha256 }).finally(hub.done)
    if (options.json === true) {
      printJson(pulled)
      continue
    }
    for (const { path, bytes, sha256, cached } of pulled.files) {
      print(check('ok', `${source}: ${megabytes(bytes)}, ${cached ? 'was here' : 'fetched and checked'}`))
      print(`  sha256 ${sha256}\n  ${clean(path)}\n`)
    }
    print(`Run it: bench bench -d '${clean(pulled.source)}'\n`)
  }
  return exit.complete
}
