import { failureList, summaryTable } from '@bench/report'
import { hostileReport, type Sample, sampleReport } from '@bench/report/testing'
import type { AttemptOutcome } from '@bench/runner/record'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { widthOf } from '../src/text.js'

const passes = (passed: number, of: number): AttemptOutcome[] =>
  Array.from({ length: of }, (_, i) => (i < passed ? 'pass' : 'wrong_answer'))

const two = sampleReport({
  models: { 'anthropic:claude-opus-4-5': passes(30, 40), 'ollama:qwen3:8b': passes(12, 40) },
  plan: { models: [{ id: 'anthropic:claude-opus-4-5' }, { id: 'ollama:qwen3:8b', local: true }] },
  summary: (summary) => (summary.model.startsWith('ollama') ? { ...summary, costUsd: 0 } : summary),
})

const lines = (text: string) => text.split('\n').slice(0, -1)

describe('summaryTable', () => {
  it('at 120 columns', () => {
    expect(summaryTable(two, { width: 120 })).toBe(
      [
        ' #  MODEL                      PASS@1 (95 % CI)    N  EASY  MED  HARD  EXT   COST   P50  TOK/S  TOKENS',
        ' 1  anthropic:claude-opus-4-5   75.0 [59.8–85.8]  40   100  100   100    0  $0.20  4.1s     62  20,000',
        ' 2  ollama:qwen3:8b             30.0 [18.1–45.4]  40   100   20     0    0  local  4.1s     62  20,000',
        ' anthropic:claude-opus-4-5 beats ollama:qwen3:8b by 45.0 points (paired p < .001 over 40 shared tasks).',
        '',
      ].join('\n'),
    )
  })

  it('at 80 columns', () => {
    expect(lines(summaryTable(two, { width: 80 }))).toEqual([
      ' #  MODEL               PASS@1 (95 % CI)    N  EASY  MED  HARD  EXT   COST   P50',
      ' 1  anthropi…-opus-4-5   75.0 [59.8–85.8]  40   100  100   100    0  $0.20  4.1s',
      ' 2  ollama:qwen3:8b      30.0 [18.1–45.4]  40   100   20     0    0  local  4.1s',
      ' anthropic:claude-opus-4-5 beats ollama:qwen3:8b by 45.0 points (paired p < .001',
      '   over 40 shared tasks).',
    ])
  })

  it('at 60 columns', () => {
    expect(lines(summaryTable(two, { width: 60 }))).toEqual([
      ' #  MODEL                 PASS@1 (95 % CI)    N   COST   P50',
      ' 1  anthropic…e-opus-4-5   75.0 [59.8–85.8]  40  $0.20  4.1s',
      ' 2  ollama:qwen3:8b        30.0 [18.1–45.4]  40  local  4.1s',
      ' anthropic:claude-opus-4-5 beats ollama:qwen3:8b by 45.0',
      '   points (paired p < .001 over 40 shared tasks).',
    ])
  })

  it('marks a partial run, says what was left out and how far it could have moved the score', () => {
    const report = sampleReport({ models: { 'a:one': [...passes(2, 4), 'infra', 'timeout', 'not_run'] } })
    expect(lines(summaryTable(report))).toEqual(
      expect.arrayContaining([
        ' PARTIAL: 1 of 7 attempts not run.',
        ' a:one: 1 infra, 1 timeout, 1 not run, left out of n; with them the score could',
        '   be 28.6–71.4',
      ]),
    )
  })

  it('counts what was planned and never recorded as not run', () => {
    const report = sampleReport({ models: { 'a:one': passes(3, 3), 'b:two': ['pass'] } })
    expect(summaryTable(report)).toContain('b:two: 2 not run')
  })

  it('shows an unknown cost as unknown, a partly known one as a floor', () => {
    const table = (summary: NonNullable<Sample['summary']>) =>
      summaryTable(sampleReport({ models: { 'a:one': passes(1, 2) }, summary }))
    expect(table(({ costUsd: _, ...summary }) => ({ ...summary, unpriced: 2 }))).not.toMatch(/\$|local/)
    expect(table((summary) => ({ ...summary, costUsd: 2.71, unpriced: 1 }))).toContain('≥$2.71')
  })

  it('shares a rank between models that cannot be told apart', () => {
    const report = sampleReport({
      models: { 'a:one': passes(30, 40), 'b:two': passes(29, 40), 'c:three': passes(5, 40) },
    })
    const ranks = lines(summaryTable(report)).flatMap((line) => /^ (\d) {2}[abc]:/.exec(line)?.[1] ?? [])
    expect(ranks).toEqual(['1', '1', '3'])
    expect(summaryTable(report)).toContain('a:one and b:two cannot be told apart')
  })

  it('says SCORE where scores are more than passes', () => {
    const report = sampleReport({
      models: { 'a:one': passes(1, 2) },
      summary: (summary) => ({ ...summary, score: 0.61 }),
    })
    expect(summaryTable(report)).toContain('SCORE (95 % CI)')
  })

  it('never says 100 of less than all', () => {
    const report = sampleReport({ models: { 'a:one': passes(4999, 5000) } })
    expect(summaryTable(report)).toContain('99.9 [')
  })

  it('says so where there is nothing', () => {
    expect(summaryTable(sampleReport({ models: {} }))).toBe(' No model was asked.\n')
    expect(summaryTable(sampleReport({ models: { 'a:one': ['infra', 'infra'] } }))).toContain(
      'Nothing was scored',
    )
  })

  it('never wraps and lets nothing act, at any width, whatever the names', () => {
    const hostile = hostileReport()
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 200 }), fc.boolean(), (width, unicode) => {
        for (const report of [hostile, two]) {
          for (const text of [
            summaryTable(report, { width, unicode }),
            failureList(report, { width, unicode }),
          ]) {
            expect(text).not.toMatch(/(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
            for (const line of lines(text)) expect(widthOf(line)).toBeLessThanOrEqual(width)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('colours only when asked, and only by SGR', () => {
    const colored = summaryTable(two, { color: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(summaryTable(two))
    expect(colored).not.toBe(summaryTable(two))
  })

  it('needs nothing beyond ASCII where that is asked', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
    expect(summaryTable(two, { unicode: false })).toMatch(/^[\x00-\x7f]*$/)
  })
})

describe('failureList', () => {
  it('lists the first ten with a reason, and says how many there are', () => {
    const report = sampleReport({
      models: { 'a:one': Array(12).fill('runtime') },
      row: (row) => ({ ...row, detail: { message: 'IndexError: list\nindex out of range' } }),
    })
    const listed = lines(failureList(report))
    expect(listed).toHaveLength(11)
    expect(listed[0]).toBe('10 of 12 failures')
    expect(listed[1]).toBe(' runtime  a:one  task-001  IndexError: list index out of range')
  })

  it('tells faults of the provider from answers, and lists them too', () => {
    const report = sampleReport({
      models: { 'a:one': ['infra', 'wrong_answer', 'not_run'] },
      row: (row) => (row.outcome === 'infra' ? { ...row, error: '529 overloaded' } : row),
    })
    expect(lines(failureList(report))).toEqual([
      '2 failures',
      ' wrong_answer  a:one  task-002  wrong answer',
      ' infra         a:one  task-001  529 overloaded',
    ])
  })

  it('is empty where all passed', () => {
    expect(failureList(sampleReport({ models: { 'a:one': ['pass'] } }))).toBe('')
  })
})
