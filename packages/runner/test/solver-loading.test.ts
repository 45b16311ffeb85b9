import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { attempts, defineSolver, loadSolver, planOptions } from '../src/index.js'
import { efficiency } from '../src/solve/agent/course.js'
import { testSolver } from '../src/testing.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

const mine = `
import { defineSolver } from '@bench/runner'
import { z } from 'zod'
export default defineSolver({
  name: 'twice',
  options: z.object({ times: z.number().int().min(1).default(2) }),
  async solve(task, model, { call, options }) {
    const completions = []
    for (let i = 0; i < options.times; i++)
      completions.push(await model.generate([{ role: 'user', content: task.prompt }], call))
    return { completions }
  },
})
`

/** The solver that the documents show. */
const polish = (async () => {
  const page = await readFile(new URL('../../../docs/solvers.md', import.meta.url), 'utf8')
  const [, code = ''] = /```ts\n(import type[\s\S]*?)```/.exec(page) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'bench-polish-'))
  try {
    await writeFile(join(folder, 'polish.ts'), code)
    return await loadSolver('./polish.ts', folder)
  } finally {
    await rm(folder, { recursive: true })
  }
})()
testSolver('polish of docs/solvers.md', async () => ({ solver: await polish }))

test('a solver of a module runs by its path, with options checked and in the key', async () => {
  await using dir = await tempFolder()
  await writeFile(join(dir.path, 'mine.ts'), mine)
  const solver = await loadSolver('./mine.ts', dir.path)
  expect(planOptions(solver)).toEqual({ times: 2 })
  expect(() => planOptions(solver, { time: 3 })).toThrow(
    'solver twice: unknown option "time"; did you mean "times"?',
  )
  expect(() => planOptions(solver, { times: 0 })).toThrow(/solver twice: option "times": /)
  await using server = await modelServer()
  const tasks = echoTasks(2)
  const plan = planOf(tasks, { solver: './mine.ts', solverOptions: planOptions(solver, { times: 3 }) })
  expect(plan.solverOptions).toEqual({ times: 3 })
  const run = join(dir.path, 'run')
  await mkdir(run)
  const events = await runIn(plan, { dir: run, tasks, model: httpModel(server.url), solver })
  expect(server.total).toBe(6)
  const lines = events.flatMap((event) => (event.type === 'attempt' ? [event.line] : []))
  expect(lines[0]).toMatchObject({ solver: 'twice', usage: { input: 30 }, requests: 3 })
  const other = planOf(tasks, { solver: './mine.ts', solverOptions: { times: 2 } })
  expect([...attempts(other)][0]?.key).not.toBe([...attempts(plan)][0]?.key)
})

test('what cannot be loaded is told: no file, no solver in it, a name that is taken, a fault of its own', async () => {
  await using dir = await tempFolder()
  const file = async (name: string, text: string) => {
    await writeFile(join(dir.path, name), text)
    return loadSolver(`./${name}`, dir.path)
  }
  await expect(loadSolver('./none.ts', dir.path)).rejects.toMatchObject({
    code: 'unknown_solver',
    message: expect.stringContaining(join(dir.path, 'none.ts')),
  })
  await expect(file('a.mjs', 'export const x = 1')).rejects.toThrow(
    'it exports neither "default" nor "solver"',
  )
  await expect(file('b.mjs', 'export default { name: 1 }')).rejects.toThrow(
    'its export has no "name" and "solve"',
  )
  await expect(file('c.mjs', 'export const solver = { name: "agent", solve() {} }')).rejects.toThrow(
    'give it another name',
  )
  await expect(file('d.ts', 'throw new Error("broken")')).rejects.toThrow('could not be loaded: broken')
  await expect(loadSolver('no-such-package-of-solvers', dir.path)).rejects.toThrow(
    'there are agent, refine, single',
  )
})

test('a solver that takes no options says so', () => {
  const solver = defineSolver({ name: 'plain', solve: async () => ({ completions: [] }) })
  expect(() => planOptions(solver, { a: 1 })).toThrow('unknown option "a"; it takes no options')
  expect(planOptions(solver)).toEqual({})
  const loose = defineSolver({
    name: 'loose',
    options: z.object({ a: z.string().optional() }),
    solve: async () => ({ completions: [] }),
  })
  expect(planOptions(loose)).toEqual({})
})

