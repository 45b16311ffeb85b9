import { type AttemptOutcome, outcomes } from '@bench/runner/record'
import { describe, expect, it } from 'vitest'
import type { Report, ReportFormat } from './spec.js'
import { hostileReport } from './testing/hostile.js'
import { sampleReport } from './testing/sample.js'

export { hostileReport, hostileStrings } from './testing/hostile.js'
export { type Sample, sampleReport } from './testing/sample.js'

/** Reports that a format must survive; each is small. */
const survive: Readonly<Record<string, () => Report>> = {
  'no model and no row': () => sampleReport({ models: {} }),
  'a model without a row': () => sampleReport({ models: { 'a:one': [] } }),
  'all infra': () => sampleReport({ models: { 'a:one': ['infra', 'infra'] } }),
  partial: () => sampleReport({ models: { 'a:one': ['pass', 'not_run', 'timeout'], 'b:two': ['pass'] } }),
  'every outcome': () =>
    sampleReport({ models: { 'a:one': Object.keys(outcomes) as AttemptOutcome[], 'b:two': ['pass'] } }),
  hostile: hostileReport,
}

/** All that a format writes, as one string. */
export async function written(format: ReportFormat, report: Report): Promise<string> {
  let text = ''
  await format.write(report, {
    write(chunk) {
      text += chunk
    },
  })
  return text
}

export interface Skips {
  /** Name of the check → why it does not apply. */
  readonly skip?: { readonly 'control characters'?: string }
}

/** The conformance suite of a report format. */
export function testFormat(name: string, format: ReportFormat, { skip = {} }: Skips = {}): void {
  describe(`format ${name}`, () => {
    it('has a plain file name', () => {
      expect(format.file).toMatch(/^[a-z0-9-]+\.[a-z0-9]+$/)
    })

    for (const [kind, make] of Object.entries(survive)) {
      it(`writes a report: ${kind}`, async () => {
        const text = await written(format, make())
        expect(text).not.toBe('')
        expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/)
      })
    }

    it('writes the same twice', async () => {
      const report = survive.partial?.() as Report
      expect(await written(format, report)).toBe(await written(format, report))
    })

    it('waits for the file before it writes on', async () => {
      let busy = false
      await format.write(survive.partial?.() as Report, {
        async write() {
          expect(busy).toBe(false)
          busy = true
          await new Promise((resolve) => setImmediate(resolve))
          busy = false
        },
      })
      expect(busy).toBe(false)
    })

    it('never shows an unknown cost as zero', async () => {
      const report = sampleReport({
        models: { 'a:one': ['pass', 'pass'] },
        plan: { models: [{ id: 'a:one' }] },
        row: ({ costUsd: _, ...row }) => row,
        summary: ({ costUsd: _, ...summary }) => ({ ...summary, unpriced: 2 }),
      })
      const text = await written(format, report)
      expect(text).not.toMatch(/\$0(?![.\d])|\$0\.0+\b|"(total_)?cost": ?0\b/)
    })

    const why = skip['control characters']
    it.skipIf(why !== undefined)(
      `lets no control character out${why ? ` (skipped: ${why})` : ''}`,
      async () => {
        const text = await written(format, hostileReport())
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(text.match(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/)?.[0]).toBeUndefined()
      },
    )
  })
}
