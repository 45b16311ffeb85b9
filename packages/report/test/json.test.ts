import { format, formatNames } from '@bench/report'
import { hostileReport, sampleReport, written } from '@bench/report/testing'
import { describe, expect, it } from 'vitest'

const json = await format('results-json')

describe('results.json', () => {
  it('has the contracted keys in order, several models joined and named in each row', async () => {
    const report = sampleReport({
      models: { 'a:one': ['pass', 'infra', 'timeout', 'not_run'], 'b:two': ['wrong_answer'] },
      replies: { h: 'the reply' },
      row: (row) => (row.outcome === 'pass' ? { ...row, reply: 'h' } : row),
    })
    const file = JSON.parse(await written(json, report))
    expect(Object.keys(file).slice(0, 5)).toEqual([
      ...['dataset_name', 'provider_name', 'total_tests', 'timestamp', 'summary'],
    ])
    expect(file.provider_name).toBe('a:one, b:two')
    expect(file.summary).toMatchObject({
      total: 5,
      succeeded: 2,
      failed: 1,
      timeout: 1,
      skipped: 1,
      success_rate: 0.4,
    })
    expect(file.summary).toMatchObject({
      avg_duration_ms: 4000,
      p50_ms: 4000,
      p99_ms: 4000,
      total_tokens: 1000,
    })
    expect(file.summary.total_cost).toBeCloseTo(0.0102)
    expect(file.partial).toBe(true)
    expect(file.models[0]).toMatchObject({ model: 'a:one', n: 1, score: 1, planned: 4 })
    expect(file.results[0]).toMatchObject({
      test_id: 'task-001',
      model: 'a:one',
      status: 'Success',
      response: 'the reply',
    })
    expect(file.results[2]).toMatchObject({ status: 'Failure', score: null, duration_ms: null })
    expect(file.results[2]).not.toHaveProperty('response')
    expect(file.results[2]).not.toHaveProperty('cost')
    expect(file.results[1].model).toBe('b:two')
  })

  it('tells what the cache saved: nothing where it gave nothing, unknown where nobody knows the price', async () => {
    const report = sampleReport({ models: { 'a:one': ['pass'] } })
    const saved = async (more: { readonly cached?: number; readonly savedUsd?: number }) => {
      const models = report.models.map((model) => ({ ...model, ...more }))
      const { summary, models: told } = JSON.parse(await written(json, { ...report, models }))
      return [summary.saved_cost, told[0].saved_cost]
    }
    expect(await saved({})).toEqual([0, 0])
    expect(await saved({ cached: 1, savedUsd: 0.5 })).toEqual([0.5, 0.5])
    expect(await saved({ cached: 1 })).toEqual([null, null])
  })

  it('tells of an attempt that was never recorded what is known, and no more', async () => {
    const report = sampleReport({
      models: { 'a:one': ['not_run'] },
      row: ({ task, model, repeat, outcome, status }) => ({
        key: '',
        task,
        model,
        repeat,
        outcome,
        status,
        value: null,
        ended: '',
      }),
    })
    const file = JSON.parse(await written(json, report))
    expect(file.timestamp).toBe(report.plan.created)
    expect(file.results).toEqual([
      {
        ...{
          test_id: 'task-001',
          category: null,
          status: 'Skipped',
          error: null,
          duration_ms: null,
          timestamp: null,
        },
        ...{ model: 'a:one', repeat: 0, outcome: 'not_run', score: null },
      },
    ])
  })

  it('gives unknown as null, never as zero', async () => {
    const { summary } = JSON.parse(await written(json, sampleReport({ models: { 'a:one': ['infra'] } })))
    expect(summary).toMatchObject({
      total_cost: null,
      total_tokens: null,
      avg_duration_ms: null,
      p95_ms: null,
    })
    const empty = JSON.parse(await written(json, sampleReport({ models: {} })))
    expect(empty).toMatchObject({ total_tests: 0, results: [], summary: { success_rate: null } })
  })

  it('parses whatever the text, and gives it back unchanged', async () => {
    const report = hostileReport()
    const file = JSON.parse(await written(json, report))
    expect(file.results.map((row: { test_id: string }) => row.test_id)).toEqual(
      Array.from(report.rows, (row) => row.task),
    )
  })

  it('writes 50,000 rows in small pieces, reading one reply at a time', async () => {
    const report = sampleReport({
      models: { 'a:one': Array(50_000).fill('pass') },
      row: (row) => ({ ...row, reply: 'h' }),
    })
    let [open, most, longest, bytes] = [0, 0, 0, 0]
    const reply = async () => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      return 'r'.repeat(1000)
    }
    await json.write(
      { ...report, reply },
      {
        write(chunk) {
          longest = Math.max(longest, chunk.length)
          bytes += chunk.length
        },
      },
    )
    expect(most).toBe(1)
    expect(longest).toBeLessThan(10_000)
    expect(bytes).toBeGreaterThan(50_000 * 1000)
  })

  it('writes 50,000 CSV rows in small pieces', async () => {
    const report = sampleReport({ models: { 'a:one': Array(50_000).fill('pass') } })
    let longest = 0
    await (await format('csv')).write(report, {
      write(chunk) {
        longest = Math.max(longest, chunk.length)
      },
    })
    expect(longest).toBeLessThan(100_000)
  })
})

describe('formats', () => {
  it('names the nearest format of an unknown one', async () => {
    await expect(format('htm')).rejects.toThrow("there is no report format 'htm'; did you mean 'html'?")
    await expect(format('__proto__')).rejects.toThrow('there is no report format')
  })

  it('has one adapter file per name', async () => {
    const { readdir } = await import('node:fs/promises')
    const files = await readdir(new URL('../src/adapters', import.meta.url))
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual([...formatNames].sort())
  })

  it('has no two formats with one file name', async () => {
    const files = await Promise.all(formatNames.map(async (name) => (await format(name)).file))
    expect(new Set(files).size).toBe(files.length)
  })
})
