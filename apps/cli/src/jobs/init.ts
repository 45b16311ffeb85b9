import { readdir, writeFile } from 'node:fs/promises'
import { configNames } from '../config/read-file.js'
import { starterExperiment, starterModule, starterYaml } from '../config/starter.js'
import { Exit, type ExitCode, exit } from '../exit.js'

export interface InitOptions {
  readonly experiment?: boolean
  readonly ts?: boolean
  readonly force?: boolean
}

/**
 * Writes a configuration with comments into this folder.
 * @throws Exit `usage` where there is one already, and where nothing can be written
 */
export async function init({
  experiment = false,
  ts = false,
  force = false,
}: InitOptions): Promise<ExitCode> {
  if (experiment && ts) {
    throw new Exit(exit.usage, '--experiment and --ts are two files: write one, then the other elsewhere')
  }
  const name = ts ? 'bench.config.ts' : 'bench.config.yaml'
  const there = await readdir(process.cwd())
  const other = configNames.find((known) => known !== name && there.includes(known))
  if (other !== undefined) {
    throw new Exit(exit.usage, `${other} is here already: beside it, ${name} would be one too many`)
  }
  if (there.includes(name) && !force) {
    throw new Exit(exit.usage, `${name} is here already: --force writes it anew`)
  }
  const text = ts ? starterModule() : experiment ? starterExperiment() : starterYaml()
  await writeFile(name, text, { flag: force ? 'w' : 'wx' }).catch((error: Error) => {
    throw new Exit(exit.usage, `${name} cannot be written here: ${error.message}. Go to a folder of your own`)
  })
  process.stderr.write(`${name} is written. Put your models into it, then: bench bench\n`)
  return exit.complete
}
