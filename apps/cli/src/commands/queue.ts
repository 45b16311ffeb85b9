import type { Command } from 'commander'
import { declareRunOptions, given } from '../config/flags.js'
import type { OptionName } from '../config/run-options.js'

/** What a machine may have of its own: the rest is in a run's plan. */
const ofTheMachine: readonly OptionName[] = [
  'queue',
  'config',
  'concurrency',
  'judges',
  'dataset',
  'map',
  'template',
  'split',
  'endpoint',
  'replies',
  'price',
  'prices',
  'maxRetries',
  'retryDelay',
  'timeoutHeaders',
  'timeoutFirstToken',
  'timeoutIdle',
  'sandbox',
]

/** Runs that many machines make: their workers, and the queue between them. */
export function declare(program: Command): void {
  declareRunOptions(
    program
      .command('worker')
      .description('make attempts of the runs in a queue, together with workers on other machines')
      .option('--drain', 'end when nothing is left to do'),
    { only: ofTheMachine },
  )
    .addHelpText(
      'after',
      `
It asks with the keys of its own environment, and reads its own copy of a run's dataset. A run whose dataset it lacks, whose
sandbox is stronger than what it has, or models whose key it lacks, it leaves to others, and says so.

Examples:
  $ bench worker --queue postgres://bench:secret@db.example/bench
  $ BENCH_QUEUE=postgres://… bench worker --concurrency 16 --drain

Ctrl-C: what is under way is finished; twice: it is cut off, and others take it up.`,
    )
    .action(async (options: { drain?: boolean }, command: Command) => {
      const { worker } = await import('../jobs/worker.js')
      process.exitCode = await worker(given(command), { drain: options.drain === true })
    })

  const queue = program.command('queue').description('see and end the runs of a queue')
  declareRunOptions(
    queue
      .command('list')
      .description('list the runs of a queue, and what is left of each')
      .option('--json', 'print NDJSON'),
    { only: ['queue'] },
  ).action(async (options: { json?: boolean }, command: Command) => {
    const { list } = await import('../jobs/queue.js')
    process.exitCode = await list(given(command), options.json === true)
  })
  declareRunOptions(
    queue
      .command('stop')
      .description('end a run: what workers are at is finished, the rest is left for bench resume')
      .argument('<run>', 'run id'),
    { only: ['queue'] },
  ).action(async (run: string, _options: unknown, command: Command) => {
    const { stop } = await import('../jobs/queue.js')
    process.exitCode = await stop(run, given(command))
  })
  declareRunOptions(
    queue
      .command('remove')
      .description('forget a run and its replies; folders that followed it keep theirs')
      .argument('<run>', 'run id'),
    { only: ['queue'] },
  ).action(async (run: string, _options: unknown, command: Command) => {
    const { remove } = await import('../jobs/queue.js')
    process.exitCode = await remove(run, given(command))
  })
}
