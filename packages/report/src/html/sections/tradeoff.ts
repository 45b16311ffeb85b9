import { costLabel, percent, range, usd } from '../../display.js'
import { clean, cutMiddle, widthOf } from '../../text.js'
import { colourOf, shapeOf } from '../marks.js'
import { html, type Markup } from '../markup.js'
import type { Scene } from '../scene.js'

interface Point {
  readonly place: number
  readonly model: string
  readonly score: number
  readonly low: number
  readonly high: number
  readonly cost: number
}

/** Score against the cost of the run, where at least two models have both and anything cost anything. */
export function tradeoffSection({ report, ranked, name }: Scene): Markup {
  const points = ranked.flatMap(({ summary }, place): Point[] => {
    const { model, score, interval, costUsd, unpriced } = summary
    if (score === null || costUsd === undefined || unpriced > 0) return []
    return [
      { place, model, score, low: interval?.low ?? score, high: interval?.high ?? score, cost: costUsd },
    ]
  })
  if (points.length < 2 || points.every(({ cost }) => cost === 0)) return html``
  const left = ranked.length - points.length
  return html`<section><h2>Score against cost</h2>
<p class="note">US dollars for the whole run; bars are 95 % intervals.${left > 0 && ` ${left} without a known cost not drawn.`}</p>
<figure><div class="wide-chart">${chart(points, 1040, 360)}</div><div class="narrow">${chart(points, 343, 300)}</div></figure>
<details class="data"><summary>As a table</summary><table><thead><tr><th scope="col">Model</th><th scope="col" class="num">Cost</th><th scope="col" class="num">Score</th><th scope="col" class="num">95 % interval</th></tr></thead><tbody>${points.map(
    (point) =>
      html`<tr><th scope="row">${name(point.model)}</th><td class="num">${costLabel((ranked[point.place] as (typeof ranked)[number]).summary, report.plan)}</td><td class="num">${percent(point.score)}</td><td class="num">${range(point.low, point.high)}</td></tr>`,
  )}</tbody></table></details></section>
`
}

function chart(points: readonly Point[], width: number, height: number): Markup {
  const box = { left: 34, right: width - 14, top: 12, bottom: height - 40 }
  const most = niceCeiling(Math.max(...points.map((point) => point.cost)) * 1.05)
  const x = (cost: number) => box.left + (most === 0 ? 0 : cost / most) * (box.right - box.left)
  const y = (score: number) => box.bottom - score * (box.bottom - box.top)
  const ticks = most === 0 ? [0] : [0, 0.25, 0.5, 0.75, 1].map((share) => share * most)
  const labels = labelled(points, x, y, width)
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Score against cost; the values are in the table below">
${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<line class="axis grid" x1="${box.left}" x2="${box.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${box.left - 8}" y="${y(share) + 4}" text-anchor="end">${percent(share, 0)}</text>`)}
${ticks.map((tick, i) => html`<text x="${x(tick).toFixed(1)}" y="${box.bottom + 20}" text-anchor="${i === 0 ? 'start' : i === ticks.length - 1 ? 'end' : 'middle'}">${tick === 0 ? '$0' : usd(tick)}</text>`)}
${points.map((point, i) => {
  const label = labels[i] as Label
  const [px, py] = [x(point.cost), y(point.score)]
  return html`<line x1="${px.toFixed(1)}" x2="${px.toFixed(1)}" y1="${y(point.low).toFixed(1)}" y2="${y(point.high).toFixed(1)}" stroke="${colourOf(point.place)}" stroke-width="2" stroke-linecap="round" opacity=".6"/>
<g transform="translate(${px.toFixed(1)} ${py.toFixed(1)})">${shapeOf(point.place)}</g><text class="ink" x="${label.x.toFixed(1)}" y="${label.y.toFixed(1)}" text-anchor="${label.anchor}">${label.text}</text>`
})}</svg>`
}

interface Label {
  readonly text: string
  readonly anchor: 'start' | 'end'
  readonly x: number
  y: number
  readonly from: number
  readonly to: number
}

/** Labels beside their points, moved down where two would lie on each other. Widths are estimates of 12 px type. */
function labelled(
  points: readonly Point[],
  x: (cost: number) => number,
  y: (score: number) => number,
  width: number,
) {
  const apart = 15
  const labels = points.map((point): Label => {
    const text = cutMiddle(clean(point.model), Math.floor(width / 17))
    const size = widthOf(text) * 6.8
    const right = x(point.cost) + 11 + size < width
    const at = x(point.cost) + (right ? 11 : -11)
    return {
      text,
      anchor: right ? 'start' : 'end',
      x: at,
      y: y(point.score) + 4,
      from: right ? at : at - size,
      to: right ? at + size : at,
    }
  })
  const placed: Label[] = []
  for (const label of labels.toSorted((a, b) => a.y - b.y)) {
    for (const other of placed) {
      if (label.from < other.to && other.from < label.to) label.y = Math.max(label.y, other.y + apart)
    }
    placed.push(label)
  }
  return labels
}

/** The next of 1, 2, 4, 5 or 8 times a power of ten: quarters of it read well. */
function niceCeiling(value: number): number {
  if (value <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 4, 5, 8].find((step) => step * power >= value) ?? 10) * power
}
