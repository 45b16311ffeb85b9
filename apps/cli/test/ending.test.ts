import { sampleReport } from '@bench/report/testing'
import type { EndReason } from '@bench/runner'
import type { RunPlan } from '@bench/runner/record'
import { expect, test } from 'vitest'
import { endCode, endingWords, resumeCommand } from '../src/bench/ending.js'
import type { BenchOptions } from '../src/bench/options.js'

const { models, plan } = sampleReport({ models: { 'a:one': ['pass', 'wrong_answer', 'not_run', 'not_run'] } })

function ending(reason: EndReason, options: Partial<BenchOptions> = {}, interrupted?: 130 | 143) {
  const asked: BenchOptions = {
    repeats: 1,
    output: './bench-results',
    export: 'both',
    preflight: true,
    ...options,
  }
  const folder = { dir: `bench-results/${plan.run}`, plan: plan satisfies RunPlan }
  return { reason, folder, options: asked, models, interrupted, unjudged: 0 }
}

const quiet = () => undefined

test.each([
  ['budget', { maxCost: 5 }, 6, 'at its cap of $5.00: PARTIAL, 2 of 4 attempts not run', ' --max-cost 12'],
  ['time', { maxTime: 600 }, 6, 'at its time of 10m00s: PARTIAL, 2 of 4 attempts not run', ''],
  ['errors', { maxErrors: 3 }, 3, /^at its number of infrastructure errors, .*: PARTIAL, 2 of 4/, ''],
  ['stopped', {}, 4, /^with models that could be asked no further: PARTIAL/, ''],
] as const)(
  'by %s: why, what was not run, how to go on, the exit code',
  (reason, options, code, words, more) => {
    const end = ending(reason, options)
    expect(endingWords(end)).toMatch(words)
    expect(resumeCommand(end)).toBe(`bench resume ${plan.run}${more}`)
    expect(endCode(end, quiet)).toBe(code)
  },
)

test('an interrupt comes before all else', () => {
  expect(endCode(ending('budget', { maxCost: 5 }, 130), quiet)).toBe(130)
  expect(endCode(ending('interrupted', {}, 143), quiet)).toBe(143)
  expect(endingWords(ending('interrupted', {}, 130))).toBe('by Ctrl-C: PARTIAL, 2 of 4 attempts not run')
  expect(endingWords({ ...ending('interrupted', {}, 143), unjudged: 3 })).toBe(
    'by SIGTERM: PARTIAL, 2 of 4 attempts not run, 3 with a reply that is not judged yet',
  )
})

test('a complete run has nothing to add, and is gated', () => {
  expect(endingWords(ending('complete'))).toBeUndefined()
  expect(endCode(ending('complete', { failUnder: 51 }), quiet)).toBe(1)
  expect(endCode(ending('complete', { failUnder: 50 }), quiet)).toBe(0)
})

test('the command that goes on names what the plan does not keep, as a shell takes it', () => {
  const options = {
    endpoint: 'http://localhost:1/v1',
    replies: "it's here.jsonl",
    price: ['a:b=1/2', 'c:d=3/4'],
  }
  expect(resumeCommand(ending('interrupted', options))).toBe(
    `bench resume ${plan.run} --endpoint http://localhost:1/v1 --replies 'it'\\''s here.jsonl' --price a:b=1/2,c:d=3/4`,
  )
  const session = {
    concurrency: { start: 4, max: 64 },
    requestDelay: 250,
    failUnder: 80,
    cacheDir: './my cache',
  }
  expect(resumeCommand(ending('interrupted', session))).toBe(
    `bench resume ${plan.run} --concurrency 4-64 --request-delay 250 --cache-dir './my cache' --fail-under 80`,
  )
  expect(resumeCommand(ending('interrupted', { concurrency: 3 }))).toBe(
    `bench resume ${plan.run} --concurrency 3`,
  )
  const elsewhere = { ...ending('time'), folder: { dir: '/tmp/my runs/r', plan } }
  expect(resumeCommand(elsewhere)).toBe("bench resume '/tmp/my runs/r'")
})

test('the cap to go on with is above what was spent, where that is more than the cap', () => {
  const options = { maxCost: 1 }
  const [model] = ending('budget').models
  const dear = { ...ending('budget', options), models: [{ ...model!, costUsd: 10 }] }
  // Two of four were made for $10: the whole comes to 20, and a fifth to spare.
  expect(resumeCommand(dear)).toBe(`bench resume ${plan.run} --max-cost 24`)
})

test('a reply that waits for its verdict is no failure', () => {
  const late = sampleReport({ models: { 'a:one': ['pass', 'infra', 'infra', 'infra'] } }).models
  const end = { ...ending('time', { maxTime: 3 }), models: late }
  expect(endCode({ ...end, unjudged: 3 }, quiet)).toBe(6)
  expect(endCode({ ...end, unjudged: 2 }, quiet)).toBe(3)
})
