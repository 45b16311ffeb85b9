import {
  clean,
  costLabel,
  count,
  moment,
  notRun,
  percent,
  plural,
  range,
  ranking,
  unknown,
} from '@bench/report'
import { html } from 'hono/html'
import type { RunEntry } from '../runs.js'
import { layout, type Page } from './layout.js'

/** Models shown per run; the rest are counted. */
const shown = 4

/** All runs, newest first. */
export function listPage(entries: readonly RunEntry[], total: number, source: string): Page {
  if (total === 0) return layout('Runs', empty(source))
  const more =
    total > entries.length
      ? `Newest ${count(entries.length)} of ${plural(total, 'run')}`
      : plural(total, 'run')
  return layout(
    'Runs',
    html`<header><p class="eyebrow">${source}</p><h1>Runs</h1></header>
<main><section class="first"><p class="note">${more}. Scores from 0 to 100 with their 95 % interval.</p>
<table class="stack runs"><thead><tr><th scope="col">Planned</th><th scope="col">Dataset</th><th scope="col">Models: score, n, cost</th><th scope="col">Status</th></tr></thead><tbody>
${entries.map((entry) => ('error' in entry ? broken(entry) : row(entry)))}</tbody></table></section></main>`,
  )
}

const empty = (source: string): Page => html`<header><h1>No runs yet</h1></header>
<main><div class="empty"><p>Nothing was found in ${source}. This starts a first run, and needs no key:</p><code>npx @bench/cli bench</code></div></main>`

function row({ id, plan, models }: Extract<RunEntry, { readonly plan: unknown }>): Page {
  const { missing, planned } = notRun(models, plan)
  const best = ranking({ models, rows: [], plan })
  return html`<tr><th scope="row" class="nowrap"><a href="/runs/${encodeURIComponent(id)}">${moment(plan.created)}</a></th>
<td>${clean(plan.dataset.name)} <span class="dim">${clean(plan.dataset.version)}</span><br><span class="dim">${plural(plan.tasks.length, 'task')}${plan.repeats > 1 ? ` × ${plan.repeats} repeats` : ''}</span></td>
<td class="wide"><ul class="scores">${best
    .slice(0, shown)
    .map(
      ({ summary }) =>
        html`<li><span>${clean(summary.model)}</span><span class="nowrap">${
          summary.score === null ? unknown : html`<strong>${percent(summary.score)}</strong>`
        }${
          summary.interval === null
            ? ''
            : html`<span class="ci">${range(summary.interval.low, summary.interval.high)}</span>`
        }</span><span class="dim num">n ${count(summary.n)}</span><span class="num">${costLabel(summary, plan)}</span></li>`,
    )}</ul>${best.length > shown ? html`<span class="dim">and ${best.length - shown} more</span>` : ''}</td>
<td>${
    missing > 0
      ? html`<span class="status partial">PARTIAL</span> <span class="dim nowrap">${count(missing)} of ${count(planned)} not run</span>`
      : html`<span class="status">complete</span>`
  }</td></tr>
`
}

const broken = ({ id, error }: Extract<RunEntry, { readonly error: string }>): Page =>
  html`<tr><th scope="row">${clean(id)}</th><td class="dim wide" colspan="2">${clean(error)}</td><td><span class="status broken">unreadable</span></td></tr>
`
