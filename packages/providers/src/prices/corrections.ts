import type { Price } from '../spec.js'
import type { Name } from './names.js'

/** What the price list lacks or has wrong, with where it is published. */
interface Correction {
  readonly vendor: string
  readonly model: RegExp
  /** ISO 8601, UTC: the first moment it holds; ever since where absent. */
  readonly from?: string
  /** The first moment it holds no more; still where absent. */
  readonly until?: string
  /** The vendor's page, and a day on which it said so. */
  readonly page: string
  readonly price: Omit<Price, 'source'>
}

/** What an alias has stood for since a day, under the name by which the list has it. */
interface Alias {
  readonly vendor: string
  readonly model: RegExp
  readonly from: string
  readonly means: string
  readonly page: string
}

const deepseek = { vendor: 'deepseek', model: /^deepseek-(chat|reasoner)$/ } as const

const corrections: readonly Correction[] = [
  {
    // The list dates the price cut of June 2025, but not the cached price before it.
    vendor: 'openai',
    model: /^o3(-2025-04-16)?$/,
    until: '2025-06-10T00:00:00Z',
    page: 'https://platform.openai.com/docs/pricing, 2025-05-01',
    price: { inputPerMillion: 10, cacheReadPerMillion: 2.5, outputPerMillion: 40, batchFactor: 0.5 },
  },
  {
    // The list goes on with the prices of spring 2025 and their discount by night.
    ...deepseek,
    from: '2025-09-05T16:00:00Z',
    until: '2025-09-29T10:00:00Z',
    page: 'https://api-docs.deepseek.com/quick_start/pricing, 2025-09-06',
    price: { inputPerMillion: 0.56, cacheReadPerMillion: 0.07, outputPerMillion: 1.68 },
  },
  {
    ...deepseek,
    from: '2025-09-29T10:00:00Z',
    until: '2026-04-24T00:00:00Z',
    page: 'https://api-docs.deepseek.com/quick_start/pricing, 2025-12-09',
    price: { inputPerMillion: 0.28, cacheReadPerMillion: 0.028, outputPerMillion: 0.42 },
  },
  {
    // In the list without a price, which says nothing; the vendor's page says that there is none to pay.
    vendor: 'google',
    model: /^gemma-3n?-/,
    page: 'https://ai.google.dev/gemini-api/docs/pricing, 2026-01-15',
    price: { inputPerMillion: 0, outputPerMillion: 0 },
  },
]

const aliases: readonly Alias[] = [
  {
    vendor: 'mistral',
    model: /^mistral-large-latest$/,
    from: '2025-12-02T00:00:00Z',
    means: 'mistral-large-2512',
    page: 'https://docs.mistral.ai/getting-started/models, 2026-01-15',
  },
  {
    ...deepseek,
    from: '2026-04-24T00:00:00Z',
    means: 'deepseek-v4-flash',
    page: 'https://api-docs.deepseek.com/quick_start/pricing, 2026-04-30',
  },
]

/** The correction that holds for a model on a date. */
export function corrected({ vendor, model }: Name, date: Date): Price | undefined {
  const found = corrections.find(
    (one) =>
      one.vendor === vendor &&
      one.model.test(model) &&
      !(one.from !== undefined && date < new Date(one.from)) &&
      !(one.until !== undefined && date >= new Date(one.until)),
  )
  return found && { ...found.price, source: found.page }
}

/** The name under which the list has what a name stood for on a date. */
export function meant({ vendor, model }: Name, date: Date): Name {
  const found = aliases.find(
    (one) => one.vendor === vendor && one.model.test(model) && date >= new Date(one.from),
  )
  return { vendor, model: found?.means ?? model }
}
