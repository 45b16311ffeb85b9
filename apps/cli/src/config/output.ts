import type { Command } from 'commander'
import { effective } from './effective.js'

/** Where runs are kept: as the option says, or else as the file here or `BENCH_OUTPUT` does, for runs were put there. */
export async function outputOf(command: Command, option = 'output'): Promise<string> {
  if (command.getOptionValueSource(option) === 'cli') return String(command.getOptionValue(option))
  return (await effective({ values: {} })).options.output
}
