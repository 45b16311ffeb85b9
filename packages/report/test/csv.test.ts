import { csv, csvFields, format, ReportError } from '@bench/report'
import { hostileStrings, sampleReport, written } from '@bench/report/testing'
import fc from 'fast-check'
import papa from 'papaparse'
import { describe, expect, it } from 'vitest'

const parse = (text: string) => {
  const { data, errors } = papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  expect(errors).toEqual([])
  return data
}

const errorReport = (errors: readonly string[]) =>
  sampleReport({
    models: { 'a:one': errors.map(() => 'wrong_answer' as const) },
    row: (row, i) => ({ ...row, error: errors[i] as string }),
  })

describe('results.csv', () => {
  it('begins with the ten contracted columns', () => {
    expect(csvFields.slice(0, 10).join()).toBe(
      'test_id,category,status,duration_ms,tokens,cost,model,prompt_length,response_length,error',
    )
  })

  it('gives back every hostile text by papaparse, with formulas made text', async () => {
    const texts = hostileStrings.filter((text) => text !== '')
    const rows = parse(await written(csv(), errorReport(texts)))
    expect(rows.map((row) => row.error)).toEqual(
      texts.map((text) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text)),
    )
  })

  it('lets no cell begin like a formula, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '＝', ''),
        async (text, start) => {
          const [row] = parse(await written(csv({ fields: ['error', 'model'] }), errorReport([start + text])))
          expect(row?.error).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
          expect(row?.error?.replace(/^'/, '')).toBe((start + text).replace(/^'/, ''))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('keeps numbers numbers, negative ones too', async () => {
    const report = sampleReport({
      models: { 'a:one': ['pass'] },
      row: (row) => ({ ...row, costUsd: -0.5, durationMs: 1e21, promptChars: 0 }),
    })
    expect(await written(csv({ fields: ['cost', 'duration_ms', 'prompt_length'] }), report)).toBe(
      'cost,duration_ms,prompt_length\r\n-0.5,1e+21,0\r\n',
    )
  })

  it('leaves unknown cells blank and keeps zero', async () => {
    const report = sampleReport({
      models: { 'a:one': ['pass', 'infra'] },
      row: ({ costUsd: _, ...row }) => row,
    })
    const [first, second] = parse(await written(csv(), report))
    expect(first).toMatchObject({ cost: '', tokens: '500', score: '1', ttft_ms: '' })
    expect(second).toMatchObject({ status: 'Failure', outcome: 'infra', score: '', tokens: '' })
  })

  it('writes the fields asked for, in that order', async () => {
    const text = await written(
      csv({ fields: ['model', 'test_id'] }),
      sampleReport({ models: { 'a:one': ['pass'] } }),
    )
    expect(text).toBe('model,test_id\r\na:one,task-001\r\n')
  })

  it('refuses an unknown field naming the nearest', () => {
    expect(() => csv({ fields: ['duration'] })).toThrow(/no field 'duration'; did you mean 'duration_ms'/)
    expect(() => csv({ fields: ['constructor'] })).toThrow(ReportError)
  })
})

describe('comparison.csv', () => {
  it('has one row per model, best first, with n and interval, unknown cost blank', async () => {
    const report = sampleReport({
      models: { 'a:one': ['pass', 'syntax', 'infra'], 'b:two': ['pass', 'pass', 'not_run'] },
      summary: ({ costUsd, ...summary }) =>
        summary.model === 'a:one' ? summary : { ...summary, costUsd: costUsd ?? 0 },
    })
    const rows = parse(await written(await format('comparison-csv'), report))
    expect(rows).toMatchObject([
      { model: 'b:two', score: '1', n: '2', not_run: '1', infra: '0', high: '1' },
      { model: 'a:one', score: '0.5', n: '2', passed: '1', cost: '', syntax: '1', infra: '1' },
    ])
  })
})
