import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where the parts that the libraries leave open are wired for the command line: the folder of built-in datasets,
 * the cache, the settings that environment variables carry.
 */

/** The built-in datasets: beside the built CLI when installed, the repository's own folder when run from source. */
export function builtins(): URL {
  const installed = new URL('./datasets/', import.meta.url)
  return existsSync(installed) ? installed : new URL('../../../datasets/', import.meta.url)
}

/** What may be thrown away at any time: preflight results, the fetched WebAssembly runtime. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BENCH_CACHE) {
    return env.BENCH_CACHE
  }
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(base, 'bench')
}

/** Environment variables whose values are secrets, besides the keys of providers, which make theirs known themselves. */
export const secretVariables = ['HF_TOKEN', 'ADMIN_API_KEY'] as const

/** The dataset of `bench bench` when none is named. */
export const defaultDataset = 'python-tasks'
