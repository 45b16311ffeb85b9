import type { Model } from '@bench/providers'
import { Exit, exit } from '../exit.js'
import { confirm, interactive } from '../terminal/ask.js'
import { dollars } from '../terminal/duration.js'

export interface SpendingRequest {
  readonly yes?: boolean
  readonly maxCost?: number
  readonly allowUnpriced?: boolean
}

/** What the whole run may cost, by model; absent where a price is unknown. */
export interface PriceRange {
  readonly low?: number
  readonly high?: number
  /** Models whose price is unknown. */
  readonly unknown: readonly string[]
}

export const costsMoney = (model: Model): boolean => model.control !== true && model.local !== true

/** `$1.90–4.80`, `$0`, `unknown (openrouter:x)`. */
export function priceLabel(range: PriceRange): string {
  const known =
    range.low === undefined || range.high === undefined
      ? ''
      : range.low === range.high
        ? dollars(range.low)
        : `${dollars(range.low)}–${dollars(range.high).slice(1)}`
  if (range.unknown.length === 0) {
    return known || '$0'
  }
  const unknown = `unknown price of ${range.unknown.join(', ')}`
  return known === '' ? unknown : `${known} + ${unknown}`
}

export type Decision =
  | { readonly start: true; readonly dropped: readonly Model[] }
  | { readonly start: false; readonly message: string }

/**
 * Whether money may be spent. At a terminal a person is asked; elsewhere nothing paid is called unless both
 * `--yes` and `--max-cost` say so, and the paid models are dropped.
 */
export async function decide(
  models: readonly Model[],
  price: PriceRange,
  request: SpendingRequest,
  signal: AbortSignal,
): Promise<Decision> {
  const paid = models.filter(costsMoney)
  if (paid.length === 0) {
    return { start: true, dropped: [] }
  }
  if (request.maxCost !== undefined && price.unknown.length > 0 && request.allowUnpriced !== true) {
    throw new Exit(
      exit.usage,
      `no price is known for ${price.unknown.join(', ')}, so --max-cost cannot hold. Add --allow-unpriced to ask it anyway.`,
    )
  }
  if (interactive()) {
    if (request.yes === true || (await confirm('Start?', signal))) {
      return { start: true, dropped: [] }
    }
    return { start: false, message: 'nothing was asked, nothing was spent' }
  }
  const allowed = request.yes === true && request.maxCost !== undefined
  return { start: true, dropped: allowed ? [] : paid }
}

/** The line that makes a dropped model run. */
export function lineToAdd(dropped: readonly Model[], price: PriceRange): string {
  const cap = price.high === undefined ? 5 : Math.max(0.01, Math.ceil(price.high * 100) / 100)
  const names = dropped.map((model) => model.id).join(', ')
  return `not asked, since they cost money and there is no terminal to ask at: ${names}. To ask them, add: --yes --max-cost ${cap}`
}
