import type { Command } from 'commander'
import type { DatasetsOptions } from '../jobs/datasets.js'

export function declare(program: Command): void {
  program
    .command('datasets')
    .description('list the built-in datasets, or check and describe files and folders')
    .argument('[sources...]', 'files, folders or names')
    .option('--json', 'print NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  $ bench datasets
  $ bench datasets my-tasks.yaml
  $ bench datasets ./datasets`,
    )
    .action(async (sources: readonly string[], options: DatasetsOptions) => {
      const { datasets } = await import('../jobs/datasets.js')
      process.exitCode = await datasets(sources, options)
    })
}
