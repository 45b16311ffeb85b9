import { type AttemptOutcome, outcomeNames, type ReportRow } from '@bench/runner/record'
import { count, percent } from '../../display.js'
import { words } from '../../failures.js'
import { clean } from '../../text.js'
import { mark } from '../marks.js'
import { html, type Markup } from '../markup.js'
import { chip } from '../outcomes.js'
import type { Scene } from '../scene.js'

/** Cells written at most: beyond that nobody reads a matrix, and the page must open at once. */
const shownCells = 3000
/** Repeats shown one by one; more are shown as a share. */
const shownRepeats = 5

/** Task × model, one letter per repeat. */
export function matrixSection({ report, ranked, name }: Scene): Markup {
  const { rows, plan } = report
  if (rows.length === 0) return html``
  const cells = byTaskAndModel(rows)
  const perTask = Math.max(1, ranked.length * Math.min(plan.repeats, shownRepeats))
  const limit = Math.max(1, Math.floor(shownCells / perTask))
  const tasks = [...cells].slice(0, limit)
  const seen = new Set(rows.map((row) => row.outcome))
  return html`<section><h2>Tasks</h2>${
    cells.size > tasks.length &&
    html`<p class="note">First ${count(tasks.length)} of ${count(cells.size)} tasks; all are in results.csv.</p>`
  }<ul class="chips">${ranked.map(({ summary }) => html`<li>${name(summary.model)}</li>`)}</ul>
<ul class="chips">${outcomeNames.filter((outcome) => seen.has(outcome)).map((outcome) => html`<li>${chip(outcome, '')} ${words[outcome]}</li>`)}</ul>
<div class="scroll" tabindex="0" role="region" aria-label="Task by model"><table class="matrix"><thead><tr><th scope="col">Task</th>${ranked.map(
    ({ summary }, place) =>
      html`<th scope="col" title="${clean(summary.model)}" aria-label="${clean(summary.model)}">${mark(place)}</th>`,
  )}</tr></thead><tbody>
${tasks.map(
  ([task, byModel]) =>
    html`<tr><th scope="row">${clean(task)}</th>${ranked.map(
      ({ summary }) => html`<td class="cells">${cell(byModel.get(summary.model) ?? [])}</td>`,
    )}</tr>
`,
)}</tbody></table></div></section>
`
}

function byTaskAndModel(rows: readonly ReportRow[]): Map<string, Map<string, ReportRow[]>> {
  const cells = new Map<string, Map<string, ReportRow[]>>()
  for (const row of rows) {
    const task = cells.get(row.task) ?? new Map<string, ReportRow[]>()
    const cell = task.get(row.model) ?? []
    cell.push(row)
    cells.set(row.task, task.set(row.model, cell))
  }
  return cells
}

function cell(rows: readonly ReportRow[]): Markup {
  if (rows.length <= shownRepeats) return html`${rows.map((row) => chip(row.outcome, title(row)))}`
  const passed = rows.filter((row) => row.outcome === 'pass').length
  const commonest = commonestOutcome(rows)
  return html`<i class="o ${passed === rows.length ? 'pass' : 'miss'}" title="mostly: ${words[commonest]}">${passed}/${rows.length}</i>`
}

const title = (row: ReportRow): string =>
  row.value === null || row.value === 0 || row.value === 1
    ? words[row.outcome]
    : `${words[row.outcome]}, ${percent(row.value)}`

function commonestOutcome(rows: readonly ReportRow[]): AttemptOutcome {
  const counts = new Map<AttemptOutcome, number>()
  for (const row of rows) counts.set(row.outcome, (counts.get(row.outcome) ?? 0) + 1)
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}
