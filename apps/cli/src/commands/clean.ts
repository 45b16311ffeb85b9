import type { Command } from 'commander'
import type { CleanOptions } from '../jobs/clean.js'

export function declare(program: Command): void {
  program
    .command('clean')
    .description('remove the cache and any container left behind; runs and their results are never touched')
    .option('--dry-run', 'say what would be removed')
    .addHelpText('after', '\nExamples:\n  $ bench clean --dry-run\n  $ bench clean')
    .action(async (options: CleanOptions) => {
      const { clean } = await import('../jobs/clean.js')
      process.exitCode = await clean(options)
    })
}