test('a solver that tells of fewer calls than it made pays for all', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(1)
  const solver = defineSolver({
    name: 'forgetful',
    async solve({ prompt }, model, { call }) {
      const ask = () => model.generate([{ role: 'user', content: prompt }], call)
      await ask()
      await ask()
      return { completions: [await ask()] }
    },
  })
  const plan = planOf(tasks, { solver: 'forgetful' })
  const events = await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url), solver })
  const [line] = events.flatMap((event) => (event.type === 'attempt' ? [event.line] : []))
  expect(line?.cost?.usd).toBeCloseTo(0.03, 12)
  expect(line).toMatchObject({ requests: 3, usage: { input: 30, output: 15 } })
})

test('a solver is told nothing of a task that it could give away', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const hidden = {
    expected: 'say 0',
    references: ['say 0'],
    solution: 'say 0',
    metadata: { expected_iterations: 2 },
  }
  const code = { kind: 'expression', language: 'python', setup: '', expected: '1', timeout: 1 } as const
  const tasks = echoTasks(1, { ...hidden, code, category: 'c' })
  let told: object = {}
  const solver = defineSolver({
    name: 'spy',
    async solve(task, model, { call }) {
      told = task
      return { completions: [await model.generate([{ role: 'user', content: task.prompt }], call)] }
    },
  })
  await runIn(planOf(tasks, { solver: 'spy' }), {
    dir: dir.path,
    tasks,
    model: httpModel(server.url),
    solver,
  })
  expect(Object.keys(told).sort()).toEqual(['category', 'difficulty', 'id', 'metadata', 'prompt'])
})

test('a solver that makes an answer of an abort leaves no line all the same', async () => {
  await using dir = await tempFolder()
  const stop = new AbortController()
  await using server = await modelServer((prompt, asked) => {
    if (asked === 2) stop.abort(new Error('enough'))
    return asked === 2 ? { hang: true } : { text: prompt }
  })
  const solver = defineSolver({
    name: 'stubborn',
    async solve({ prompt }, model, { call }) {
      const ask = () => model.generate([{ role: 'user', content: prompt }], call)
      const first = await ask()
      return { completions: [first, await ask().catch(() => first)] }
    },
  })
  const tasks = echoTasks(1)
  const more = { solver, signal: stop.signal }
  const events = await runIn(planOf(tasks, { solver: 'stubborn' }), {
    ...{ dir: dir.path, tasks, model: httpModel(server.url) },
    ...more,
  })
  expect(events.map(({ type }) => type)).toEqual(['start', 'end'])
})

test('efficiency is 1 up to the expected number, falls with each more, and is never below 0', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((n) => efficiency(n, 3))).toEqual([
    1,
    1,
    1,
    expect.closeTo(2 / 3, 12),
    expect.closeTo(1 / 3, 12),
    0,
    0,
    0,
  ])
  expect(efficiency(2, 1)).toBe(0)
})

test('options are taken as flags and files have them, and kept by their own names and kinds', () => {
  const solver = defineSolver({
    name: 'typed',
    options: z.object({
      maxTimes: z.number().optional(),
      careful: z.boolean().default(false),
      tone: z.string().default('dry'),
      in_words: z.boolean().optional(),
    }),
    solve: async () => ({ completions: [] }),
  })
  expect(planOptions(solver, { 'max-times': '3', careful: 'true', tone: '7', inWords: true })).toEqual({
    maxTimes: 3,
    careful: true,
    tone: '7',
    in_words: true,
  })
  expect(() => planOptions(solver, { maxTimes: 'three' })).toThrow('solver typed: option "maxTimes": ')
  expect(() => planOptions(solver, { maxTimes: ' ' })).toThrow('solver typed: option "maxTimes": ')
  expect(() => planOptions(solver, { maxTimes: 1, max_times: 2 })).toThrow(
    'solver typed: option "maxTimes" is given twice',
  )
})
