import { buildImage, type ToolChain } from '@bench/sandbox'
import { fetchPython } from '../bench/python.js'
import { Exit, type ExitCode, exit } from '../exit.js'

export interface BuildOptions {
  /** `registry` or `host`; a registry's base where one answers, else the host's own Python and Node. */
  readonly from?: string
  /** An image to take the files of. */
  readonly base?: string
  /** Compilers to put in: `cpp,rust,java,go`. */
  readonly with?: string
}

export async function build({ from, base, with: wanted }: BuildOptions): Promise<ExitCode> {
  if (wanted !== undefined && base !== undefined)
    throw new Exit(exit.usage, '--with and --base exclude each other: a base brings its own compilers')
  if (from !== undefined && base !== undefined)
    throw new Exit(exit.usage, '--from and --base exclude each other: name the image alone')
  const options = base === undefined ? { ...sourceOf(from), with: toolChainsOf(wanted) } : { base }
  process.stdout.write(`built ${await buildImage(options)}\n`)
  return exit.complete
}

const toolChains: readonly string[] = ['cpp', 'rust', 'java', 'go'] satisfies ToolChain[]

function toolChainsOf(written: string | undefined): ToolChain[] {
  const names = (written ?? '').split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !toolChains.includes(name))
  if (unknown === undefined) return names as ToolChain[]
  throw new Exit(
    exit.usage,
    `--with ${unknown}: it is one of ${toolChains.join(', ')}, or several with commas`,
  )
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
