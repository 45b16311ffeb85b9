import { count, percent, plural, unknown } from '../../display.js'
import { difficulties } from '../../ranking.js'
import { clean } from '../../text.js'
import { entry } from '../../totals.js'
import { html, type Markup } from '../markup.js'
import type { Scene } from '../scene.js'

type Groups = 'byDifficulty' | 'byCategory'

const shown = 60

/** Scores by difficulty and by category, each with its own n. */
export function groupsSection(scene: Scene): Markup {
  const { models } = scene.report
  const categories = [...new Set(models.flatMap((model) => Object.keys(model.byCategory)))].sort()
  return html`${table(scene, 'byDifficulty', 'By difficulty', difficulties(models))}${table(scene, 'byCategory', 'By category', categories)}`
}

function table({ ranked, name }: Scene, by: Groups, title: string, groups: readonly string[]): Markup {
  if (groups.length === 0) return html``
  return html`<section><h2>${title}</h2>${
    groups.length > shown &&
    html`<p class="note">First ${shown} of ${plural(groups.length, 'group')}; all are in results.json.</p>`
  }<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="stack list"><thead><tr><th scope="col"></th>${ranked.map(
    ({ summary }) => html`<th scope="col">${name(summary.model)}</th>`,
  )}</tr></thead><tbody>
${groups.slice(0, shown).map(
  (group) =>
    html`<tr><th scope="row" class="wide">${clean(group)}</th>${ranked.map(({ summary }) => {
      const cell = entry(summary[by], group)
      return html`<td data-label="${clean(summary.model)}">${
        cell === undefined
          ? unknown
          : html`<span class="nowrap">${percent(cell.score)} <span class="ci">n ${count(cell.n)}</span></span>`
      }</td>`
    })}</tr>
`,
)}</tbody></table></div></section>
`
}
