import { format, notRun, styles, verdict } from '@bench/report'
import { RunnerError } from '@bench/runner'
import type { ModelSummary, RunPlan } from '@bench/runner/record'
import { type Context, Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { stream } from 'hono/streaming'
import { allowHosts } from './hosts.js'
import { dashboardStyle, messagePage } from './pages/layout.js'
import { listPage } from './pages/list.js'
import { runPage } from './pages/run.js'
import type { Runs } from './runs.js'

export interface AppOptions {
  readonly runs: Runs
  /** Where the runs come from, in words for the page. */
  readonly source: string
  /** Names this server is reached by besides the loopback ones. */
  readonly hosts?: readonly string[]
}

/** Runs listed at most. */
const shown = 100

/** The web view of runs. Reads only; every page is made on the server and holds no script. */
export function createApp({ runs, source, hosts }: AppOptions): Hono {
  const app = new Hono()
  app.use(allowHosts(hosts))
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ['data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
    }),
  )

  app.get('/', async (c) => {
    const { entries, total } = await runs.list(shown)
    return c.html(listPage(entries, total, source))
  })

  app.get('/runs/:id', async (c) => {
    await using run = await runs.open(c.req.param('id'))
    return run === undefined ? missing(c) : c.html(runPage(c.req.param('id'), run.report))
  })

  app.get('/runs/:id/report.html', async (c) => {
    const run = await runs.open(c.req.param('id'))
    if (run === undefined) return missing(c)
    c.header('Content-Type', 'text/html; charset=utf-8')
    return stream(c, async (out) => {
      await using open = run
      const html = await format('html')
      await html.write(open.report, { write: async (chunk) => void (await out.write(chunk)) })
    })
  })

  app.get('/style.css', (c) =>
    c.body(styles + dashboardStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  )

  app.get('/api/health', (c) => c.json({ status: 'ok' }))

  app.get('/api/runs', async (c) => {
    const { entries, total } = await runs.list(shown)
    return c.json({
      total,
      runs: entries.map((entry) =>
        'error' in entry ? entry : { id: entry.id, ...runJson(entry.plan, entry.models) },
      ),
    })
  })

  app.get('/api/runs/:id', async (c) => {
    await using run = await runs.open(c.req.param('id'))
    if (run === undefined) return missing(c)
    const { plan, models } = run.report
    return c.json({ id: c.req.param('id'), ...runJson(plan, models), verdict: verdict(run.report), plan })
  })

  app.notFound((c) => missing(c))

  app.onError((error, c) => {
    // What a person can mend is said; anything else stays on this side.
    if (!(error instanceof RunnerError)) console.error(error)
    const text =
      error instanceof RunnerError
        ? error.message
        : 'Something went wrong here; the server’s own output says what.'
    return isApi(c) ? c.json({ error: text }, 500) : c.html(messagePage('This cannot be shown', text), 500)
  })

  return app
}

const isApi = (c: Context): boolean => c.req.path.startsWith('/api/')

function missing(c: Context) {
  const text = 'There is nothing at this address: the run may have been removed, or its folder is another.'
  return isApi(c) ? c.json({ error: text }, 404) : c.html(messagePage('Not found', text), 404)
}

/** Scores are 0–1; an unknown value is absent. */
const runJson = (plan: RunPlan, models: readonly ModelSummary[]) => ({
  created: plan.created,
  dataset: { name: plan.dataset.name, version: plan.dataset.version, hash: plan.dataset.hash },
  status: notRun(models, plan).missing > 0 ? 'partial' : 'complete',
  models,
})
