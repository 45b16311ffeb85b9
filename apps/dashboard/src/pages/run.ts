import { clean, type Report, summaryHtml } from '@bench/report'
import { html, raw } from 'hono/html'
import { layout, type Page } from './layout.js'

/** One run's verdict and ranking, and the way to all of it. */
export function runPage(id: string, report: Report): Page {
  const { header, ranking } = summaryHtml(report)
  const path = `/runs/${encodeURIComponent(id)}`
  // `summaryHtml` escapes all that it was given.
  return layout(
    clean(`${report.plan.dataset.name} ${id}`),
    html`${raw(header)}<main><ul class="actions"><li><a class="first" href="${path}/report.html">Full report</a></li><li><a href="/api${path}">JSON</a></li><li><a href="/">All runs</a></li></ul>${raw(ranking)}</main>`,
  )
}
