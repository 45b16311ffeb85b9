import { notRun, sparedWords } from '../../denominator.js'
import { count, moment, plural } from '../../display.js'
import { verdict } from '../../ranking.js'
import { clean } from '../../text.js'
import { type Content, html, type Markup } from '../markup.js'
import type { Scene } from '../scene.js'

/** What was asked, the verdict in one sentence, and what a reader must know before believing it. */
export function headerSection({ report }: Scene): Markup {
  const { plan, models } = report
  const { missing, planned } = notRun(models, plan)
  const spared = sparedWords(models, plan)
  const { headline, basis, names } = verdict(report)
  return html`<header><p class="eyebrow">${clean(plan.dataset.name)} ${clean(plan.dataset.version)} · ${plural(plan.tasks.length, 'task')}${plan.repeats > 1 && ` × ${plan.repeats} repeats`} · ${plural(models.length, 'model')} · ${moment(plan.created)}</p>
<h1>${unbroken(headline, names)}</h1>${basis !== '' && html`<p class="basis">${basis}</p>`}${
    missing > 0 &&
    html`<p class="banner" role="note"><strong>PARTIAL</strong> ${count(missing)} of ${plural(planned, 'attempt')} not run. Scores cover what was run; n says how much.</p>`
  }${spared !== '' && html`<p class="basis">${spared}</p>`}${
    plan.sandbox?.isolates === false &&
    html`<p class="banner loud" role="note"><strong>UNPROTECTED</strong> The models’ code ran without a sandbox (driver ${clean(plan.sandbox.driver)}): it could read, change and forge anything its user can. Do not publish these scores.</p>`
  }</header>
`
}

/** A model's name is broken over two lines only where it is longer than a line. */
function unbroken(headline: string, names: readonly string[]): Content {
  const [name, ...others] = names
  if (name === undefined || name === '') return headline
  const at = headline.indexOf(name)
  if (at < 0) return unbroken(headline, others)
  const after = unbroken(headline.slice(at + name.length), others)
  return html`${unbroken(headline.slice(0, at), others)}<span class="id">${name}</span>${after}`
}
