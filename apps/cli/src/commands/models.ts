import type { Command } from 'commander'
import type { ModelsOptions } from '../jobs/models.js'
import { list } from './arguments.js'

export function declare(program: Command): void {
  program
    .command('models')
    .description('list providers and the models that can be reached now')
    .argument('[provider]', 'only this one (default: all, asked at once, 3 s each)')
    .option('-p, --providers <list>', 'only these', list)
    .option('--endpoint <url>', 'base URL for openai-compatible (or another endpoint for the provider named)')
    .option('--filter <text>', 'only models whose name holds this')
    .option(
      '--supports <list>',
      'only those that take all of: temperature, seed, stop, tools, logprobs',
      list,
    )
    .option('--json', 'print NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  $ bench models
  $ bench models ollama
  $ bench models openrouter --filter claude --supports tools,seed
  $ bench models -p openai-compatible --endpoint http://localhost:8000/v1`,
    )
    .action(async (name: string | undefined, options: ModelsOptions) => {
      const { models } = await import('../jobs/models.js')
      const providers = [...(name === undefined ? [] : [name]), ...(options.providers ?? [])]
      process.exitCode = await models({ ...options, ...(providers.length > 0 ? { providers } : {}) })
    })
}
