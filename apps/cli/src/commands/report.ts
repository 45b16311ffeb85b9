import type { Command } from 'commander'
import { outputOf } from '../config/output.js'
import type { ReportOptions } from '../jobs/report.js'

export function declare(program: Command): void {
  program
    .command('report')
    .alias('view')
    .description("show a run again and rewrite its files, from the run's log alone")
    .argument('[run]', 'run id or folder (default: the newest)')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .option('-e, --export <format>', 'result files: json, csv or both', 'both')
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
}
