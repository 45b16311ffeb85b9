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
  const perTask = Math.max(1, ranked.length * Math.min(plan.repeats, shownRepeats))
  const limit = Math.max(1, Math.floor(shownCells / perTask))
  const tasks = firstTasks(rows, limit)
  const all = plan.tasks.length
  const seen = (outcome: AttemptOutcome) => ranked.some(({ summary }) => (summary.counts[outcome] ?? 0) > 0)
  return html`<section><h2>Tasks</h2>${
    all > tasks.length &&
    html`<p class="note">First ${count(tasks.length)} of ${count(all)} tasks; all are in results.csv.</p>`
  }<ul class="chips">${ranked.map(({ summary }) => html`<li>${name(summary.model)}</li>`)}</ul>
<ul class="chips">${outcomeNames.filter(seen).map((outcome) => html`<li>${chip(outcome, '')} ${words[outcome]}</li>`)}</ul>
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

/** The first tasks with their attempts by model. Rows of one task come together. */
function firstTasks(rows: Iterable<ReportRow>, limit: number) {
  const tasks: (readonly [string, Map<string, ReportRow[]>])[] = []
  for (const row of rows) {
    if (row.task !== tasks.at(-1)?.[0]) {
      if (tasks.length === limit) break
      tasks.push([row.task, new Map()])
    }
    const byModel = tasks.at(-1)![1]
    byModel.set(row.model, [...(byModel.get(row.model) ?? []), row])
  }
  return tasks
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
