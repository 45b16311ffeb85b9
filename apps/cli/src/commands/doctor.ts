import type { Command } from 'commander'
import type { DoctorOptions } from '../jobs/doctor.js'

export function declare(program: Command): void {
  program
    .command('doctor')
    .description('check this machine: Node, sandboxes, keys, local models, GPU')
    .option('-o, --output <dir>', 'where runs are kept', './bench-results')
    .addHelpText('after', '\nExamples:\n  $ bench doctor')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../jobs/doctor.js')
      process.exitCode = await doctor(options)
    })
}
