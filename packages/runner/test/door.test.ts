import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset, Task } from '@bench/datasets'
import { batchLife, mockServer } from '@bench/providers/testing'
import { defineScorer } from '@bench/scorers'
import { afterEach, expect, test, vi } from 'vitest'
import {
  chooseJudges,
  chooseTasks,
  createRun,
  mergeRuns,
  openBlobStore,
  openRunLog,
  plan,
  readRunLog,
  rescore,
  resume,
  score,
  taskRef,
} from '../src/index.js'
import { batchModel, batchModels, quick } from './batch-world.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

afterEach(() => void vi.unstubAllEnvs())

const exactTasks = echoTasks(4, { scorers: [{ name: 'exact' }] }).map((task) => ({
  ...task,
  expected: task.prompt,
}))

/** Tells how many of its readings are under way. */
function datasetOf(tasks: readonly Task[]): Dataset & { open: number } {
  const dataset = {
    ...{ name: 'echo', version: '1.0.0', source: 'echo.json', hash: 'h', size: tasks.length },
    open: 0,
    async *tasks() {
      dataset.open++
      try {
        yield* tasks
      } finally {
        dataset.open--
      }
    },
  }
  return dataset
}

const drained = async (events: AsyncIterable<{ readonly type: string }>): Promise<string[]> => {
  const types: string[] = []
  for await (const { type } of events) types.push(type)
  return types
}

test('a run that is held, asked of a model that cannot be made, says one of the two and holds nothing', async () => {
  await using out = await tempFolder()
  const dataset = datasetOf(exactTasks)
  const models = [{ id: 'no-such-provider:m' }]
  const { dir } = await createRun(out.path, planOf(exactTasks, { models }))
  {
    await using _held = await openRunLog(dir)
    await expect(drained(resume(dir, { dataset }))).rejects.toThrow('no-such-provider')
  }
  await expect(drained(resume(dir, { dataset }))).rejects.toThrow('no-such-provider')
  await expect(drained(score(dir, ['no-such-scorer'], { dataset }))).rejects.toThrow('no-such-scorer')
  await using _free = await openRunLog(dir)
})

test.each([
  [{ sample: -1 }, 'sample must be a whole number from 1, not -1'],
  [{ sample: 1.5 }, 'sample must be a whole number from 1, not 1.5'],
  [{ limit: 0 }, 'limit must be a whole number from 1, not 0'],
  [{ sample: 1, seed: Number.NaN }, 'seed must be a number, not NaN'],
  [{ sample: 1, seed: 1.5 }, expect.stringContaining('no plan can hold sample.seed: ')],
  [{ maxCost: Number.POSITIVE_INFINITY }, expect.stringContaining('no plan can hold maxCost: ')],
  [{ maxCost: '5' as unknown as number }, expect.stringContaining('no plan can hold maxCost: ')],
  [{ call: { temperature: Number.NaN } }, expect.stringContaining('no plan can hold call.temperature: ')],
  [{ bounds: { maxTimeMs: Number.POSITIVE_INFINITY } }, expect.stringContaining('bounds.maxTimeMs: ')],
  [{ models: [undefined as unknown as string] }, expect.stringContaining('models.0.id: ')],
])('what no plan can hold is refused, and nothing is written: %j', async (more, message) => {
  await using out = await tempFolder()
  const request = {
    dataset: datasetOf(exactTasks),
    models: [httpModel('http://127.0.0.1:9')],
    output: out.path,
  }
  await expect(plan({ ...request, ...more })).rejects.toMatchObject({ code: 'bad_plan', message })
  expect(await readdir(out.path)).toEqual([])
})

