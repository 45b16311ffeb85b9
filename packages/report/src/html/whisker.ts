import type { ModelSummary } from '@bench/runner/record'
import { percent } from '../display.js'
import { colourOf, shapeOf } from './marks.js'
import { html, type Markup } from './markup.js'

/** The line keeps 3 % free at both ends, so that a mark at 0 or 100 is whole. */
const x = (share: number): string => `${(3 + share * 94).toFixed(2)}%`

/** Score with its 95 % interval on a line from 0 to 100. Positions are percentages, so it stretches undistorted. */
export function whisker(model: ModelSummary, place: number): Markup | string {
  const { score, interval } = model
  if (score === null) return ''
  const label =
    interval === null
      ? percent(score)
      : `${percent(score)}, ${percent(interval.low)} to ${percent(interval.high)}`
  return html`<svg class="whisker" height="20" role="img" aria-label="${label}">
<line class="axis" x1="${x(0)}" x2="${x(1)}" y1="10" y2="10"/>${[0, 0.5, 1].map((tick) => html`<line class="axis" x1="${x(tick)}" x2="${x(tick)}" y1="6" y2="14"/>`)}
${
  interval !== null &&
  html`<g stroke="${colourOf(place)}" stroke-width="2" stroke-linecap="round"><line x1="${x(interval.low)}" x2="${x(interval.high)}" y1="10" y2="10"/><line x1="${x(interval.low)}" x2="${x(interval.low)}" y1="6" y2="14"/><line x1="${x(interval.high)}" x2="${x(interval.high)}" y1="6" y2="14"/></g>`
}
<svg x="${x(score)}" y="10" overflow="visible">${shapeOf(place)}</svg></svg>`
}
