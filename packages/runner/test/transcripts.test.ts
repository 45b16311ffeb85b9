import { describe, expect, test } from 'vitest'
import { defineSolver, openBlobStore, readRunLog } from '../src/index.js'
import {
  foldLines,
  planRows,
  type RunPlan,
  readTranscript,
  type TranscriptStep,
} from '../src/record/index.js'
import {
  addTask,
  boxed,
  call,
  modelOf,
  planFor,
  solveIn,
  type Turn,
  toolServer,
  write,
} from './solver-world.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from './world.js'

/** The transcript of a run's first attempt, by way of its row. */
async function transcriptIn(dir: string, plan: RunPlan) {
  const { rows } = await foldLines(readRunLog(dir))
  const [row] = [...planRows(plan, rows)]
  await using blobs = await openBlobStore(dir)
  const kept = await readTranscript(row?.transcript ?? '', (hash) => blobs.get(hash))
  const steps: (TranscriptStep | undefined)[] = []
  for await (const step of kept?.steps() ?? []) steps.push(step)
  expect(steps).toHaveLength(kept?.length ?? 0)
  return { row, steps }
}

async function solved(solver: string, turns: readonly Turn[]) {
  await using dir = await tempFolder()
  await using server = await toolServer('chat', ({ turn }) => turns[turn] ?? turns.at(-1)!)
  const tasks = [addTask('t0')]
  const plan = await planFor(solver, tasks)
  await solveIn(plan, { dir: dir.path, tasks, model: await modelOf('chat', server) })
  return await transcriptIn(dir.path, plan)
}

const checksOf = (steps: readonly (TranscriptStep | undefined)[]) =>
  steps.flatMap((step) => (step?.check === undefined ? [] : [[step.name ?? step.role, step.check]]))

describe.skipIf(!boxed)('a transcript', () => {
  test('of the agent tells which check failed and which passed', async () => {
    const wrong = write('solution.py', 'def add(a, b):\n    return a - b\n')
    const right = write('solution.py', 'def add(a, b):\n    return a + b\n')
    const { steps } = await solved('agent', [
      { calls: [wrong, call('run_type_check'), call('run_tests')] },
      { calls: [right, call('run_tests'), call('finish')] },
    ])
    expect(checksOf(steps)).toEqual([
      ['run_type_check', { kind: 'types', outcome: 'passed' }],
      ['run_tests', { kind: 'tests', outcome: 'failed' }],
      ['run_tests', { kind: 'tests', outcome: 'passed' }],
    ])
    expect(steps[1]).toMatchObject({
      role: 'assistant',
      finish: 'tool_calls',
      tool_calls: [{ name: 'write_file' }, { name: 'run_type_check' }, { name: 'run_tests' }],
    })
  })

  test('of refine tells which check the model was shown', async () => {
    const fence = (code: string) => ({ text: `\`\`\`python\n${code}\n\`\`\`` })
    const { steps } = await solved('refine', [
      fence('def add(a, b)'),
      fence('def add(a, b):\n    return a - b'),
      fence('def add(a, b):\n    return a + b'),
    ])
    expect(checksOf(steps)).toEqual([
      ['user', { kind: 'types', outcome: 'failed' }],
      ['user', { kind: 'tests', outcome: 'failed' }],
    ])
  })
})

test('a solver of one’s own that only tells its steps has a transcript in its row', async () => {
  await using dir = await tempFolder()
  await using server = await modelServer()
  const solver = defineSolver({
    name: 'teller',
    async solve({ prompt }, model, { call: settings, step }) {
      step({ role: 'user', content: prompt })
      return { completions: [await model.generate([{ role: 'user', content: prompt }], settings)] }
    },
  })
  const tasks = echoTasks(1)
  const plan = planOf(tasks, { solver: 'teller' })
  await runIn(plan, { dir: dir.path, tasks, model: httpModel(server.url), solver })
  const { row, steps } = await transcriptIn(dir.path, plan)
  expect(row?.course).toBeUndefined()
  expect(steps).toEqual([{ role: 'user', content: 'say 0' }])
})

test('a step that is gone or is none is told as lost; what is no transcript is none', async () => {
  const texts: Record<string, string> = {
    t: JSON.stringify({ v: 1, steps: ['a', 'b', 'c', 'd'] }),
    a: '{"role":"user","content":"x","more":1}',
    b: '{"role":"god","content":"x"}',
    c: '{"role":',
    none: '{"v":1,"steps":[1]}',
  }
  const get = async (hash: string) => texts[hash]
  const kept = await readTranscript('t', get)
  const steps = []
  for await (const step of kept!.steps()) steps.push(step)
  expect(steps).toEqual([{ role: 'user', content: 'x' }, undefined, undefined, undefined])
  for (const hash of ['none', 'a', 'c', 'gone']) expect(await readTranscript(hash, get)).toBeUndefined()
})
