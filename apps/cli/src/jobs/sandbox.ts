import { buildImage } from '@bench/sandbox'
import { fetchPython } from '../bench/python.js'
import { Exit, type ExitCode, exit } from '../exit.js'

/** @param from `registry` or `host`; a registry's base where one answers, else the host's own Python */
export async function build(from: string | undefined): Promise<ExitCode> {
  if (from !== undefined && from !== 'registry' && from !== 'host') {
    throw new Exit(exit.usage, `--from ${from}: it is registry or host`)
  }
  process.stdout.write(`built ${await buildImage(from === undefined ? {} : { from })}\n`)
  return exit.complete
}

export async function fetch(): Promise<ExitCode> {
  process.stdout.write(`the WebAssembly Python is in ${await fetchPython()}\n`)
  return exit.complete
}
