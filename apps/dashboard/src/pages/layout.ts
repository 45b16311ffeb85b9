import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Page = HtmlEscapedString | Promise<HtmlEscapedString>

/** The frame of every page: no script, and nothing from another server. */
export const layout = (title: string, body: Page | readonly Page[]): Page => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light"><title>${title} · bench</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body>
<nav aria-label="Main"><a href="/">bench</a></nav>
${body}
</body></html>`

/** What cannot be shown: why, and what to do. */
export const messagePage = (title: string, text: string): Page =>
  layout(
    title,
    html`<header><h1>${title}</h1><p class="basis">${text}</p></header>${raw('<main><p><a href="/">All runs</a></p></main>')}`,
  )

/** What the dashboard adds to the report's own style sheet. */
export const dashboardStyle = `
nav{max-width:68rem;margin:0 auto;padding:1.1rem 1.5rem 0;font-weight:600;letter-spacing:-.01em}
nav a{text-decoration:none}
nav+header,nav+*+header{padding-top:2rem}
section.first{margin-top:1.25rem}
.runs td,.runs tbody th{vertical-align:top}
.runs a{font-weight:600}
.scores{list-style:none;margin:0;padding:0;display:grid;gap:.3rem}
.scores li{display:grid;grid-template-columns:minmax(0,1fr) 10rem 4rem 4.5rem;gap:.75rem;align-items:baseline}
.scores .num{text-align:right}
.status{font-size:.78rem;font-weight:600;padding:.1rem .5rem;border-radius:99px;background:var(--good-bg);color:var(--good);white-space:nowrap}
.status.partial{background:var(--warn-bg);color:var(--warn)}
.status.broken{background:var(--bad-bg);color:var(--bad)}
.empty{border:1px solid var(--line);border-radius:12px;padding:2.5rem 1.5rem;text-align:center;margin:2.5rem 0 0}
.empty p{margin:.4rem auto}
.empty code{display:inline-block;user-select:all;background:var(--raise);border:1px solid var(--line);border-radius:8px;padding:.6rem 1rem;margin-top:.8rem;font-size:.95rem}
.actions{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.5rem 0 0;padding:0;list-style:none}
.actions a{display:inline-block;border:1px solid var(--line);border-radius:8px;padding:.45rem .9rem;text-decoration:none;font-size:.92rem}
.actions a:hover{background:var(--raise)}
.actions .first{background:var(--ink);color:var(--bg);border-color:var(--ink);font-weight:600}
.actions .first:hover{background:var(--soft)}
@media (max-width:640px){.runs .nowrap{white-space:nowrap}.stack.runs tr{grid-template-columns:1fr}nav{padding:1rem 1rem 0}nav+header{padding-top:1.25rem!important}
.scores li{grid-template-columns:1fr 4rem 4.5rem;gap:.1rem .75rem;padding:.3rem 0}.scores li>:first-child{grid-column:1/-1}}
`
