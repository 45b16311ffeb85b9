import type { Command } from 'commander'
import { reader } from '../config/kinds.js'
import { outputOf } from '../config/output.js'
import { runOptions } from '../config/run-options.js'
import type { ReportOptions } from '../jobs/report.js'
import type { ShowOptions } from '../jobs/show.js'
import { list, whole } from './arguments.js'

/** What came of a run: all of it, or one task. */
export function declare(program: Command): void {
  program
    .command('report')
    .alias('view')
    .description("show a run again and rewrite its files, from the run's log alone")
    .argument('[run]', 'run id or folder (default: the newest)')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .option(
      '-e, --export <format>',
      'result files: json, csv or both',
      reader(runOptions.export.kind),
      'both',
    )
    .option(
      '-f, --format <name>',
      'print it instead: markdown, csv, comparison-csv, results-json or html, and write no file',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ bench report
  $ bench view 20261121-0715-k3f
  $ bench report ./bench-results/20261121-0715-k3f -e csv
  $ bench report --format markdown | gh pr comment --body-file -`,
    )
    .action(async (run: string | undefined, options: ReportOptions, command: Command) => {
      const { report } = await import('../jobs/report.js')
      process.exitCode = await report(run, { ...options, output: await outputOf(command) })
    })
  program
    .command('show')
    .description('show what was said and done at one task: transcript, tool calls, checks, verdict')
    .usage('[options] [run] <task>')
    .argument('<run and task...>', 'run id or folder (default: the newest), and the id of a task')
    .option('-m, --model <list>', 'only of these models', list)
    .option('--repeat <n>', 'only this repeat, 1 being the first', whole(1))
    .option('--full', 'texts whole, however long')
    .option('--json', 'print NDJSON: a line for each attempt and each of its steps')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .addHelpText(
      'after',
      `
Examples:
  $ bench show parking-fee
  $ bench show 20261121-0715-k3f parking-fee -m openai:gpt-5-mini --full
  $ bench show 20261121-0715-k3f parking-fee --json | jq -r 'select(.role == "tool").content'`,
    )
    .action(async (named: string[], options: ShowOptions, command: Command) => {
      const { show } = await import('../jobs/show.js')
      process.exitCode = await show(named, { ...options, output: await outputOf(command) })
    })
}
