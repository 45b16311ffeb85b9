import type { Command } from 'commander'
import type { MappingOptions } from '../bench/mapping.js'
import type { DatasetsOptions } from '../jobs/datasets.js'
import type { PullOptions } from '../jobs/datasets-pull.js'
import type { ShowOptions } from '../jobs/datasets-show.js'
import { list, whole } from './arguments.js'

export function declare(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('list, show, check and fetch datasets')
    .argument('[sources...]', 'files, folders or names to describe')
    .option('--json', 'print NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  $ bench datasets list                             built in, published sets, what was fetched
  $ bench datasets show gsm8k.jsonl                 its first tasks and how they are judged
  $ bench datasets validate ./my-sets/*.yaml        every fault at once
  $ bench datasets pull humaneval                   fetch a published set, check it, keep it
  $ bench datasets pull hf:openai/gsm8k#config=main,split=test`,
    )
    .action(async (sources: readonly string[], options: DatasetsOptions) => {
      const { datasets } = await import('../jobs/datasets.js')
      process.exitCode = await datasets(sources, options)
    })

  datasets
    .command('list')
    .description('the built-in datasets, the published sets that can be pulled, and what is here')
    .action(async (_options: object, command: Command) => {
      const { listDatasets } = await import('../jobs/datasets-list.js')
      process.exitCode = await listDatasets(command.optsWithGlobals<DatasetsOptions>())
    })

  withMapping(datasets.command('show'))
    .description('what a dataset holds, how it is judged, which options it takes')
    .argument('<source>', 'file, name, or hf:org/name@revision')
    .option('-n, --tasks <n>', 'so many tasks', whole(1), 2)
    .action(async (source: string, _options: object, command: Command) => {
      const { show } = await import('../jobs/datasets-show.js')
      process.exitCode = await show(source, command.optsWithGlobals<ShowOptions>())
    })

  withMapping(datasets.command('validate'))
    .description('check files and names: every fault at once; exit 2 if there is one')
    .argument('<sources...>', 'files, folders or names')
    .action(async (sources: readonly string[], _options: object, command: Command) => {
      const { validate } = await import('../jobs/datasets-validate.js')
      process.exitCode = await validate(sources, command.optsWithGlobals<MappingOptions & DatasetsOptions>())
    })

  datasets
    .command('pull')
    .description('fetch sets by name, hf:org/name@revision or https address, check and keep them')
    .argument('<sources...>', 'what to fetch')
    .option('--sha256 <hex>', 'what the file at an address must be')
    .action(async (sources: readonly string[], _options: object, command: Command) => {
      const { pullSets } = await import('../jobs/datasets-pull.js')
      process.exitCode = await pullSets(sources, command.optsWithGlobals<PullOptions>())
    })
}

/** Options that say which column of a table is what. */
function withMapping(command: Command): Command {
  return command
    .option('--map <list>', 'columns of a table: prompt=question,expected=answer,id=…', list)
    .option('--template <text>', 'the prompt, with {{column}} where a column belongs')
    .option('--split <name>', 'the split of a set')
}
