import type { Command } from 'commander'
import { declareRunOptions, given } from '../config/flags.js'
import { reader } from '../config/kinds.js'
import { outputOf } from '../config/output.js'
import { type OptionName, runOptions } from '../config/run-options.js'
import type { MergeOptions } from '../jobs/merge.js'
import type { RunsOptions } from '../jobs/runs.js'
import type { ScoreOptions } from '../jobs/score.js'
import { list } from './arguments.js'

/** What a run may be given anew when it is gone on with: the rest is in its plan. */
const resumable: readonly OptionName[] = [
  'dataset',
  'endpoint',
  'replies',
  'yes',
  'maxCost',
  'price',
  'prices',
  'maxTime',
  'maxErrors',
  'concurrency',
  'requestDelay',
  'judges',
  'queue',
  'cache',
  'cacheDir',
  'batchPoll',
  'output',
  'failUnder',
  'display',
  'json',
  'config',
]

/** What is done with runs that are there: listed, gone on with, judged again, made one. */
export function declare(program: Command): void {
  program
    .command('runs')
    .description('list the runs that are kept, the newest first, and how far each has come')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .option('--json', 'print NDJSON')
    .addHelpText('after', '\nExamples:\n  $ bench runs\n  $ bench runs -o results --json')
    .action(async (options: RunsOptions, command: Command) => {
      const { runs } = await import('../jobs/runs.js')
      process.exitCode = await runs({ ...options, output: await outputOf(command) })
    })
  declareRunOptions(
    program
      .command('resume')
      .description('go on with a run: finished attempts are not asked again')
      .argument('[run]', 'run id or folder (default: the newest)'),
    { only: resumable },
  )
    .addHelpText(
      'after',
      `
Examples:
  $ bench resume
  $ bench resume 20261121-0715-k3f --max-cost 10

More can be said by: bench bench --resume RUN`,
    )
    .action(async (run: string | undefined, _options: unknown, command: Command) => {
      const { resume } = await import('../jobs/resume.js')
      process.exitCode = await resume(run, given(command))
    })
  program
    .command('score')
    .description(
      "judge a run's replies again, by other scorers or by the same as they are now; no model is asked",
    )
    .argument('[run]', 'run id or folder (default: the newest)')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .option('--scorer <name|file>', "judge by this scorer instead of the tasks' own", list)
    .option('-d, --dataset <file|name>', 'where the dataset is now, if it has moved')
    .option('--map <list>', 'columns of a table: prompt=question,expected=answer,id=…', list)
    .option('--template <text>', 'the prompt of a table, with {{column}} where a column belongs')
    .option('--split <name>', 'the split of a dataset')
    .option('--sandbox <driver>', "where code is judged (default: the run's own)")
    .option(
      '-e, --export <format>',
      'result files: json, csv or both',
      reader(runOptions.export.kind),
      'both',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ bench score --scorer contains
  $ bench score 20261121-0715-k3f --scorer ./my-scorer.ts`,
    )
    .action(async (run: string | undefined, options: ScoreOptions, command: Command) => {
      const { score } = await import('../jobs/score.js')
      process.exitCode = await score(run, { ...options, output: await outputOf(command) })
    })
  program
    .command('merge')
    .description('make one run of several that asked the same of other tasks or models, or on other machines')
    .argument('<runs...>', 'run ids or folders')
    .requiredOption('-o, --output <dir>', 'folder of the new run; its name becomes the run id')
    .option('--from <dir>', 'where runs named by id are kept', './bench-results')
    .option(
      '-e, --export <format>',
      'result files: json, csv or both',
      reader(runOptions.export.kind),
      'both',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ bench merge 20261121-0715-k3f ./other/20261121-0722-a01 -o ./bench-results/both`,
    )
    .action(async (runs: string[], options: MergeOptions, command: Command) => {
      const { merge } = await import('../jobs/merge.js')
      process.exitCode = await merge(runs, { ...options, from: await outputOf(command, 'from') })
    })
}
