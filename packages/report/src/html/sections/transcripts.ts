import type { ReportRow } from '@bench/runner/record'
import { count, duration, usd } from '../../display.js'
import { isFailure, words } from '../../failures.js'
import { courseWords } from '../../steps.js'
import { clean, cutEnd } from '../../text.js'
import { byModel, evenly } from '../by-model.js'
import { html, type Markup } from '../markup.js'
import { chip } from '../outcomes.js'
import type { Scene } from '../scene.js'
import { block, transcript } from '../transcript.js'

const shown = 60
const replyChars = 2048
/** Bytes of markup that all of them together may take. */
const budget = 250_000

const bytes = new TextEncoder()

/** Attempts with a transcript that passed or have no verdict: those that did not pass have theirs among the failures. */
export async function* transcriptsSection(scene: Scene): AsyncGenerator<Markup> {
  const all = byModel(scene, shown, (row) => row.transcript !== undefined && !isFailure(row))
  const total = all.reduce((sum, found) => sum + found.count, 0)
  if (total === 0) return
  const chosen = evenly(all, shown)
  const more = chosen.length < total ? ` First ${count(chosen.length)} of ${count(total)}.` : ''
  yield html`<section><h2>Transcripts</h2><p class="note">How models got to answers that passed, and to none. Of answers that did not pass they are with the failures; bench show tells any of them in full.${more}</p>
`
  let left = budget
  let model: string | undefined
  for (const row of chosen) {
    if (row.model !== model) yield html`<h3>${scene.name(row.model)}</h3>`
    model = row.model
    const reply = left > 0 && row.reply !== undefined ? await scene.report.reply(row.reply) : undefined
    const talk = await transcript(row, scene.report, left)
    const part = attempt(row, reply, talk)
    left -= bytes.encode(part.text).length
    yield part
  }
  if (left <= 0) yield html`<p class="note">Transcripts past this page's size are left out.</p>`
  yield html`</section>
`
}

function attempt(row: ReportRow, reply: string | undefined, talk: Markup | undefined): Markup {
  const repeat = row.repeat > 0 ? ` #${row.repeat + 1}` : ''
  const facts = [
    words[row.outcome],
    row.durationMs !== undefined && duration(row.durationMs),
    row.outputTokens !== undefined && `${count(row.outputTokens)} tokens out`,
    row.costUsd !== undefined && usd(row.costUsd),
  ].filter(Boolean)
  const course = courseWords(row)
  return html`<details class="fail"><summary>${chip(row.outcome, words[row.outcome])}<span class="task">${clean(row.task)}${repeat}</span><span class="why">${cutEnd(course || words[row.outcome], 300)}</span></summary><div class="body">
<p class="note">${facts.join(' · ')}</p>${reply !== undefined && html`<p class="label">Answer</p>${block(reply, replyChars)}`}${talk}</div></details>
`
}
