import type { Command } from 'commander'
import { declareRunOptions, given } from '../config/flags.js'

export function declare(program: Command): void {
  declareRunOptions(
    program
      .command('bench')
      .alias('run')
      .description('run a dataset against models, judge the answers, write a report'),
  )
    .addHelpText(
      'after',
      `
Every switch has its opposite: --no-cache, --no-batch, --preflight. All but those of one run can also be set in a
file (bench init writes one) or by variables such as BENCH_MAX_COST; bench config says what holds and why.

Examples:
  $ bench bench                                     everything available, on the built-in Python tasks
  $ bench bench -d tasks.yaml -p openai -m gpt-5-mini,gpt-5 --repeats 3
  $ bench bench -d HumanEval.jsonl.gz -p replay --replies recorded.jsonl
  $ bench bench -p openai-compatible:my-model --endpoint http://localhost:8000/v1
  $ bench bench -p anthropic --yes --max-cost 5     without a terminal: both are needed to spend
  $ bench bench --config experiment.yaml            models, their keys and settings in a file
  $ bench bench --resume 20261121-0715-k3f          go on where it stopped`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { bench } = await import('../jobs/bench.js')
      process.exitCode = await bench(given(command))
    })
}
