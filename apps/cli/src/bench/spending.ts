import type { Model } from '@bench/providers'
import { estimate } from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
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

const costsMoney = (model: Model): boolean => model.control !== true && model.local !== true

/** Of those models of the plan that cost money. */
export function priceOf(plan: RunPlan, models: readonly Model[]): PriceRange {
  const paid = new Set(models.filter(costsMoney).map((model) => model.id))
  const estimates = estimate(plan).filter((each) => paid.has(each.model))
  const known = estimates.filter((each) => each.lowUsd !== undefined && each.highUsd !== undefined)
  const sum = (of: 'lowUsd' | 'highUsd') => known.reduce((total, each) => total + (each[of] ?? 0), 0)
  return {
    ...(known.length > 0 ? { low: sum('lowUsd'), high: sum('highUsd') } : {}),
    unknown: estimates.filter((each) => each.lowUsd === undefined).map((each) => each.model),
  }
}

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

/**
 * The models that may not be asked: without a terminal, those that cost money, unless both `--yes` and `--max-cost`
 * say that they may.
 * @throws Exit `usage` where a cap is asked for that cannot hold, since a price is unknown
 */
export function forbidden(
  models: readonly Model[],
  price: PriceRange,
  request: SpendingRequest,
): readonly Model[] {
  const paid = models.filter(costsMoney)
  const { yes, maxCost, allowUnpriced } = request
  if (paid.length > 0 && maxCost !== undefined && price.unknown.length > 0 && allowUnpriced !== true) {
    throw new Exit(
      exit.usage,
      `no price is known for ${price.unknown.join(', ')}, so --max-cost cannot hold. Add --allow-unpriced to ask it anyway.`,
    )
  }
  return interactive() || (yes === true && maxCost !== undefined) ? [] : paid
}

/** Whether to go on: a person is asked before money is spent, unless `--yes` has answered already. */
export async function agreed(
  models: readonly Model[],
  request: SpendingRequest,
  signal: AbortSignal,
): Promise<boolean> {
  return request.yes === true || !models.some(costsMoney) || confirm('Start?', signal)
}

/** The line that makes a dropped model run. */
export function lineToAdd(dropped: readonly Model[], price: PriceRange): string {
  const cap = price.high === undefined ? 5 : Math.max(0.01, Math.ceil(price.high * 100) / 100)
  const names = dropped.map((model) => model.id).join(', ')
  return `not asked, since they cost money and there is no terminal to ask at: ${names}. To ask them, add: --yes --max-cost ${cap}`
}
