import { summaryTable } from '@bench/report'
import { sampleReport } from '@bench/report/testing'
import { expect, it } from 'vitest'
import { tallyWords } from '../src/display.js'

const report = sampleReport({
  models: { 'ollama:qwen3:8b': ['pass', 'wrong_answer'] },
  summary: (summary) => ({
    ...summary,
    tallies: { 'prompt loose': [2, 2], 'instruction\u001b[2J strict': [5, 7], never: [0, 0] },
  }),
})

it('tallies are said in words: a share of 100 and of how many', () => {
  expect(tallyWords({ tallies: { 'prompt loose': [474, 541] } })).toBe('prompt loose 87.6 of 541')
  expect(tallyWords({})).toBe('')
})

it('the table at the run’s end has them under it, safe for a terminal', () => {
  const table = summaryTable(report, { width: 120 })
  expect(table).toContain(' ollama:qwen3:8b: prompt loose 100.0 of 2, instruction')
  expect(table).toContain('strict 71.4 of 7, never – of 0\n')
  expect(table).not.toContain('\u001b')
})

it('what is self-judged is told beside the score, with how to count it', () => {
  const selfJudged = sampleReport({
    models: { 'ollama:qwen3:8b': ['pass', 'wrong_answer'] },
    summary: (summary) => ({ ...summary, n: 1, selfJudged: 1 }),
  })
  expect(summaryTable(selfJudged, { width: 120 })).toContain(
    'ollama:qwen3:8b: 1 self-judged (counted with --allow-self-judged), left out of n',
  )
})
