import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where things are kept that can be had again: `$BENCH_CACHE`, else `$XDG_CACHE_HOME/bench`, else `~/.cache/bench`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { BENCH_CACHE, XDG_CACHE_HOME } = env
  // A relative XDG_CACHE_HOME is to be ignored, says the specification of XDG base directories.
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache')
  return BENCH_CACHE || join(base, 'bench')
}
