import type { Command } from 'commander'
import { declareRunOptions, given } from '../config/flags.js'
import type { InitOptions } from '../jobs/init.js'

/** Configuration files: written, and explained. */
export function declare(program: Command): void {
  program
    .command('init')
    .description('write a configuration file with comments into this folder')
    .option('--experiment', 'as an experiment: models, options and what it may cost')
    .option('--ts', 'typed: bench.config.ts')
    .option('--force', 'write it anew where there is one')
    .addHelpText('after', '\nExamples:\n  $ bench init\n  $ bench init --ts')
    .action(async (options: InitOptions) => {
      const { init } = await import('../jobs/init.js')
      process.exitCode = await init(options)
    })
  const config = program
    .command('config')
    .description('say what a run here would be asked, and where each value is from')
    .option('--explain', 'that (the default)')
  declareRunOptions(config, { hidden: true })
    .addHelpText(
      'after',
      `
It takes every option of bench bench, --config FILE among them, and --json. A flag beats the file, which beats the
environment, which beats the default. A file with a fault is refused, exit 2.

Examples:
  $ bench config
  $ bench config --config experiment.yaml --max-cost 5 --json`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { config: explain } = await import('../jobs/config.js')
      process.exitCode = await explain(given(command))
    })
}
