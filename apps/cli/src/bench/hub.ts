import { type Dataset, type HubOptions, openDataset } from '@bench/datasets'
import { clean } from '@bench/report'
import { hubOf } from '@bench/runner'
import { builtins } from '../preset.js'
import { fetching } from '../terminal/fetching.js'
import { formatOptionsOf, type MappingOptions } from './mapping.js'

/**
 * Where sets from elsewhere are kept and come from, as the environment has it; what is fetched is told on
 * standard error, until `done`.
 */
export function hubOptions(env: NodeJS.ProcessEnv = process.env): HubOptions & { done(): void } {
  const line = fetching(process.stderr)
  return {
    ...hubOf(env),
    onNotice: (notice) => {
      line.end()
      process.stderr.write(`${clean(notice)}\n`)
    },
    onProgress: line.update,
    done: line.end,
  }
}

/** The dataset that a person names, from wherever it is. */
export async function openNamed(
  source: string,
  mapping: MappingOptions = {},
  signal?: AbortSignal,
): Promise<Dataset> {
  const hub = hubOptions()
  try {
    return await openDataset(source, {
      builtins: builtins(),
      options: formatOptionsOf(mapping),
      hub,
      ...(signal === undefined ? {} : { signal }),
    })
  } finally {
    hub.done()
  }
}
