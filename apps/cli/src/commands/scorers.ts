import type { Command } from 'commander'

export function declare(program: Command): void {
  program
    .command('scorers')
    .description('list the scorers and what they judge')
    .addHelpText(
      'after',
      '\nExamples:\n  $ bench scorers\n  $ bench bench -d tasks.yaml -p oracle --scorer ./mine.ts',
    )
    .action(async () => {
      const { scorers } = await import('../jobs/scorers.js')
      process.exitCode = await scorers()
    })
}