test('a set of the hub is opened by its name, by what the environment says of the hub', async () => {
  await using out = await tempFolder()
  const rows = exactTasks
    .map(({ id, prompt, expected }) => `${JSON.stringify({ id, prompt, expected })}\n`)
    .join('')
  const commit = 'a'.repeat(40)
  const oid = createHash('sha1').update(`blob ${rows.length}\0${rows}`).digest('hex')
  const asked: string[] = []
  await using server = await mockServer({
    answer({ path, headers }) {
      asked.push(String(headers.authorization))
      if (path.includes('/revision/')) return { body: JSON.stringify({ sha: commit }) }
      if (path.includes('/tree/'))
        return { body: JSON.stringify([{ type: 'file', path: 'test.jsonl', size: rows.length, oid }]) }
      return { body: rows }
    },
  })
  vi.stubEnv('HF_ENDPOINT', server.url)
  vi.stubEnv('HF_TOKEN', 'hf_canary-5e6f')
  vi.stubEnv('BENCH_CACHE', join(out.path, 'cache'))
  const dataset = 'hf:org/set@main'
  const output = join(out.path, 'runs')
  const { dir, plan: made } = await plan({ dataset, models: ['oracle'], output })
  expect(made.tasks.map(({ id }) => id)).toEqual(exactTasks.map(({ id }) => id))
  expect(asked[0]).toBe('Bearer hf_canary-5e6f')
  expect((await drained(resume(dir))).at(-1)).toBe('end')
  const signal = AbortSignal.abort(new Error('not now'))
  await expect(plan({ dataset, models: ['oracle'], output, run: 'late', signal })).rejects.toThrow('not now')
  expect(await readdir(output)).toEqual([made.run])
})

test('a plan keeps the machine it was made on', async () => {
  await using out = await tempFolder()
  const { plan: made } = await plan({
    dataset: datasetOf(exactTasks),
    models: [httpModel('http://127.0.0.1:9')],
    output: out.path,
  })
  expect(made.host).toMatchObject({ node: process.version })
})

test.each([batchModels.openai, 'openai-compatible:m'])(
  'batches of %s are waited for, and nothing is asked twice',
  async (id) => {
    await using out = await tempFolder()
    const life = batchLife({})
    await using server = await mockServer({ answer: (request) => life.answer(request) })
    const dataset = datasetOf(exactTasks)
    const settings = { endpoint: `${server.url}/v1`, apiKey: 'sk-canary-3a2b1c0d9e8f' }
    const planned = planOf(exactTasks, { models: [{ id }], batch: true })
    const { dir } = await createRun(out.path, planned)
    const types = await drained(resume(dir, { dataset, settings, batches: quick }))
    expect(types).toContain('batch')
    expect(types.at(-1)).toBe('end')
    expect(life.made.map(({ items }) => items.length)).toEqual([4])
    for await (const line of readRunLog(dir))
      if (line.kind === 'attempt') expect(line.batch).toBe(life.made[0]?.id)
  },
)

test('what tasks outside of a run need is not asked for', async () => {
  const code = { kind: 'assert', language: 'go', tests: [] } as unknown as NonNullable<Task['code']>
  const [plain, coded] = [exactTasks[0]!, { ...exactTasks[1]!, code, scorers: [{ name: 'code-tests' }] }]
  const dataset = datasetOf([plain, coded])
  const judges = await chooseJudges([])
  expect((await chooseTasks(dataset, judges, {})).runsCode).toBe(true)
  for (const chosen of [
    await chooseTasks(dataset, judges, { limit: 1 }),
    await chooseTasks(dataset, judges, {}, [taskRef(plain)]),
  ]) {
    expect(chosen).toMatchObject({ runsCode: false, languages: new Set(), codeKinds: new Set() })
    expect(chosen.refs.map(({ id }) => id)).toEqual([plain.id])
  }
})

test('judging again that is stopped leaves no dataset open, and tells of no key', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  await batchModel('openai', server.url)
  const dataset = datasetOf(exactTasks)
  const { dir, plan } = await createRun(out.path, planOf(exactTasks))
  await runIn(plan, { dir, tasks: exactTasks, model: httpModel(server.url) })
  const stop = new AbortController()
  const scorer = defineScorer({
    name: 'telling',
    score() {
      stop.abort(new Error('enough'))
      throw new Error('the key is sk-canary-3a2b1c0d9e8f')
    },
  }).create({ name: 'telling' })
  const told: string[] = []
  for (const signal of [undefined, stop.signal]) {
    await using log = await openRunLog(dir)
    await using blobs = await openBlobStore(dir)
    const deps = { tasks: () => dataset.tasks(), scorer: async () => scorer, log, blobs }
    for await (const event of rescore(plan, { ...deps, ...(signal && { signal }), atOnce: 1 }))
      told.push(JSON.stringify(event))
    expect(dataset.open).toBe(0)
  }
  expect(told.join()).toContain('the key is')
  expect(told.join()).not.toContain('sk-canary')
})

