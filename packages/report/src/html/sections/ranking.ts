import { leftOutWords } from '../../denominator.js'
import {
  cachedWords,
  costLabel,
  count,
  duration,
  percent,
  range,
  tallyWords,
  unknown,
} from '../../display.js'
import { isControl, scoreName } from '../../ranking.js'
import { totalTokens } from '../../totals.js'
import { html, type Markup } from '../markup.js'
import type { Scene } from '../scene.js'
import { whisker } from '../whisker.js'

/** Models by score, with interval and n, and beside each what its score leaves out. */
export function rankingSection({ report, ranked, name }: Scene): Markup {
  if (ranked.length === 0) return html``
  const score = scoreName(report.models) === 'PASS@1' ? 'pass@1' : 'Score'
  const k = report.plan.repeats
  return html`<section aria-labelledby="ranking"><h2 id="ranking">Ranking</h2>
<p class="note">${score} from 0 to 100 with its 95 % interval. Models that the data cannot tell apart share a rank.</p>
<table class="ranking"><thead><tr><th scope="col">#</th><th scope="col">Model</th><th scope="col">${score}</th><th scope="col" class="dim">0 – 100</th><th scope="col" class="num">n</th>${
    k > 1 && html`<th scope="col" class="num">pass@${k}</th>`
  }<th scope="col" class="num">Cost</th><th scope="col" class="num">p50</th><th scope="col" class="num">tok/s</th><th scope="col" class="num">Tokens</th></tr></thead><tbody>
${ranked.map(({ rank, summary }, place) => {
  const out = leftOutWords(summary)
  const tallies = tallyWords(summary)
  const cached = cachedWords(summary)
  const tokens = totalTokens(summary)
  const passAtK = summary.passAt[k]
  return html`<tr><td class="rank">${rank ?? unknown}</td><th scope="row" class="wide">${name(summary.model)}${isControl(summary.model) && html`<span class="side">control: answers from the task itself</span>`}${tallies !== '' && html`<span class="side">${tallies}</span>`}${cached !== '' && html`<span class="side">${cached}</span>`}${
    out !== '' &&
    html`<span class="side">${out} left out of n${
      summary.range !== null && html`; with them ${range(summary.range.worst, summary.range.best)}`
    }</span>`
  }</th><td class="nowrap score"><span class="big">${summary.score === null ? unknown : percent(summary.score)}</span>${
    summary.interval !== null &&
    html`<span class="ci">${range(summary.interval.low, summary.interval.high)}</span>`
  }</td><td class="line">${whisker(summary, place)}</td><td class="num" data-label="n">${count(summary.n)}</td>${
    k > 1 &&
    html`<td class="num" data-label="pass@${k}">${passAtK === undefined ? unknown : percent(passAtK)}</td>`
  }<td class="num" data-label="cost">${costLabel(summary, report.plan)}</td><td class="num" data-label="p50">${
    summary.p50Ms === undefined ? unknown : duration(summary.p50Ms)
  }</td><td class="num" data-label="tok/s">${
    summary.tokensPerSecond === undefined ? unknown : count(Math.round(summary.tokensPerSecond))
  }</td><td class="num" data-label="tokens">${tokens === undefined ? unknown : count(tokens)}</td></tr>
`
})}</tbody></table></section>
`
}
