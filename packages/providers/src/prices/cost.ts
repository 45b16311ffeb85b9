import type { Cost, Price, Rates, Usage } from '../spec.js'

/** Dollars times a million, so that what is summed are tokens times dollars per million. */
const million = 1e6

/**
 * Dollars for one call at a price.
 * @param how.batch at the price of the provider's batch API
 * @returns undefined where a count that it needs is unknown, counts contradict each other, or no batch price is known.
 */
export function costAt(price: Price, usage: Usage, how: { readonly batch?: boolean } = {}): Cost | undefined {
  const { input, output, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0, reasoning = 0 } = usage
  const factor = how.batch ? price.batchFactor : 1
  if (input === undefined || output === undefined || factor === undefined) return undefined
  const fresh = input - cacheRead - cacheWrite
  const lasting = Math.min(cacheWrite1h, cacheWrite)
  if (fresh < 0 || reasoning > output || cacheWrite1h > cacheWrite) return undefined
  const rates = ratesFor(price, input)
  const written = rates.cacheWritePerMillion ?? rates.inputPerMillion
  const total =
    fresh * rates.inputPerMillion +
    cacheRead * (rates.cacheReadPerMillion ?? rates.inputPerMillion) +
    (cacheWrite - lasting) * written +
    lasting * (rates.cacheWrite1hPerMillion ?? written) +
    (output - reasoning) * rates.outputPerMillion +
    reasoning * (rates.reasoningPerMillion ?? rates.outputPerMillion)
  return { usd: (total * factor) / million + (price.perRequest ?? 0), source: price.source }
}

/** A prompt over a tier's bound has all of its tokens, the reply's too, charged at that tier. */
function ratesFor(price: Price, input: number): Rates {
  let rates: Rates = price
  for (const tier of price.tiers ?? []) if (input > tier.overInputTokens) rates = tier
  return rates
}
