import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { createApp } from '../src/app.js'
import { localRuns } from '../src/local-runs.js'
import { emptyFolder, record } from './folder.js'

const executablePath = '/usr/bin/chromium'

/** In CI a missing browser is a failure, not a skip. */
function noBrowser(): boolean {
  if (existsSync(executablePath)) return false
  const reason = `${executablePath} is missing: apt-get install chromium`
  if (process.env.CI) throw new Error(reason)
  console.log(`skipped: ${reason}`)
  return true
}

it.skipIf(noBrowser())(
  'shows lists, runs and reports in Chromium: no complaint, no foreign request, no sideways scroll',
  async () => {
    await using folder = await emptyFolder()
    const long = `provider:${'a-very-long-model-name-'.repeat(5)}`
    const hostile = '"><img src=x onerror="window.__hit=1">'
    const models = {
      [long]: ['pass', 'syntax'],
      'b:two': ['pass'],
      [`x:${hostile}`]: ['runtime', 'pass'],
    } as const
    await record(folder.path, { run: 'one', created: '2026-11-20T07:15:00.000Z', models, reply: hostile })
    const app = createApp({ runs: localRuns(folder.path), source: folder.path })
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
    await new Promise((resolve) => server.once('listening', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const browser = await chromium.launch({
      executablePath,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
        ...['--disable-background-networking', '--disable-component-update'],
      ],
    })
    try {
      for (const width of [375, 1200]) {
        const tab = await browser.newPage({ viewport: { width, height: 800 } })
        const complaints: string[] = []
        tab.on('console', (message) => complaints.push(message.text()))
        tab.on('pageerror', (error) => complaints.push(String(error)))
        tab.on('request', (sent) => {
          if (!sent.url().startsWith(`${origin}/`) && !sent.url().startsWith('data:'))
            complaints.push(sent.url())
        })
        for (const path of ['/', '/runs/one', '/runs/one/report.html']) {
          await tab.goto(origin + path)
          const seen = await tab.evaluate(
            '[document.documentElement.scrollWidth - innerWidth, window.__hit ?? null]',
          )
          expect([path, seen]).toEqual([path, [0, null]])
          expect(await tab.locator('body').textContent()).toContain('<img src=x')
        }
        expect(complaints).toEqual([])
        await tab.goto(`${origin}/`)
        await tab.getByRole('link', { name: '2026-11-20' }).click()
        await tab.getByRole('link', { name: 'Full report' }).click()
        expect(new URL(tab.url()).pathname).toBe('/runs/one/report.html')
        await tab.close()
      }
    } finally {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
    }
  },
)
