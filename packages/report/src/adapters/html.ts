import { page } from '../html/page.js'
import type { ReportFormat } from '../spec.js'

/** One self-contained file: no script, no request to anywhere, opens from disk. */
export const format: ReportFormat = {
  name: 'html',
  file: 'report.html',
  async write(report, out) {
    for await (const part of page(report)) await out.write(part)
  },
}
