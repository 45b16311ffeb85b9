import type { FormatOptions } from '@bench/datasets'
import { Exit, exit } from '../exit.js'

export interface MappingOptions {
  readonly map?: readonly string[]
  readonly template?: string
  readonly split?: string
}

/**
 * The options of a dataset's format that a person gave beside its name.
 * @throws Exit `usage` for what is no `field=column`
 */
export function formatOptionsOf({ map = [], template, split }: MappingOptions): FormatOptions {
  const mapped = map.map((written) => {
    const [, field, column] = /^([^=]+)=(.+)$/.exec(written) ?? []
    if (field === undefined || column === undefined) {
      throw new Exit(
        exit.usage,
        `--map: ${JSON.stringify(written)} is not field=column, as in prompt=question`,
      )
    }
    return [field.trim(), column.trim()] as const
  })
  return {
    ...Object.fromEntries(mapped),
    ...(template === undefined ? {} : { template }),
    ...(split === undefined ? {} : { split }),
  }
}
