import type { ModelSummary, RunPlan } from '@bench/runner/record'
import { clean } from './text.js'

/** How numbers are shown. Records hold 0–1, milliseconds and dollars; only these functions convert. */

/** What stands where a value is unknown. Unknown is never zero. */
export const unknown = '–'

/** A share of 0–1 on the scale of 0–100: `72.1`. Rounding never makes all or nothing of what is neither. */
export function percent(share: number, digits = 1): string {
  const step = 10 ** -digits
  const value = share * 100
  if (value > 1e-7 && value < step) return step.toFixed(digits)
  if (value < 100 - 1e-7 && value > 100 - step) return (100 - step).toFixed(digits)
  return value.toFixed(digits)
}

/** A difference of shares in points, with its sign: `+32.7`. */
export function points(difference: number): string {
  const value = (Math.abs(difference) * 100).toFixed(1)
  if (Number(value) === 0) return value
  return difference < 0 ? `−${value}` : `+${value}`
}

/** `66.8–77.0`. */
export const range = (low: number, high: number): string => `${percent(low)}–${percent(high)}`

/** US dollars with the digits that matter: `$0.0042`, `$2.71`, `$1,204`. */
export function usd(value: number): string {
  if (value === 0) return '$0.00'
  if (value < 0.0001) return '<$0.0001'
  if (value < 0.1) return `$${value.toFixed(1 - Math.floor(Math.log10(value)))}`
  if (value < 999.5) return `$${value.toFixed(2)}`
  return `$${Math.round(value).toLocaleString('en-US')}`
}

/** Milliseconds: `820ms`, `8.2s`, `2m12s`, `1h04m`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

/** `1,204`; the same on every machine. */
export const count = (value: number): string => value.toLocaleString('en-US')

/** `1 task`, `40 tasks`. */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`

/** `2026-11-21 07:22 UTC`; what cannot be read as a date stays as it is. */
export function moment(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** p of a test: `p < .001`, `p = .042`. */
export const pValue = (p: number): string =>
  p < 0.001 ? 'p < .001' : `p = ${p.toFixed(3).replace(/^0/, '')}`

/** `local`, `$2.71`, `≥$2.71` where some replies have no known price, or unknown. */
export function costLabel(model: ModelSummary, plan: RunPlan): string {
  const local = plan.models.find((entry) => entry.id === model.model)?.local === true
  if (local && (model.costUsd ?? 0) === 0) return 'local'
  if (model.costUsd === undefined) return unknown
  return model.unpriced > 0 ? `≥${usd(model.costUsd)}` : usd(model.costUsd)
}

/** More than this share of the listed price apart, and one of the two is wrong about the price. */
const tolerablePriceGap = 0.05

/** Where what a provider reports differs from the price list: by how much. Empty where the two agree. */
export function priceGapWords({ reported }: ModelSummary): string {
  if (reported === undefined) return ''
  const { usd: told, listedUsd } = reported
  const apart = Math.abs(told - listedUsd)
  if (apart <= listedUsd * tolerablePriceGap) return ''
  const share =
    listedUsd === 0 ? '' : `, ${percent(apart / listedUsd, 0)} % ${told > listedUsd ? 'more' : 'less'}`
  return `its provider reports ${usd(told)}, the price list says ${usd(listedUsd)}${share}; what is reported counts`
}

/** `40 of 40 attempts from the cache, $1.20 of the cost not paid again`; empty where nothing was cached. */
export function cachedWords({ cached = 0, planned, savedUsd }: ModelSummary): string {
  if (cached === 0) return ''
  const saved = savedUsd === undefined ? '' : `, ${usd(savedUsd)} of the cost not paid again`
  return `${count(cached)} of ${plural(planned, 'attempt')} from the cache${saved}`
}

/** `prompt loose 87.7 of 541, instruction strict 86.9 of 834`: what a scorer counts beside the score. Empty where it counts nothing. */
export const tallyWords = ({ tallies = {} }: Pick<ModelSummary, 'tallies'>): string =>
  Object.entries(tallies)
    .map(([name, [got, of]]) => `${clean(name)} ${of === 0 ? unknown : percent(got / of)} of ${count(of)}`)
    .join(', ')
