import { type Ranked, ranking } from '../ranking.js'
import type { Report } from '../spec.js'
import { clean } from '../text.js'
import { mark } from './marks.js'
import { html, type Markup } from './markup.js'

/** What every section needs, computed once. */
export interface Scene {
  readonly report: Report
  /** Best first; the place decides a model's colour and shape everywhere on the page. */
  readonly ranked: readonly Ranked[]
  /** A model's name behind its mark. */
  name(model: string): Markup
}

export function scene(report: Report): Scene {
  const ranked = ranking(report)
  const places = new Map(ranked.map(({ summary }, place) => [summary.model, place]))
  return {
    report,
    ranked,
    name: (model) =>
      html`<span class="name">${mark(places.get(model) ?? 0)}<span>${clean(model)}</span></span>`,
  }
}
