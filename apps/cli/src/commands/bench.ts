import { type Command, Option } from 'commander'
import type { BenchOptions } from '../bench/options.js'
import { between, list, range, whole } from './arguments.js'

export function declare(program: Command): void {
  program
    .command('bench')
    .alias('run')
    .description('run a dataset against models, judge the answers, write a report')
    .option(
      '-d, --dataset <file|name>',
      'dataset file, name, or hf:org/name@revision (default: python-tasks)',
    )
    .option('--map <list>', 'columns of a table: prompt=question,expected=answer,id=…', list)
    .option('--template <text>', 'the prompt of a table, with {{column}} where a column belongs')
    .option('--split <name>', 'the split of a dataset')
    .option(
      '-p, --providers <list>',
      'providers or provider:model, comma-separated (default: what is available)',
      list,
    )
    .option('-m, --model <list>', 'models for the providers that name none', list)
    .option('--endpoint <url>', 'base URL for openai-compatible (or another endpoint for the provider named)')
    .option('--replies <file>', 'recorded completions for the replay provider (JSONL)')
    .option('--scorer <name|file>', "judge by this scorer instead of the tasks' own", list)
    .addOption(new Option('--limit <n>', 'only the first n tasks').argParser(whole(1)))
    .addOption(
      new Option('--sample <n>', 'n tasks drawn at random, the same for the same seed').argParser(whole(1)),
    )
    .addOption(new Option('--seed <s>', 'seed of the sample').argParser(whole(0)))
    .addOption(new Option('--repeats <n>', 'ask every task n times').argParser(whole(1)).default(1))
    .addOption(
      new Option(
        '-c, --concurrency <n|from-to>',
        'requests under way at once to one provider: 8, or found out within 4-64 (default: 5-32; Ollama 1)',
      ).argParser(range),
    )
    .addOption(new Option('--temperature <t>', '0 to 2').argParser(between(0, 2)))
    .addOption(new Option('--max-tokens <n>', 'most tokens of a reply').argParser(whole(1)))
    .option(
      '--strict-settings',
      'a setting that a model does not take is an error, not left out with a warning',
    )
    .addOption(new Option('--timeout <s>', 'seconds for one call').argParser(between(0.001, 86_400)))
    .addOption(
      new Option('--max-retries <n>', 'tries of a call beyond the first, 0 to 10 (default: 3)').argParser(
        whole(0, 10),
      ),
    )
    .addOption(
      new Option(
        '--retry-delay <s>',
        'the first wait between two tries at most, doubled each time (default: 2)',
      ).argParser(between(0, 60)),
    )
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .addOption(
      new Option('-e, --export <format>', 'result files').choices(['json', 'csv', 'both']).default('both'),
    )
    .option('--resume <run>', 'go on with a run: its id or folder; finished attempts are not repeated')
    .option('--cache', 'keep and reuse replies of local models too (default: only of those that cost money)')
    .option('--no-cache', 'ask anew, and keep no reply for other runs')
    .option('--cache-only', 'send nothing: what the cache lacks fails')
    .option('--cache-dir <dir>', "where replies are kept (default: BENCH_CACHE, or the user's cache folder)")
    .option('--batch', 'hand the questions in as batches: half the price, answered within a day')
    .addOption(
      new Option('--batch-poll <s>', 'seconds between two looks at a batch, at most (default: 60)').argParser(
        between(0.01, 86_400),
      ),
    )
    .option('--dry-run', 'print the plan and its price, ask no model')
    .option('--no-preflight', "do not try the dataset's references before models are asked")
    .option(
      '--sandbox <driver>',
      'docker, bubblewrap or wasm; process runs code UNPROTECTED (default: the strongest)',
    )
    .option('-y, --yes', 'do not ask before spending')
    .addOption(
      new Option('--max-cost <usd>', 'stop before more than this is spent').argParser(between(0, Infinity)),
    )
    .option('--price <list>', 'what a model costs: provider:model=IN/OUT, dollars per million tokens', list)
    .option('--prices <file>', 'prices by model id, JSON: in, out, cached, reasoning, per request, tiers')
    .option('--allow-unpriced', 'with --max-cost: also ask models whose price is unknown')
    .option('--allow-self-judged', 'count attempts whose verdict the answer could have had a hand in')
    .addOption(
      new Option('--fail-under <percent>', 'exit 1 if a model scores less').argParser(between(0, 100)),
    )
    .option('--json', 'print NDJSON events to standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  $ bench bench                                     everything available, on the built-in Python tasks
  $ bench bench -d tasks.yaml -p openai -m gpt-5-mini,gpt-5 --repeats 3
  $ bench bench -d HumanEval.jsonl.gz -p replay --replies recorded.jsonl
  $ bench bench -p openai-compatible:my-model --endpoint http://localhost:8000/v1
  $ bench bench -p anthropic --yes --max-cost 5     without a terminal: both are needed to spend
  $ bench bench --resume 20261121-0715-k3f          go on where it stopped`,
    )
    .action(async (options: BenchOptions) => {
      const { bench } = await import('../jobs/bench.js')
      process.exitCode = await bench(options)
    })
}
