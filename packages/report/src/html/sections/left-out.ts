import { isCounted, outcomes, type ReportRow } from '@bench/runner/record'
import { leftOut } from '../../denominator.js'
import { count } from '../../display.js'
import { reasonOf, words } from '../../failures.js'
import { clean, cutEnd } from '../../text.js'
import { html, type Markup } from '../markup.js'
import { chip } from '../outcomes.js'
import type { Scene } from '../scene.js'

interface Group {
  readonly row: ReportRow
  readonly message: string
  n: number
}

const shown = 50

/** What is in no denominator, grouped by message: faults of provider or harness, replies that never came, not run. */
export function leftOutSection({ report, name }: Scene): Markup {
  if (report.models.every((model) => leftOut(model).total === 0)) return html``
  const groups = new Map<string, Group>()
  for (const row of report.rows) {
    if (isCounted(row, report.plan)) continue
    const message = outcomes[row.outcome].denominator
      ? 'self-judged: the answer could have had a hand in its verdict; --allow-self-judged counts it'
      : cutEnd(clean(reasonOf(row)), 400)
    const key = JSON.stringify([row.outcome, row.model, message])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { row, message, n: 1 })
    else group.n++
  }
  if (groups.size === 0) return html``
  const sorted = [...groups.values()].sort((a, b) => b.n - a.n)
  return html`<section><h2>Left out of the score</h2><p class="note">No model is blamed for these; the ranking shows how far they could have moved its score.${
    sorted.length > shown && ` First ${shown} of ${count(sorted.length)} kinds; all are in results.jsonl.`
  }</p>
<table class="stack"><thead><tr><th scope="col">Outcome</th><th scope="col">Model</th><th scope="col">Message</th><th scope="col" class="num">Attempts</th></tr></thead><tbody>${sorted
    .slice(0, shown)
    .map(
      ({ row, message, n }) =>
        html`<tr><td class="nowrap wide">${chip(row.outcome, '')} ${words[row.outcome]}</td><td class="wide">${name(row.model)}</td><td class="wide dim">${message === words[row.outcome] ? '' : message}</td><td class="num" data-label="attempts">${count(n)}</td></tr>`,
    )}</tbody></table></section>
`
}
