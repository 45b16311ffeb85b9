import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostileReport, sampleReport } from '@bench/report/testing'
import { expect, test } from 'vitest'
import { fitting, writeStepSummary } from '../src/bench/step-summary.js'
import { cli, folder } from './cli.js'

test('a run is appended to what other steps have written, with its score, n, interval, failures and report', async () => {
  await using at = await folder()
  await at.file('summary.md', '# Before\n')
  const questions = [
    { id: 'a', prompt: 'p', expected: 'x' },
    { id: 'b', prompt: 'p', expected: 'y' },
  ]
  await at.file('q.json', JSON.stringify({ name: 'q', version: '1.0.0', test_cases: questions }))
  const path = join(at.path, 'summary.md')
  await cli(['bench', '-d', 'q.json', '-p', 'oracle,null'], {
    cwd: at.path,
    env: { GITHUB_STEP_SUMMARY: path },
  })
  const written = await readFile(path, 'utf8')
  expect(written).toMatch(/^# Before\n## q 1\\?\.0\\?\.0\n/)
  expect(written).toMatch(/\| 1 \| oracle \| 100\.0 \| \d+\.\d–100\.0 \| 2 \|/)
  expect(written).toContain(
    '| Did not pass | oracle | null |\n| :-- | --: | --: |\n| no answer in the reply | 0 | 2 |',
  )
  expect(written).toMatch(/\nReport: `bench-results\/[\w-]+\/report\.html`\n/)
  expect(written).not.toContain('PARTIAL')
})

test('names that would be markup, links or mentions are words', async () => {
  await using at = await folder()
  const path = join(at.path, 'summary.md')
  await writeFile(path, '')
  expect(await writeStepSummary(hostileReport(), 'a`b`.html', path)).toBeUndefined()
  const written = await readFile(path, 'utf8')
  expect(written).not.toMatch(/(?<!\\)<(script|img|a|svg|b)\b/i)
  expect(written).not.toMatch(/(?<!\\)\[[^\]]*(?<!\\)\]\(/)
  expect(written).toContain("Report: `a'b'.html`")
})

test('a partial run says so', async () => {
  await using at = await folder()
  const path = join(at.path, 'summary.md')
  await writeStepSummary(sampleReport({ models: { 'a:one': ['pass', 'not_run'] } }), 'r.html', path)
  expect(await readFile(path, 'utf8')).toContain('**PARTIAL**: 1 of 2 attempts not run.')
})

test('a file that cannot be written is told, and no file is asked for where the variable is empty', async () => {
  await using at = await folder()
  const report = sampleReport({ models: { 'a:one': ['pass'] } })
  expect(await writeStepSummary(report, 'r.html', join(at.path, 'none', 's.md'))).toMatch(
    /cannot be written to/,
  )
  expect(await writeStepSummary(report, 'r.html', '')).toBeUndefined()
})

test('no more is written than GitHub shows, in whole lines', () => {
  const text = '| é |\n'.repeat(100)
  expect(fitting(text, Buffer.byteLength(text))).toBe(text)
  for (let room = 0; room < Buffer.byteLength(text); room++) {
    const cut = fitting(text, room)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(room)
    if (cut !== '') expect(cut).toMatch(/^(\| é \|\n)*\n_Cut here: .*_\n$/)
  }
})
