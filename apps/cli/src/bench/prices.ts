import { readFile } from 'node:fs/promises'
import { type ModelSettings, ProviderError, resolveSettings } from '@bench/providers'
import type { RunPlan } from '@bench/runner/record'
import { closest } from 'fastest-levenshtein'
import { Exit, exit } from '../exit.js'

export interface PriceOptions {
  /** `provider:model=in/out`, dollars per million tokens. */
  readonly price?: readonly string[]
  /** A JSON file of prices by model id. */
  readonly prices?: string
}

type Price = NonNullable<ModelSettings['price']>

/** What a person says that models cost, by id, and whether each must be of a model that is asked. */
export type PriceTable = ReadonlyMap<string, { readonly price: Price; readonly mustMatch: boolean }>

export const priceOf = (id: string, prices: PriceTable): Pick<ModelSettings, 'price'> => {
  const found = prices.get(id)
  return found === undefined ? {} : { price: found.price }
}

/**
 * Prices of a file and of the command line; the latter win.
 * @param before the models of a run that is resumed: a price that was set for it holds, unless another is set now
 * @throws Exit `usage` naming what is wrong
 */
export async function readPrices(options: PriceOptions, before: RunPlan['models'] = []): Promise<PriceTable> {
  const table = new Map<string, { price: Price; mustMatch: boolean }>()
  for (const { id, price } of before) {
    if (price?.source === 'config') {
      const { source, ...rest } = price
      table.set(id, { price: rest as Price, mustMatch: false })
    }
  }
  if (options.prices !== undefined) {
    for (const [id, price] of Object.entries(await readTable(options.prices))) {
      table.set(id, { price: await checked(`${options.prices}: ${id}`, price), mustMatch: false })
    }
  }
  for (const written of options.price ?? []) {
    const [, id, input, output] = /^(.+)=([^/=]+)\/([^/=]+)$/.exec(written) ?? []
    if (id === undefined) {
      throw new Exit(
        exit.usage,
        `--price ${written}: write provider:model=IN/OUT, dollars per million tokens`,
      )
    }
    const price = { inputPerMillion: Number(input), outputPerMillion: Number(output) }
    table.set(id, { price: await checked(`--price ${id}`, price), mustMatch: true })
  }
  return table
}

/** @throws Exit `usage` for a price given by option to a model that is not asked */
export function refuseStray(prices: PriceTable, ids: readonly string[]): void {
  const stray = [...prices].find(([id, { mustMatch }]) => mustMatch && !ids.includes(id))
  if (stray !== undefined) {
    throw new Exit(
      exit.usage,
      `--price ${stray[0]}: no such model is asked; did you mean "${closest(stray[0], [...ids])}"?`,
    )
  }
}

async function readTable(path: string): Promise<Readonly<Record<string, unknown>>> {
  let table: unknown
  try {
    table = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? `it is not JSON (${error.message})` : 'it cannot be read'
    throw new Exit(exit.usage, `--prices ${path}: ${why}`)
  }
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new Exit(exit.usage, `--prices ${path}: write {"provider:model": {"inputPerMillion": …}}`)
  }
  return table as Readonly<Record<string, unknown>>
}

/** Whether it is a price is known by those who take it. */
async function checked(name: string, price: unknown): Promise<Price> {
  try {
    const settings = await resolveSettings({ name }, { price: price as Price }, {})
    return settings.price ?? (price as Price)
  } catch (error) {
    if (error instanceof ProviderError) {
      throw new Exit(exit.usage, error.message.replace(/^settings of /, ''))
    }
    throw error
  }
}
