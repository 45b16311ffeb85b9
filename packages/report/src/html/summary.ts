import type { Report } from '../spec.js'
import { scene } from './scene.js'
import { headerSection } from './sections/header.js'
import { rankingSection } from './sections/ranking.js'
import { reportStyle, theme } from './style.js'

/** The style sheet of the report, and of pages that show {@link summaryHtml}. Asks for nothing from anywhere. */
export const styles: string = theme + reportStyle

/** Verdict, warnings and ranking as a fragment of HTML, escaped, for another page. Needs {@link styles}. */
export function summaryHtml(report: Report): { readonly header: string; readonly ranking: string } {
  const all = scene(report)
  return { header: headerSection(all).text, ranking: rankingSection(all).text }
}
