import { costAt } from './prices/cost.js'
import type { Cost, ModelSettings, Price, Usage } from './spec.js'

export { costAt }

/** What a model on one's own machine costs. */
export const localPrice: Price = { inputPerMillion: 0, outputPerMillion: 0, source: 'local' }
export const localCost: Cost = { usd: 0, source: 'local' }

/**
 * What a provider asks for a model's tokens on a date: our own corrections first, then the price list of
 * `@pydantic/genai-prices`. A name that the list has not is tried as its vendor's: without routing suffix, prefix or date.
 * @param provider a provider's name, or the URL of its endpoint
 * @param date when a call was or is made; now by default
 * @returns undefined where no list has such a model: unknown, never zero.
 */
export async function listedPrice(
  provider: string,
  model: string,
  date = new Date(),
): Promise<Price | undefined> {
  const { lookUp } = await import('./prices/book.js')
  return lookUp(provider, model, date)
}

/**
 * Dollars for one call from its token counts: cached tokens at their own price, long prompts at their tier.
 * @param model `provider:model`, as in `anthropic:claude-opus-4-5`
 * @param date when the call was made; now by default
 * @param how.batch sent through the provider's batch API, at its discount
 * @returns undefined where the model's price or a token count that it needs is unknown.
 */
export async function price(
  model: string,
  usage: Usage,
  date = new Date(),
  how: { readonly batch?: boolean } = {},
): Promise<Cost | undefined> {
  const colon = model.indexOf(':')
  if (colon < 0) return undefined
  const listed = await listedPrice(model.slice(0, colon), model.slice(colon + 1), date)
  return listed && costAt(listed, usage, how)
}

/** Of whom a price is asked. */
interface Priced {
  readonly settings: Pick<ModelSettings, 'price'>
  readonly local?: boolean
  /** Provider or endpoint as the price list knows it. */
  readonly priced: string
  readonly origin: { readonly model: string }
}

/** What a model costs: a price that a person set beats what it is said to cost, and what is reported beats both. */
export async function pricing({ settings, local = false, priced, origin }: Priced) {
  const set = settings.price && { ...settings.price, source: 'config' }
  const at = async (date: Date) => set ?? (local ? localPrice : listedPrice(priced, origin.model, date))
  return {
    /** A server of one's own with a price set is one that costs money. */
    local: local && set === undefined,
    now: await at(new Date()),
    async cost(
      { usd, usage }: { readonly usd: number | undefined; readonly usage: Usage },
      date: Date,
      how: { readonly batch?: boolean } = {},
    ): Promise<Cost | undefined> {
      if (local && set === undefined) return localCost
      const price = await at(date)
      const listed = price && costAt(price, usage, how)
      if (usd === undefined) return listed
      return { usd, source: 'reported', ...(listed ? { listedUsd: listed.usd } : {}) }
    },
  }
}
