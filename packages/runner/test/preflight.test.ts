import type { Task } from '@bench/datasets'
import type { SandboxDriver } from '@bench/sandbox'
import { defineScorer, type Scorer } from '@bench/scorers'
import { expect, test } from 'vitest'
import { type PreflightRequest, preflight } from '../src/index.js'
import { echoTasks, tempFolder } from './world.js'

/** The scorer under test opens no box, so that both outcomes can be had without a sandbox. */
const sandbox: SandboxDriver = {
  name: 'none',
  isolates: false,
  kinds: ['io'],
  probe: async () => ({ ok: false, code: 'unsupported', reason: 'a test' }),
  open: () => Promise.reject(new Error('a test opens no box')),
}

let judged = 0
/** Made by hand: one that `defineScorer` makes is never shown an empty reply. */
const running: Scorer = {
  name: 'ran',
  version: '1',
  metrics: [],
  runsCode: true,
  score: async ({ task, completion }) => {
    judged++
    if (task.metadata?.broken === true) throw new Error('the judge fell over')
    const pass = task.metadata?.lax === true || completion.text === task.prompt
    return { outcome: pass ? 'pass' : 'wrong_answer', value: Number(pass) }
  },
}

const check = (tasks: readonly Task[], more: Partial<PreflightRequest> = {}) => {
  judged = 0
  return preflight({ tasks: () => tasks, scorer: async () => running, sandbox, ...more })
}
const code = (n: number): Task[] => echoTasks(n, { scorers: [{ name: 'ran' }] })
const bad = (more: Partial<Task>): Task[] => [...code(5), { ...code(1)[0]!, id: 'bad', ...more }]

test('references that pass and an empty reply that does not: all is well', async () => {
  const told: string[] = []
  const result = await check(code(3), { onProgress: (done, total) => told.push(`${done}/${total}`) })
  expect(result).toEqual({ checked: 3, withoutReference: 0, cached: false })
  expect(told).toEqual(['1/3', '2/3', '3/3'])
  expect(judged).toBe(6)
})

test.each([
  [
    'a reference that fails',
    { solution: 'nonsense' },
    /task bad: its own reference does not pass \(wrong_answer\)/,
  ],
  ['an empty reply that passes', { metadata: { lax: true } }, /task bad: an empty reply passes/],
  [
    'a judge that fails',
    { metadata: { broken: true } },
    /task bad: its own reference does not pass \(infra: .*fell over/,
  ],
])('%s stops it and names the task', async (_what, more, message) => {
  await expect(check(bad(more))).rejects.toMatchObject({
    code: 'preflight',
    message: expect.stringMatching(message),
  })
})

test('a task without a reference is tried with the empty reply, and counted', async () => {
  const { solution: _, ...bare } = code(1)[0]!
  expect(await check([bare])).toEqual({ checked: 1, withoutReference: 1, cached: false })
})

test('tasks that run no code need none', async () => {
  const scorer: PreflightRequest['scorer'] = async () =>
    defineScorer({ name: 'x', score: () => 1 }).create({ name: 'x' })
  expect(await check(echoTasks(3), { scorer })).toMatchObject({ checked: 0 })
})

test('a success is remembered for the same tasks, scorers and driver; a failure never', async () => {
  await using dir = await tempFolder()
  const cacheDir = dir.path
  await expect(check(bad({ solution: 'no' }), { cacheDir })).rejects.toThrow('task bad')
  await expect(check(bad({ solution: 'no' }), { cacheDir })).rejects.toThrow('task bad')
  expect(await check(code(3), { cacheDir, driver: 'A 1' })).toMatchObject({ cached: false })
  expect(await check(code(3), { cacheDir, driver: 'A 1' })).toMatchObject({ cached: true, checked: 3 })
  expect(judged).toBe(0)
  expect(await check(code(3), { cacheDir, driver: 'A 2' })).toMatchObject({ cached: false })
  expect(await check(code(4), { cacheDir, driver: 'A 1' })).toMatchObject({ cached: false })
})

test('an interrupt ends it', async () => {
  await expect(check(code(3), { signal: AbortSignal.abort(new Error('SIGINT')) })).rejects.toThrow('SIGINT')
})
