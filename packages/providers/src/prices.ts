import type { Cost, Price, Usage } from './spec.js'

const source = 'genai-prices@0.1.8'

/** What a model on one's own machine costs. */
export const localPrice: Price = { inputPerMillion: 0, outputPerMillion: 0, source: 'local' }
export const localCost: Cost = { usd: 0, source: 'local' }

/**
 * Dollars per million tokens from the price list of `@pydantic/genai-prices`, at the lowest tier.
 * @param provider a provider's name, or the URL of its endpoint
 * @returns undefined where the list has no such model: unknown, never zero.
 */
export async function price(provider: string, model: string, date = new Date()): Promise<Price | undefined> {
  const found = await look(provider, model, {}, date)
  const input = perMillion(found?.model_price.input_mtok)
  const output = perMillion(found?.model_price.output_mtok)
  if (input === undefined || output === undefined) return undefined
  return { inputPerMillion: input, outputPerMillion: output, source }
}

/**
 * Dollars for one call from its token counts, cached tokens at their own price, long prompts at their tier.
 * @param date when the call was made; now by default
 * @returns undefined where the model's price or either token count is unknown.
 */
export async function costOf(
  provider: string,
  model: string,
  usage: Usage,
  date = new Date(),
): Promise<Cost | undefined> {
  if (usage.input === undefined || usage.output === undefined) return undefined
  const counts = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    ...(usage.cacheRead === undefined ? {} : { cache_read_tokens: usage.cacheRead }),
    ...(usage.cacheWrite === undefined ? {} : { cache_write_tokens: usage.cacheWrite }),
  }
  const found = await look(provider, model, counts, date)
  return found && Number.isFinite(found.total_price) ? { usd: found.total_price, source } : undefined
}

async function look(provider: string, model: string, counts: Record<string, number>, timestamp: Date) {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  const providerId = provider.includes('://') ? findProvider({ providerApiUrl: provider })?.id : provider
  if (providerId === undefined) return undefined
  try {
    return calcPrice(counts, model, { providerId, timestamp }) ?? undefined
  } catch {
    // Counts that contradict each other (more cached than read) have no price.
    return undefined
  }
}

type Listed = number | { base: number } | undefined

const perMillion = (listed: Listed): number | undefined => (typeof listed === 'object' ? listed.base : listed)
