import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanContainers } from '@bench/sandbox'
import { type ExitCode, exit } from '../exit.js'
import { cacheFolder } from '../preset.js'

export interface CleanOptions {
  readonly dryRun?: boolean
}

/** Removes what can be made again: the cache's entries and our own containers. */
export async function clean(options: CleanOptions): Promise<ExitCode> {
  const folder = cacheFolder()
  const entries = await readdir(folder).catch(() => [])
  for (const entry of entries) {
    const path = join(folder, entry)
    process.stdout.write(`${options.dryRun === true ? 'would remove' : 'removed'} ${path}\n`)
    if (options.dryRun !== true) {
      await rm(path, { recursive: true, force: true })
    }
  }
  if (options.dryRun !== true) {
    const containers = await cleanContainers()
    process.stdout.write(`removed ${containers} container${containers === 1 ? '' : 's'}\n`)
  }
  return exit.complete
}
