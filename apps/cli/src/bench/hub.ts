import { join } from 'node:path'
import type { HubOptions } from '@bench/datasets'
import { clean } from '@bench/report'
import { cacheFolder } from '../preset.js'
import { fetching } from '../terminal/fetching.js'

/** Where sets from elsewhere are kept and come from, as the environment has it; what is fetched is told on standard error. */
export function hubOptions(env: NodeJS.ProcessEnv = process.env): HubOptions {
  const line = fetching(process.stderr)
  return {
    cache: join(cacheFolder(env), 'datasets'),
    endpoint: env.HF_ENDPOINT || undefined,
    token: env.HF_TOKEN || undefined,
    offline: /^(?:1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? ''),
    onNotice: (notice) => {
      line.end()
      process.stderr.write(`${clean(notice)}\n`)
    },
    onProgress: line.update,
  }
}
