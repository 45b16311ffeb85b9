import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** Why there is no browser; undefined where there is one. In CI a missing browser is a failure, not a skip. */
export function noBrowser(): string | undefined {
  if (existsSync(executablePath)) return undefined
  const reason = `${executablePath} is missing: apt-get install chromium`
  if (process.env.CI) throw new Error(reason)
  console.log(`skipped: ${reason}`)
  return reason
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
    ],
  })

export interface Visit {
  /** Everything asked for besides the page itself. */
  readonly requests: string[]
  readonly complaints: string[]
  readonly text: string
  readonly sideways: number
  /** Elements that could act: there must be none. */
  readonly active: number
  /** What a script that ran would have left behind. */
  readonly hit: unknown
}

/** Opens a page from disk, unfolds all of it, moves over it, and tells what happened. */
export async function visit(browser: Browser, page: string, width: number): Promise<Visit> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-report-'))
  const file = join(folder, 'report.html')
  await writeFile(file, page)
  const tab = await browser.newPage({ viewport: { width, height: 900 } })
  try {
    const requests: string[] = []
    const complaints: string[] = []
    const own = pathToFileURL(file).href
    tab.on('request', (request) => {
      if (request.url() !== own && request.url() !== 'data:,') requests.push(request.url())
    })
    tab.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
    tab.on('pageerror', (error) => complaints.push(String(error)))
    tab.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    await tab.goto(own)
    await tab.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
    const seen = await tab.evaluate(probe)
    return { requests, complaints, ...(seen as Omit<Visit, 'requests' | 'complaints'>) }
  } finally {
    await tab.close()
    await rm(folder, { recursive: true })
  }
}

/** Runs in the page, which is why it is source: this package is typed without the DOM. */
const probe = `({
  text: document.body.innerText,
  sideways: document.documentElement.scrollWidth - window.innerWidth,
  active: document.querySelectorAll('script,iframe,object,embed,link[rel=stylesheet],img,form,input,video,base,animate').length
    + [...document.querySelectorAll('*')].filter((element) =>
      [...element.attributes].some((attribute) => attribute.name.startsWith('on') || /^\\s*javascript:/i.test(attribute.value))
    ).length,
  hit: window.__hit,
})`
