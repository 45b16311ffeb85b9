import { buildImage } from '@bench/sandbox'
import { fetchPython } from '../bench/python.js'
import { Exit, type ExitCode, exit } from '../exit.js'

export interface BuildOptions {
  /** `registry` or `host`; a registry's base where one answers, else the host's own Python and Node. */
  readonly from?: string
  /** An image to take the files of. */
  readonly base?: string
}

export async function build({ from, base }: BuildOptions): Promise<ExitCode> {
  if (from !== undefined && base !== undefined)
    throw new Exit(exit.usage, '--from and --base exclude each other: name the image alone')
  process.stdout.write(`built ${await buildImage(base === undefined ? sourceOf(from) : { base })}\n`)
  return exit.complete
}

function sourceOf(from: string | undefined): { from?: 'registry' | 'host' } {
  if (from === undefined) return {}
  if (from === 'registry' || from === 'host') return { from }
  throw new Exit(exit.usage, `--from ${from}: it is registry or host`)
}

export async function fetch(): Promise<ExitCode> {
  process.stdout.write(`the WebAssembly Python and JavaScript are in ${await fetchPython()}\n`)
  return exit.complete
}
