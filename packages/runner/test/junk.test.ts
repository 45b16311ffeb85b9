import { defineModel, type Model } from '@bench/providers'
import type { Score } from '@bench/scorers'
import { afterEach, expect, test, vi } from 'vitest'
import { defineSolver, openGauge, readRecords, type Solution } from '../src/index.js'
import type { Line } from '../src/record/index.js'
import { echoed, echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** What modules of somebody else give that is not what the seams ask for: our fault, told, and no line that nobody can read. */

const fine = {
  text: 'say 0',
  finish: 'stop' as const,
  usage: { input: 1 },
  timing: { startedAt: '2026-11-21T07:00:00.000Z', totalMs: 1 },
  tries: 1,
  warnings: [],
}

const course = { iterations: 1, endedBy: 'reply' }

const completions: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'say 0'],
  ['a text alone', { text: 'say 0' }],
  ['no text', { ...fine, text: 5 }],
  ['tokens below zero', { ...fine, usage: { input: -5 } }],
  ['half a token', { ...fine, usage: { output: 1.5 } }],
  ['tokens that are no number', { ...fine, usage: { input: Number.NaN } }],
  ['a cost below zero', { ...fine, cost: { usd: -3, source: 'x' } }],
  ['an endless cost', { ...fine, cost: { usd: Number.POSITIVE_INFINITY, source: 'x' } }],
  ['no timing', { ...fine, timing: undefined }],
  ['time below zero', { ...fine, timing: { ...fine.timing, totalMs: -1 } }],
  ['an end of its own', { ...fine, finish: 'done' }],
  ['a warning that is no list', { ...fine, warnings: 'slow' }],
  ['calls without names', { ...fine, toolCalls: [{ id: 'a' }] }],
]

const solutions: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['no completion', { completions: [] }],
  ['completions that are no list', { completions: 'say 0' }],
  ...completions.map(([what, one]): [string, unknown] => [`a completion of ${what}`, { completions: [one] }]),
  ['a course below zero', { completions: [fine], course: { ...course, iterations: -1 } }],
  ['a course that JSON has no word for', { completions: [fine], course: { ...course, iterations: 1n } }],
  ['an efficiency of 7', { completions: [fine], course: { ...course, efficiency: 7 } }],
  ['a warning that is a number', { completions: [fine], warnings: [5] }],
  ['an answer that is a text', { completions: [fine], answer: 'say 0' }],
  ['an answer without text', { completions: [fine], answer: { text: 5 } }],
]

const scores: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['an outcome of its own', { outcome: 'great', value: 1 }],
  ['not_run', { outcome: 'not_run', value: 0 }],
  ['unjudged', { outcome: 'unjudged', value: 1 }],
  ['a detail that is a text', { outcome: 'pass', value: 1, detail: 'yes' }],
  ['a detail that JSON has no word for', { outcome: 'pass', value: 1, detail: { n: 1n } }],
  ['no verdict, and such a detail', { outcome: 'infra', value: null, detail: { n: 1n } }],
  ['half a tally', { outcome: 'pass', value: 1, tallies: { parts: [1] } }],
  ['a tally that is no number', { outcome: 'pass', value: 1, tallies: { parts: [Number.NaN, 1] } }],
]

async function linesOf(more: Partial<Parameters<typeof runIn>[1]>) {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(2)
  const settings = { dir: dir.path, tasks, model: httpModel(server.url), ...more }
  const events = await runIn(planOf(tasks), settings)
  expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
  const lines: Line[] = []
  for await (const line of readRecords(dir.path)) lines.push(line)
  return lines
}

test.each(completions)('a model that gives %s has given nothing', async (_, given) => {
  const model = defineModel({ id: 'test:model', generate: async () => given as typeof fine } as Model)
  const lines = await linesOf({ model })
  expect(lines).toHaveLength(2)
  for (const line of lines)
    expect(line).toMatchObject({
      what: 'infra',
      error: { code: 'malformed', message: expect.stringMatching(/^what generate of test:model gave is no/) },
    })
})

test.each(solutions)('a solver that gives %s has given nothing', async (_, given) => {
  const solver = defineSolver({ name: 'single', solve: async () => given as Solution })
  const lines = await linesOf({ solver })
  expect(lines).toHaveLength(2)
  for (const line of lines)
    expect(line).toMatchObject({
      what: 'infra',
      error: {
        code: 'internal',
        message: expect.stringMatching(/^what solver single gave is no solution: /),
      },
    })
})

test.each(scores)('a scorer that gives %s has given nothing', async (_, given) => {
  const scorer = { ...echoed.create({ name: 'echoed' }), score: async () => given as Score }
  const lines = await linesOf({ scorer: async () => scorer })
  expect(lines.filter(({ kind }) => kind === 'attempt')).toHaveLength(2)
  const verdicts = lines.filter((line) => line.kind === 'score')
  expect(verdicts).toHaveLength(2)
  for (const line of verdicts)
    expect(line).toMatchObject({ outcome: 'infra', value: null, detail: { error: expect.any(String) } })
})

const never = new Promise<never>(() => undefined)
afterEach(() => void vi.useRealTimers())

test.each([
  ['model', { model: { id: 'test:model', generate: () => never } }],
  ['solver', { solver: defineSolver({ name: 'single', solve: () => never }) }],
  ['scorer', { scorer: async () => ({ ...echoed.create({ name: 'echoed' }), score: () => never }) }],
])('a %s that never ends, and does not listen, holds up no interrupt', async (what, more) => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(1)
  const stop = new AbortController()
  const gauge = openGauge()
  const settings = { dir: dir.path, tasks, model: httpModel(server.url), gauge, signal: stop.signal, ...more }
  const running = runIn(planOf(tasks), settings)
  await vi.waitFor(() => expect(what === 'scorer' ? gauge.judging : gauge.asking).toBe(1))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  stop.abort()
  await vi.advanceTimersByTimeAsync(5000)
  expect((await running).at(-1)).toEqual({ type: 'end', reason: 'interrupted' })
})
