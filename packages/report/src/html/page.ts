import type { Report } from '../spec.js'
import { clean } from '../text.js'
import { html, raw } from './markup.js'
import { scene } from './scene.js'
import { failuresSection } from './sections/failures.js'
import { groupsSection } from './sections/groups.js'
import { headerSection } from './sections/header.js'
import { leftOutSection } from './sections/left-out.js'
import { manifestSection } from './sections/manifest.js'
import { matrixSection } from './sections/matrix.js'
import { rankingSection } from './sections/ranking.js'
import { tradeoffSection } from './sections/tradeoff.js'
import { transcriptsSection } from './sections/transcripts.js'
import { reportStyle, theme } from './style.js'

/** No script, no request: even markup that slipped through could do nothing. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** The page, part by part in document order. */
export async function* page(report: Report): AsyncGenerator<string> {
  const { plan } = report
  const title = clean(`${plan.dataset.name} ${plan.dataset.version}`)
  yield html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="dark light"><meta name="referrer" content="no-referrer">
<title>${title} · bench report</title><link rel="icon" href="data:,"><style>${raw(theme + reportStyle)}</style></head><body>
`.text
  const all = scene(report)
  yield headerSection(all).text
  yield '<main>\n'
  for (const section of [rankingSection, tradeoffSection, groupsSection, matrixSection])
    yield section(all).text
  for await (const part of failuresSection(all)) yield part.text
  for await (const part of transcriptsSection(all)) yield part.text
  yield leftOutSection(all).text
  yield manifestSection(all).text
  yield html`</main><footer>bench ${clean(plan.harness)} · run ${clean(plan.run)} · no data leaves this file</footer></body></html>
`.text
}
