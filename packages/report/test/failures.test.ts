import { reasonOf } from '@bench/report'
import { sampleReport } from '@bench/report/testing'
import type { AttemptOutcome, ReportRow } from '@bench/runner/record'
import { expect, it } from 'vitest'
import { evidence } from '../src/failures.js'

const row = (outcome: AttemptOutcome, detail?: ReportRow['detail'], error?: string): ReportRow => {
  const [made] = sampleReport({ models: { 'a:one': [outcome] } }).rows as [ReportRow]
  return { ...made, ...(detail && { detail }), ...(error !== undefined && { error }) }
}

it.each([
  [
    'a failing case',
    { passed: 2, total: 10, failed: { case: 3, input: '[1]', expected: '4', got: '5' } },
    'case 3 of 10: expected 4, got 5',
  ],
  [
    'an exception in a case',
    { total: 2, failed: { case: 1, error: 'KeyError: 3' } },
    'case 1 of 2: KeyError: 3',
  ],
  ['a failed assertion', { error: 'AssertionError', at: 'line 3' }, 'AssertionError'],
  [
    'an assertion and what came back',
    { error: "AssertionError: assert f('ab') == 'aba'", got: "'abab'" },
    "got 'abab': assert f('ab') == 'aba'",
  ],
  ['an answer that was not found', { expected: ['B'], got: null }, 'expected ["B"], got nothing'],
  ['a wanted word', { expected: 'yes' }, 'expected yes'],
  ['instructions', { failed: ['at least 3 words', 'no comma'], checks: 4 }, 'at least 3 words; no comma'],
  ['a falsy value', { expected: 0, got: false }, 'expected 0, got false'],
  ['nothing', undefined, 'wrong answer'],
])('says why: %s', (_, detail, reason) => expect(reasonOf(row('wrong_answer', detail))).toBe(reason))

it('says that a reply was cut off rather than what was expected of it', () => {
  expect(reasonOf(row('truncated', { expected: '4', got: '' }))).toBe('reply was cut off')
})

it('prefers what the provider said', () => {
  expect(reasonOf(row('infra', undefined, '529 overloaded'))).toBe('529 overloaded')
})

it('shortens what is long', () => {
  expect(reasonOf(row('wrong_answer', { expected: 'x'.repeat(1000), got: 'y' })).length).toBeLessThan(100)
})

it('keeps all else by name, but for the times of single cases', () => {
  expect(
    evidence(
      row('wrong_answer', {
        passed: 1,
        total: 2,
        case_ms: [1, 2],
        rule: 'fence',
        failed: { case: 2, input: '[]' },
      }),
    ),
  ).toEqual({
    where: 'case 2 of 2',
    others: [
      ['passed', '1 of 2'],
      ['rule', 'fence'],
      ['input', '[]'],
    ],
  })
})
