import type { Command } from 'commander'
import type { ModelsOptions } from '../jobs/models.js'
import { list } from './arguments.js'

export function declare(program: Command): void {
  program
    .command('models')
    .description('list providers and the models that can be reached now')
    .option('-p, --providers <list>', 'only these', list)
    .option('--endpoint <url>', 'base URL for openai-compatible')
    .option('--json', 'print NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  $ bench models
  $ bench models -p ollama
  $ bench models -p openai-compatible --endpoint http://localhost:8000/v1`,
    )
    .action(async (options: ModelsOptions) => {
      const { models } = await import('../jobs/models.js')
      process.exitCode = await models(options)
    })
}
