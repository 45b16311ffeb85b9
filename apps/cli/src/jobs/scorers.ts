import { listScorers } from '@bench/scorers'
import { type ExitCode, exit } from '../exit.js'
import { table } from '../terminal/table.js'

export async function scorers(): Promise<ExitCode> {
  const rows = (await listScorers()).map(({ name, description }) => [name, description])
  process.stdout.write(table(['NAME', 'JUDGES BY'], rows))
  process.stderr.write('Your own: --scorer ./mine.ts (docs/add-a-scorer.md)\n')
  return exit.complete
}
