import type { ReportRow } from '@bench/runner/record'
import { count, duration, usd } from '../../display.js'
import { evidence, isFailure, reasonOf, words } from '../../failures.js'
import { courseWords } from '../../steps.js'
import { clean, cutEnd } from '../../text.js'
import { byModel, evenly, type Found } from '../by-model.js'
import { html, type Markup } from '../markup.js'
import { chip } from '../outcomes.js'
import type { Scene } from '../scene.js'
import { block, transcript } from '../transcript.js'

const shown = 200
const replyChars = 4096
const valueChars = 2048
/** Bytes of markup that all failures together may take; the page stays under 1.6 MB at any size. */
const budget = 950_000

const bytes = new TextEncoder()

/** Attempts that were judged and did not pass: why, and what was replied. Streamed, since replies are read one by one. */
export async function* failuresSection(scene: Scene): AsyncGenerator<Markup> {
  const all = byModel(scene, shown, isFailure)
  const total = all.reduce((sum, found) => sum + found.count, 0)
  if (total === 0) return
  const chosen = evenly(all, shown)
  const more =
    chosen.length < total
      ? ` First ${count(chosen.length)} of ${count(total)} failures, the same number of each model where it has them; all are in results.jsonl.`
      : ''
  yield html`<section><h2>Failures</h2><p class="note">Judged and not passed. Open one for what was expected and the reply.${more}</p>
`
  let left = budget
  let model: string | undefined
  for (const row of chosen) {
    if (row.model !== model) yield heading(all.find((each) => each.model === row.model)!, scene)
    model = row.model
    const reply = left > 0 && row.reply !== undefined ? await scene.report.reply(row.reply) : undefined
    const talk = await transcript(row, scene.report, left)
    const part = failure(row, reply, talk, left > 0)
    left -= bytes.encode(part.text).length
    yield part
  }
  if (left <= 0)
    yield html`<p class="note">Replies past this page's size are left out; they are in responses/.</p>`
  yield html`</section>
`
}

function heading({ model, count: missed }: Found, { ranked, name }: Scene): Markup {
  const n = ranked.find(({ summary }) => summary.model === model)?.summary.n ?? missed
  return html`<h3>${name(model)}<span class="side">${count(missed)} of ${count(n)} did not pass</span></h3>`
}

function failure(
  row: ReportRow,
  reply: string | undefined,
  talk: Markup | undefined,
  withDetail: boolean,
): Markup {
  const repeat = row.repeat > 0 ? ` #${row.repeat + 1}` : ''
  return html`<details class="fail"><summary>${chip(row.outcome, words[row.outcome])}<span class="task">${clean(row.task)}${repeat}</span><span class="why">${cutEnd(clean(reasonOf(row)), 300)}</span></summary><div class="body">
<p class="note">${facts(row)}</p>${withDetail && details(row)}${
    reply !== undefined &&
    html`<p class="label">Reply${reply.length > replyChars && ` (first ${count(replyChars)} of ${count(reply.length)} characters)`}</p>${block(reply, replyChars)}`
  }${row.warnings !== undefined && row.warnings.length > 0 && html`<p class="label">Warnings</p>${block(row.warnings.join('\n'), valueChars)}`}${talk}</div></details>
`
}

const facts = (row: ReportRow): string =>
  [
    words[row.outcome],
    row.difficulty && clean(row.difficulty),
    row.category && clean(row.category),
    row.durationMs !== undefined && duration(row.durationMs),
    row.outputTokens !== undefined && `${count(row.outputTokens)} tokens out`,
    row.costUsd !== undefined && usd(row.costUsd),
    row.cached !== undefined && 'from the cache',
    courseWords(row),
    ...shortFacts(row),
  ]
    .filter(Boolean)
    .join(' · ')

function shortFacts(row: ReportRow): string[] {
  const { where, others } = evidence(row)
  const short = others.filter(([, value]) => isShort(value)).slice(0, 12)
  return [
    ...(where === undefined ? [] : [clean(where)]),
    ...short.map(([name, value]) => clean(`${name} ${written(value)}`)),
  ]
}

/** Expected and got side by side, everything else that a scorer wrote under its own name. */
function details(row: ReportRow): Markup {
  const { error, expected, got, where, others } = evidence(row)
  const long = others.filter(([, value]) => !isShort(value)).slice(0, 12)
  return html`${error !== undefined && html`<p class="label">${where === undefined ? 'Error' : `Error in ${where}`}</p>${block(error, valueChars)}`}${
    (expected !== undefined || got !== undefined) &&
    html`<div class="pair"><div><p class="label">Expected</p>${block(written(expected), valueChars)}</div><div><p class="label">Got</p>${block(written(got), valueChars)}</div></div>`
  }${long.map(([name, value]) => html`<p class="label">${clean(name)}</p>${block(written(value), valueChars)}`)}`
}

/** Short enough to stand among the facts. */
const isShort = (value: unknown): boolean => {
  const text = written(value)
  return text.length <= 40 && !text.includes('\n')
}

/** On one line where that is short. */
function written(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return 'nothing'
  const flat = JSON.stringify(value)
  return flat.length <= 100 ? flat : JSON.stringify(value, null, 1)
}
