import { join } from 'node:path'
import { keepCacheUnder, replyCache } from '@bench/providers'
import type { RunCache } from '@bench/runner'
import { Exit, exit } from '../exit.js'
import { cacheFolder } from '../preset.js'
import type { BenchOptions } from './options.js'

/** Replies beyond this many bytes go, those that were not used for longest first. */
const maxBytes = 2 * 1024 ** 3

/** Where replies are kept unless `--cache-dir` says otherwise. */
export const repliesFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  join(cacheFolder(env), 'replies')

/**
 * The cache of a run. Replies that cost money are kept unless a person wants none. Those of one's own machine only
 * on demand: they cost nothing, and behind one name and address there may be another model tomorrow.
 * @throws Exit `usage` for options that contradict each other
 */
export function chooseCache(
  options: Pick<BenchOptions, 'cache' | 'cacheOnly' | 'cacheDir'>,
  say: (text: string) => void,
): (RunCache & AsyncDisposable) | undefined {
  const { cache, cacheOnly = false, cacheDir } = options
  if (cache === false) {
    if (!cacheOnly && cacheDir === undefined) {
      return undefined
    }
    throw new Exit(
      exit.usage,
      `--no-cache contradicts ${cacheOnly ? '--cache-only' : '--cache-dir'}: give one`,
    )
  }
  const dir = cacheDir ?? repliesFolder()
  return {
    replies: replyCache(dir, { onFault: (message) => say(`cache: ${message}`) }),
    covers: (model) => model.local !== true || cache === true || cacheOnly,
    only: cacheOnly,
    [Symbol.asyncDispose]: () => keepCacheUnder(dir, maxBytes),
  }
}
