import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices'
import type { Price, Rates } from '../spec.js'
import { known } from '../wire/loose.js'
import { bareEndpoint } from '../wire/target.js'
import { corrected, meant } from './corrections.js'
import { type Name, namesOf } from './names.js'

/** The list's version and the day it was published. */
const source = 'genai-prices@0.1.8 (2026-09-23)'

/** What some ask for requests sent in batches, of the price of single ones; where none is named, none is known. */
const batchFactors: Readonly<Record<string, number>> = {
  // https://docs.claude.com/en/docs/build-with-claude/batch-processing#pricing
  anthropic: 0.5,
  // https://platform.openai.com/docs/guides/batch
  openai: 0.5,
  // https://ai.google.dev/gemini-api/docs/batch-api
  google: 0.5,
}

/** Prices change with the hour at some vendors, and with the minute at none. */
const minute = 60_000
const remembered = new Map<string, Price | undefined>()
const mostRemembered = 512

/** The price on a date by the corrections and the list, under each of the names that a model may have there. */
export function lookUp(provider: string, model: string, date: Date): Price | undefined {
  const id = JSON.stringify([provider, model, Math.floor(date.getTime() / minute)])
  if (remembered.has(id)) return remembered.get(id)
  const found = search(provider, model, date)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(id, found)
  return found
}

function search(provider: string, model: string, date: Date): Price | undefined {
  const vendor = provider.includes('://')
    ? findProvider({ providerApiUrl: bareEndpoint(provider) })?.id
    : provider
  for (const name of vendor === undefined ? [] : namesOf(vendor, model)) {
    const found = corrected(name, date) ?? listed(meant(name, date), date)
    if (found) return found
  }
  return undefined
}

function listed({ vendor, model }: Name, timestamp: Date): Price | undefined {
  const found = calcPrice({}, model, { providerId: vendor, timestamp })
  if (!found) return undefined
  // A model that the list has no price for is in it as one that costs nothing: only what is named free is free.
  if (Object.keys(found.model_price).length === 0) {
    return /:free$/.test(model) ? { inputPerMillion: 0, outputPerMillion: 0, source } : undefined
  }
  return fromList(found.model_price, batchFactors[vendor])
}

function fromList(prices: ModelPrice, batchFactor: number | undefined): Price | undefined {
  const base = ratesAt(prices, -1)
  const requests = prices.requests_kcount
  if (base === undefined) return undefined
  const bounds = Object.values(prices).flatMap((one) =>
    typeof one === 'object' ? one.tiers.map(({ start }) => start) : [],
  )
  const tiers = [...new Set(bounds)]
    .sort((a, b) => a - b)
    .flatMap((overInputTokens) => {
      const rates = ratesAt(prices, overInputTokens)
      return rates ? [{ overInputTokens, ...rates }] : []
    })
  return known<Price>({
    ...base,
    perRequest: typeof requests === 'number' ? requests / 1000 : undefined,
    tiers: tiers.length > 0 ? tiers : undefined,
    batchFactor,
    source,
  })
}

/** @param bound the start of a tier, or -1 for what is below all of them */
function ratesAt(prices: ModelPrice, bound: number): Rates | undefined {
  const of = (key: string) => {
    const one = prices[key]
    if (typeof one !== 'object') return one
    return one.tiers.reduce((rate, tier) => (tier.start <= bound ? tier.price : rate), one.base)
  }
  const [input, output] = [of('input_mtok'), of('output_mtok')]
  if (input === undefined || output === undefined) return undefined
  return known<Rates>({
    inputPerMillion: input,
    outputPerMillion: output,
    cacheReadPerMillion: of('cache_read_mtok'),
    cacheWritePerMillion: of('cache_write_mtok'),
    cacheWrite1hPerMillion: of('cache_write_1h_mtok'),
    reasoningPerMillion: of('output_reasoning_mtok'),
  })
}