test('a log that cannot be read ends a merging with what is wrong, whatever is under way', async () => {
  await using out = await tempFolder()
  await using server = await modelServer()
  const tasks = echoTasks(30)
  const dirs: string[] = []
  for (const run of ['one', 'other']) {
    const { dir, plan } = await createRun(out.path, planOf(tasks, { run }))
    await runIn(plan, { dir, tasks, model: httpModel(server.url) })
    dirs.push(dir)
  }
  const log = join(dirs[0]!, 'results.jsonl')
  const whole = await readFile(log)
  await appendFile(log, 'no line\n')
  const merged = join(out.path, 'merged')
  await expect(mergeRuns(dirs, merged)).rejects.toMatchObject({ code: 'bad_log' })
  // Nothing of it is left to be taken for a run, or to be in the way.
  await writeFile(log, whole)
  expect((await mergeRuns(dirs, merged)).plan.tasks).toHaveLength(30)
})

test('what counts in merged runs is the same in whatever order they are named', async () => {
  await using out = await tempFolder()
  const dirs: string[] = []
  for (const allowSelfJudged of [true, false])
    dirs.push(
      (await createRun(out.path, planOf(echoTasks(1), { run: `${allowSelfJudged}`, allowSelfJudged }))).dir,
    )
  const [one, other] = dirs as [string, string]
  const allowed = []
  for (const [i, named] of [[one, other], [other, one], [one]].entries())
    allowed.push((await mergeRuns(named, join(out.path, `merged${i}`))).plan.allowSelfJudged)
  expect(allowed).toEqual([undefined, undefined, true])
})

test('models and scorers of one’s own, by file and by package, are found again by whoever goes on', async () => {
  await using out = await tempFolder()
  const at = (name: string) => join(out.path, name)
  const completion = `{ text: messages.at(-1).content, finish: 'stop', usage: {}, timing: { startedAt: '', totalMs: 1 }, tries: 1, warnings: [] }`
  const parrot = (id: string) =>
    `export default { id: '${id}', local: true, async generate(messages) { return ${completion} } }`
  await writeFile(at('parrot.mjs'), parrot('mine:parrot'))
  await mkdir(at('node_modules/parrots'), { recursive: true })
  await writeFile(at('node_modules/parrots/package.json'), '{"type":"module","exports":"./index.js"}')
  await writeFile(at('node_modules/parrots/index.js'), parrot('theirs:parrot'))
  await writeFile(
    at('kind.mjs'),
    `export default { name: 'kind', version: '1', metrics: [], score: async () => ({ outcome: 'pass', value: 1 }) }`,
  )
  const before = process.cwd()
  process.chdir(out.path)
  try {
    const { dir, plan: made } = await plan({
      dataset: datasetOf(exactTasks),
      models: ['./parrot.mjs', 'parrots'],
      scorers: ['./kind.mjs', 'exact'],
      output: out.path,
    })
    expect(made.models).toMatchObject([
      { id: 'mine:parrot', from: './parrot.mjs' },
      { id: 'theirs:parrot', from: 'parrots' },
    ])
    const types = await drained(resume(dir, { dataset: datasetOf(exactTasks) }))
    expect(types.filter((type) => type === 'score')).toHaveLength(16)
    const again = await drained(score(dir, ['./kind.mjs'], { dataset: datasetOf(exactTasks) }))
    expect(again.filter((type) => type === 'score')).toHaveLength(8)
  } finally {
    process.chdir(before)
  }
})
