import { describe, expect, test } from 'vitest'
import { budget, openKeptCalls } from '../src/index.js'
import { foldLines, summarise } from '../src/record/index.js'
import { addTask, boxed, call, modelOf, planFor, solveIn, toolServer, write } from './solver-world.js'
import { tempFolder } from './world.js'

const turns = [
  { calls: [write('solution.py', 'def add(a, b):\n    return a - b\n')] },
  { calls: [write('solution.py', 'def add(a, b):\n    return a + b\n')] },
  { calls: [call('finish')] },
]

describe.skipIf(!boxed)('money and models of a solver that asks several times', () => {
  test('where the cap comes between two calls, nothing is judged; what was paid is told, once, and is not paid again', async () => {
    await using dir = await tempFolder()
    await using server = await toolServer('chat', ({ turn }) => turns[turn]!)
    const tasks = [addTask('t0')]
    const plan = await planFor('agent', tasks)
    const model = await modelOf('chat', server)
    const keptCalls = openKeptCalls(dir.path)
    // One call at its worst is 0.041 dollars and some for its prompt; it costs 0.0002.
    const first = await solveIn(plan, { dir: dir.path, tasks, model, keptCalls, budget: budget(0.0418) })
    const spent = server.count
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThan(3)
    expect(first.events.at(-1)).toMatchObject({ type: 'end', reason: 'budget' })
    expect(first.scores).toEqual([])
    expect(first.attempts).toMatchObject([
      { what: 'not_run', error: { code: 'budget' }, cost: { usd: expect.closeTo(spent * 200e-6, 12) } },
    ])
    const second = await solveIn(plan, { dir: dir.path, tasks, model, keptCalls, budget: budget(10) })
    expect(server.count).toBe(3)
    expect(second.scores.at(-1)).toMatchObject({ outcome: 'pass' })
    expect(second.attempts).toMatchObject([
      { what: 'replied', try: 2, iterations: 3, cached: spent, usage: { input: 300 } },
    ])
    const [line] = second.attempts
    expect(line?.cost?.usd).toBeCloseTo((3 - spent) * 200e-6, 12)
    const fold = await foldLines([...first.attempts, ...second.attempts, ...second.scores])
    const [summary] = summarise(plan, fold)
    expect((summary?.costUsd ?? 0) - (summary?.savedUsd ?? 0)).toBeCloseTo(3 * 200e-6, 10)
  })

  for (const [says, status] of [
    ['registry.ollama.ai/library/m does not support tools', 400],
    ['No endpoints found that support tool use.', 404],
    ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', 400],
  ] as const)
    test(`a model that cannot call tools is asked no further: ${says.slice(0, 40)}`, async () => {
      await using dir = await tempFolder()
      await using server = await toolServer('chat', () => {
        throw new Error('never')
      })
      const { provider } = await import('@bench/providers')
      const { listen } = await import('@bench/providers/mock')
      await using refusing = await listen(() => ({
        status,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { message: says } }),
      }))
      const found = await (await provider('openai-compatible')).model('m', {
        endpoint: `${refusing.url}/v1`,
        apiKey: 'x',
        maxRetries: 0,
      })
      const tasks = Array.from({ length: 40 }, (_, i) => addTask(`t${i}`))
      const plan = { ...(await planFor('agent', tasks)), concurrency: 2 }
      const { events, attempts } = await solveIn(plan, {
        dir: dir.path,
        tasks,
        model: { ...found, id: 'test:model' },
      })
      expect(attempts.length).toBeLessThanOrEqual(2)
      expect(attempts[0]).toMatchObject({
        what: 'infra',
        error: { code: 'no_tools', message: expect.stringContaining('cannot call tools') },
      })
      expect(events).toContainEqual(expect.objectContaining({ type: 'stopped', code: 'no_tools' }))
      expect(server.count).toBe(0)
    })

  test('a run of a solver that asks again is refused batches', async () => {
    await using dir = await tempFolder()
    await using server = await toolServer('chat', () => ({}))
    const tasks = [addTask('t0')]
    const plan = { ...(await planFor('refine', tasks)), batch: true }
    const going = solveIn(plan, { dir: dir.path, tasks, model: await modelOf('chat', server) })
    await expect(going).rejects.toMatchObject({
      code: 'bad_plan',
      message: expect.stringContaining('batches'),
    })
  })
})
