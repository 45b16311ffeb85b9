import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheSize } from '@bench/providers'
import { cleanContainers } from '@bench/sandbox'
import { repliesFolder } from '../bench/cache.js'
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
    const what = path === repliesFolder() ? `${path} (${await sizeOf(path)})` : path
    process.stdout.write(`${options.dryRun === true ? 'would remove' : 'removed'} ${what}\n`)
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

/** Replies were paid for: whoever removes them should know how many. */
async function sizeOf(path: string): Promise<string> {
  const { replies, bytes } = await cacheSize(path)
  return `${replies.toLocaleString('en')} cached replies, ${(bytes / 1e6).toFixed(1)} MB`
}
