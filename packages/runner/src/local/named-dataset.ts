import { join } from 'node:path'
import { type Dataset, type HubOptions, openDataset } from '@bench/datasets'
import { addSecret } from '@bench/providers'
import { cacheFolder } from '@bench/sandbox'

/**
 * A dataset as a person names it: a file, `hf:org/name@revision`, a published set that was pulled; or one that is open.
 *
 * @throws DatasetError; an abort rejects with the signal's reason
 */
export async function openNamed(named: string | Dataset, signal?: AbortSignal): Promise<Dataset> {
  if (typeof named !== 'string') return named
  return openDataset(named, { hub: hubOf(process.env), ...(signal && { signal }) })
}

/** Where sets from elsewhere are kept and come from, as the environment has it. */
export function hubOf(env: NodeJS.ProcessEnv): HubOptions {
  addSecret(env.HF_TOKEN)
  return {
    cache: join(cacheFolder(env), 'datasets'),
    endpoint: env.HF_ENDPOINT || undefined,
    token: env.HF_TOKEN || undefined,
    offline: /^(?:1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? ''),
  }
}
