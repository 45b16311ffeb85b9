import type { ReportRow, TranscriptStep } from '@bench/runner/record'
import { readTranscript } from '@bench/runner/record'
import { count, plural } from '../display.js'
import type { Report } from '../spec.js'
import { argumentsOf, isBad, speaker, stepFacts } from '../steps.js'
import { clean, cleanBlock, cutEnd } from '../text.js'
import { html, type Markup } from './markup.js'

/** Steps of one transcript, calls of one step, and characters of a text and of an argument that are shown. */
const shownSteps = 60
const shownCalls = 20
const textChars = 2048
const argumentChars = 1024
/** Bytes of markup of one transcript. */
const most = 60_000

const bytes = new TextEncoder()

/**
 * An attempt's transcript, folded up; undefined where there is none at hand.
 *
 * @param room bytes of markup that it may take
 */
export async function transcript(row: ReportRow, report: Report, room: number): Promise<Markup | undefined> {
  if (row.transcript === undefined || room <= 0) return undefined
  const kept = await readTranscript(row.transcript, (hash) => report.reply(hash))
  if (kept === undefined) return undefined
  const parts: Markup[] = []
  let left = Math.min(room, most)
  for await (const each of kept.steps()) {
    const part = each === undefined ? lost : fitting(each, left)
    if (parts.length >= shownSteps || part === undefined) break
    left -= sizeOf(part)
    parts.push(part)
  }
  const rest = kept.length - parts.length
  return html`<details class="data talk"><summary>Transcript, ${plural(kept.length, 'step')}</summary><ol>${parts}</ol>${
    rest > 0 &&
    html`<p class="note">${count(rest)} more ${rest === 1 ? 'step' : 'steps'}; bench show tells all of them.</p>`
  }</details>`
}

const lost = html`<li><p class="label">a step that is no longer in responses/</p></li>`

const sizeOf = ({ text }: Markup): number => bytes.encode(text).length

/** A step as it is, or in few words, or nothing, by the room that there is. */
function fitting(one: TranscriptStep, room: number): Markup | undefined {
  const whole = step(one)
  if (sizeOf(whole) <= room) return whole
  const names = (one.tool_calls ?? []).slice(0, shownCalls).map(({ name }) => cutEnd(clean(name), 40))
  const called = names.length === 0 ? '' : `; it calls ${names.join(', ')}`
  const brief = step({ ...one, content: `too long to be shown here${called}`, tool_calls: [] })
  return sizeOf(brief) <= room ? brief : undefined
}

function step(one: TranscriptStep): Markup {
  const facts = stepFacts(one)
  const calls = one.tool_calls ?? []
  const rest = calls.length - shownCalls
  return html`<li class="${one.role}"><p class="label"><b>${cutEnd(speaker(one), 60)}</b>${
    facts.length > 0 &&
    html` <span class="${isBad(one) ? 'bad' : 'good'}">${cutEnd(facts.join(', '), 80)}</span>`
  }</p>${one.content.trim() !== '' && block(one.content, textChars)}${calls.slice(0, shownCalls).map(call)}${
    rest > 0 && html`<p class="label">${count(rest)} more calls</p>`
  }</li>
`
}

function call(one: NonNullable<TranscriptStep['tool_calls']>[number]): Markup {
  const given = argumentsOf(one).slice(0, shownCalls)
  const short = given.filter(([, value]) => isShort(value))
  const long = given.filter(([, value]) => !isShort(value))
  return html`<p class="call mono"><b>${cutEnd(clean(one.name), 80)}</b>${short.map(
    ([name, value]) => html` <span class="dim">${cutEnd(clean(name), 40)}</span> ${clean(value)}`,
  )}</p>${long.map(
    ([name, value]) =>
      html`${name !== '' && html`<p class="label">${cutEnd(clean(name), 40)}</p>`}${block(value, argumentChars)}`,
  )}`
}

const isShort = (value: string): boolean => value.length <= 80 && !value.includes('\n')

/** A text as it came, its beginning where it is long. */
export const block = (text: string, limit: number): Markup =>
  html`<pre>${cleanBlock(text.length > limit ? `${text.slice(0, limit)}\n… ${count(text.length - limit)} more characters` : text)}</pre>`
