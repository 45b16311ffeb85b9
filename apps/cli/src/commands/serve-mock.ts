import type { Command } from 'commander'
import type { ServeMockOptions } from '../jobs/serve-mock.js'
import { between } from './arguments.js'

export function declare(program: Command): void {
  program
    .command('serve-mock')
    .description('serve a mock of every provider on this machine: replies, paces and faults by a script')
    .option('--port <n>', 'where it listens; 0 takes a free one', between(0, 65_535), 8765)
    .option('--script <file>', 'YAML of what it says and which faults it plays')
    .option('--latency <ms>', 'milliseconds before the first byte of a reply', between(0, 600_000))
    .option('--rate <n>', 'tokens a second; without it a reply comes at once', between(0.001, 100_000))
    .addHelpText(
      'after',
      `
Examples:
  $ bench serve-mock
  $ bench serve-mock --port 0 --latency 50 --rate 100
  $ bench serve-mock --script faults.yaml

  $ bench bench -p openai-compatible:mock --endpoint http://127.0.0.1:8765/v1

Without a script it repeats the question. Ctrl-C ends it.`,
    )
    .action(async (options: ServeMockOptions) => {
      const { serveMock } = await import('../jobs/serve-mock.js')
      process.exitCode = await serveMock(options)
    })
}
