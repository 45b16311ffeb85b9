import { clean, cleanBlock, format } from '@bench/report'
import { hostileReport, hostileStrings, sampleReport, written } from '@bench/report/testing'
import type { AttemptOutcome } from '@bench/runner/record'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, noBrowser, visit } from './browser.js'

const page = await format('html')

/** `n` attempts of which every third fails in a way of its own. */
const mixed = (n: number): AttemptOutcome[] =>
  Array.from({ length: n }, (_, i) =>
    i % 3 === 0 ? (['runtime', 'wrong_answer', 'syntax'] as const)[i % 9 ? 1 : 0] : 'pass',
  )

describe('report.html', () => {
  it('escapes every place a string can stand in', async () => {
    const text = await written(page, hostileReport())
    expect(text.match(/<(script|img|iframe|object|embed|link rel=.?stylesheet|svg onload)/gi)).toBeNull()
    expect(text).toContain('&lt;script&gt;')
  })

  it('holds 600 attempts with long replies in 1.6 MB', async () => {
    const reply = `${'def solve(xs):\n    return "<&>" * len(xs)  # é\n'.repeat(200)}`
    const report = sampleReport({
      models: { 'a:one': Array(300).fill('wrong_answer'), 'b:two': Array(300).fill('runtime') },
      replies: { r: reply },
      row: (row) => ({ ...row, reply: 'r', detail: { expected: reply, got: reply, stderr: reply } }),
    })
    const text = await written(page, report)
    expect(Buffer.byteLength(text)).toBeLessThan(1_600_000)
    expect(text).toContain('First 200 of 600 failures')
    expect(text).toContain('b:two')
    expect(text).toContain('left out; they are in responses/')
  })

  it('shows failures of every model when the cap bites', async () => {
    const report = sampleReport({
      models: { 'a:one': Array(400).fill('syntax'), 'b:two': ['runtime', 'pass'] },
    })
    const text = await written(page, report)
    expect(text.match(/<details class="fail">/g)).toHaveLength(200)
    expect(text).toContain('1 of 2 did not pass')
  })

  it('calls no run partial whose intervals are as narrow as was asked for, and says what was not run', async () => {
    const models = { 'a:one': [...Array(50).fill('pass'), 'not_run', 'not_run'] }
    const enough = await written(page, sampleReport({ models, plan: { untilCi: 5 } }))
    expect(enough).not.toContain('PARTIAL')
    expect(enough).toContain('2 attempts not run: the scores are known to ±5 without.')
    expect(await written(page, sampleReport({ models, plan: { untilCi: 1 } }))).toContain('PARTIAL')
  })

  it('says PARTIAL of a partial run and not of a whole one', async () => {
    expect(await written(page, sampleReport({ models: { 'a:one': ['pass', 'not_run'] } }))).toContain(
      '<strong>PARTIAL</strong> 1 of 2 attempts not run',
    )
    expect(await written(page, sampleReport({ models: { 'a:one': ['pass'] } }))).not.toContain('PARTIAL')
  })

  it('says UNPROTECTED loudly where the driver does not isolate', async () => {
    const sandbox = { driver: 'process', version: '1', isolates: false, runtimes: {}, notes: [] }
    const text = await written(page, sampleReport({ models: { 'a:one': ['pass'] }, plan: { sandbox } }))
    expect(text).toContain('<strong>UNPROTECTED</strong>')
  })

  it('draws score against cost only from two priced models on', async () => {
    const models = { 'a:one': mixed(9), 'b:two': mixed(9) }
    expect(await written(page, sampleReport({ models }))).toContain('Score against cost')
    const unpriced = sampleReport({
      models,
      summary: ({ costUsd: _, ...summary }) => ({ ...summary, unpriced: 9 }),
    })
    expect(await written(page, unpriced)).not.toContain('Score against cost')
  })

  it('names seed 0', async () => {
    expect(await written(page, sampleReport({ models: {}, plan: { sample: { n: 10, seed: 0 } } }))).toContain(
      '10 drawn with seed 0',
    )
  })
})

describe.skipIf(noBrowser() !== undefined)('report.html in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  for (const width of [375, 1200]) {
    it(`runs nothing, asks for nothing and shows hostile text as text at ${width} px`, async () => {
      const seen = await visit(browser, await written(page, hostileReport()), width)
      expect(seen.requests).toEqual([])
      expect(seen.complaints).toEqual([])
      expect(seen.hit).toBeUndefined()
      expect(seen.active).toBe(0)
      expect(seen.sideways).toBeLessThanOrEqual(0)
      const flat = (text: string) => text.replace(/\s+/g, '')
      const shown = flat(seen.text)
      const missing = hostileStrings.filter(
        (text) => ![clean(text), cleanBlock(text)].some((safe) => shown.includes(flat(safe).slice(0, 2000))),
      )
      expect(missing).toEqual([])
    })
  }

  it.each([375, 700, 1000])('fits %i px with many models, long names and every outcome', async (width) => {
    const models = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`provider-${i}:${'long-model-name-'.repeat(6)}${i}`, mixed(30)]),
    )
    const seen = await visit(browser, await written(page, sampleReport({ models, repeats: 3 })), width)
    expect(seen.sideways).toBeLessThanOrEqual(0)
    expect(seen.complaints).toEqual([])
  })
})
