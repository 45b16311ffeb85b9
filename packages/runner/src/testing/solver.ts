import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Task, taskHash } from '@bench/datasets'
import type { TestServer } from '@bench/providers/mock'
import type { SandboxDriver } from '@bench/sandbox'
import { scorer } from '@bench/scorers'
import { describe, expect, test } from 'vitest'
import { openBlobStore } from '../local/blob-store.js'
import { openInFlight } from '../local/in-flight.js'
import { openKeptCalls } from '../local/kept-calls.js'
import { openRunLog } from '../local/run-log.js'
import { attempts, planRun } from '../plan.js'
import type { AttemptLine, Line, ScoreLine } from '../record/lines.js'
import type { RunPlan } from '../record/plan-file.js'
import { rescore } from '../rescore.js'
import { run } from '../run.js'
import { planOptions } from '../solve/define.js'
import type { RunEvent, Solver, SolverOptions } from '../spec.js'
import { askingModel, each, hang, type Interference, solverServer } from './solver-server.js'

export interface SolverUnderTest {
  readonly solver: Solver
  /** What it is run with; its defaults where absent. */
  readonly options?: SolverOptions
  /** Where code runs; without it no check finds anything. */
  readonly sandbox?: SandboxDriver
}

/** Of a word that no model may be sent: from the solution, a hidden case, and what that expects. */
const canaries = ['canary-of-the-solution', 'canary-of-an-input', 'canary-of-what-is-expected']

const right = 'def glue(a, b):\n    return a + b\n'
const wrong = 'def glue(a, b):\n    return a\n'

const task: Task = {
  id: 'glue',
  prompt: 'Write a Python function glue(a, b) that returns the two texts as one.',
  solution: `${right}# canary-of-the-solution\n`,
  scorers: [{ name: 'code-tests' }],
  code: {
    kind: 'io',
    language: 'python',
    entryPoint: 'glue',
    cases: [
      { input: ['x', 'y'], expected: 'xy', timeout: 5, weight: 1, visible: true },
      { input: ['canary-of-an-input', ''], expected: 'canary-of-an-input', timeout: 5, weight: 1 },
      {
        input: ['canary-of-what-', 'is-expected'],
        expected: 'canary-of-what-is-expected',
        timeout: 5,
        weight: 1,
      },
    ],
  },
}

/** What every solver must do, asked over a real wire. */
export function testSolver(name: string, make: () => Promise<SolverUnderTest>): void {
  describe(`solver ${name}`, () => {
    test('every call is counted, paid for and asked with the settings of the plan', async () => {
      await using world = await open(await make())
      const [line] = (await world.go()).attempts
      const { count, requests } = world.server
      expect(line).toMatchObject({ what: 'replied', requests: count })
      expect(line?.usage).toMatchObject({ input: count * each.input, output: count * each.output })
      expect(line?.cost?.usd).toBeCloseTo((count * (each.input + each.output) * each.perMillion) / 1e6, 12)
      for (const { body } of requests)
        expect(JSON.parse(body)).toMatchObject({ temperature: 0.25, max_tokens: 321 })
    })

    test('nothing hidden is ever sent to a model', async () => {
      await using world = await open(await make())
      await world.go()
      const sent = world.server.requests.map(({ body }) => body).join('\n')
      for (const canary of canaries) expect(sent).not.toContain(canary)
    })

    test('the same replies make the same questions and the same answer', async () => {
      const once = async () => {
        await using world = await open(await make())
        const { attempts: lines } = await world.go()
        return { reply: lines[0]?.reply, asked: world.server.requests.map(({ body }) => body) }
      }
      expect(await once()).toEqual(await once())
    })

    test('its name and its options are part of every key', async () => {
      const made = await make()
      const [key] = keysOf(planOf(made))
      const renamed = { ...made.solver, name: `${made.solver.name}-other` }
      expect(keysOf(planOf({ ...made, solver: renamed }))).not.toContain(key)
      const options = Object.entries(planOptions(made.solver, made.options))
      for (const [option, value] of options) {
        if (typeof value !== 'number') continue
        const other = { ...made.options, [option]: value + 1 }
        expect(keysOf(planOf({ ...made, options: other }))).not.toContain(key)
      }
    })

    test('an option that it does not have is refused before anything is asked', async () => {
      await using world = await open(await make())
      const plan = { ...world.plan, solverOptions: { ...world.plan.solverOptions, nonesuch: 1 } }
      await expect(world.go({ plan })).rejects.toMatchObject({ name: 'RunnerError', code: 'bad_plan' })
      expect(world.server.count).toBe(0)
    })

    test('an abort, at whichever call, leaves no line and nothing under way; the rest is asked later, and no more', async () => {
      const whole = await wholeRun(await make())
      for (let at = 1; at <= whole.count; at++) {
        await using world = await open(await make(), (count) => (count === at ? hang : undefined))
        const stop = new AbortController()
        const going = world.go({ signal: stop.signal })
        await world.server.received(at)
        stop.abort(new Error('enough'))
        expect((await going).events.at(-1)).toMatchObject({ type: 'end', reason: 'interrupted' })
        await world.server.gone(1)
        expect(await world.lines()).toEqual([])
        const { attempts: lines } = await world.go()
        expect(world.server.count).toBe(whole.count + 1)
        expect(lines[0]).toMatchObject({
          reply: whole.line.reply,
          usage: whole.line.usage,
          possibly_billed: true,
        })
        expect(lines[0]?.cost?.usd).toBeCloseTo(whole.line.cost?.usd ?? Number.NaN, 12)
      }
    })

    test('a provider’s fault, at whichever call, is no answer of the model’s; what was paid before it is counted once', async () => {
      const whole = await wholeRun(await make())
      for (let at = 1; at <= whole.count; at++) {
        await using world = await open(await make(), (count) =>
          count === at ? { status: 500, body: '{"error":{"message":"oops"}}' } : undefined,
        )
        const { attempts: lines, scores } = await world.go()
        expect(scores).toEqual([])
        expect(lines).toMatchObject([{ what: 'infra', error: { code: 'server' } }])
        const again = await world.go()
        expect(world.server.count).toBe(whole.count + 1)
        expect(again.attempts[0]).toMatchObject({ what: 'replied', try: 2, reply: whole.line.reply })
        const usd = [...lines, ...again.attempts].reduce((sum, line) => sum + (line.cost?.usd ?? 0), 0)
        expect(usd).toBeCloseTo(whole.line.cost?.usd ?? Number.NaN, 12)
      }
    })

    test('its answer can be judged again from the log, without a model', async () => {
      await using world = await open(await make())
      const { scores } = await world.go()
      const again = await world.judgeAgain()
      expect(again.map(({ outcome, value, reply }) => ({ outcome, value, reply }))).toEqual(
        scores.map(({ outcome, value, reply }) => ({ outcome, value, reply })),
      )
      expect(again.length).toBeGreaterThan(0)
    })
  })
}

const keysOf = (plan: RunPlan): string[] => [...attempts(plan)].map(({ key }) => key)

function planOf({ solver, options }: SolverUnderTest): RunPlan {
  return planRun({
    run: 'suite',
    created: '2026-11-21T07:00:00.000Z',
    harness: '0.0.0',
    dataset: { name: 'suite', version: '1.0.0', hash: 'h', source: 'suite.json', size: 1 },
    tasks: [{ id: task.id, hash: taskHash(task), chars: task.prompt.length }],
    models: [{ id: 'openai-compatible:suite' }],
    solver: solver.name,
    solverOptions: planOptions(solver, options),
    call: { temperature: 0.25, maxTokens: 321 },
  })
}

async function wholeRun(made: SolverUnderTest): Promise<{ line: AttemptLine; count: number }> {
  await using world = await open(made)
  const { attempts: lines } = await world.go()
  return { line: lines[0]!, count: world.server.count }
}

interface Went {
  readonly events: readonly RunEvent[]
  readonly attempts: readonly AttemptLine[]
  readonly scores: readonly ScoreLine[]
}

interface World extends AsyncDisposable {
  readonly server: TestServer
  readonly plan: RunPlan
  /** Makes what is left of the plan. */
  go(more?: { readonly plan?: RunPlan; readonly signal?: AbortSignal }): Promise<Went>
  judgeAgain(): Promise<readonly ScoreLine[]>
  lines(): Promise<Line[]>
}

/** A run of one attempt in a folder of its own. */
async function open(made: SolverUnderTest, interfere?: Interference): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-solver-'))
  const server = await solverServer(wrong, right, interfere)
  const model = await askingModel(server)
  const plan = planOf(made)
  const parts = {
    async *tasks() {
      yield task
    },
    scorer,
    ...(made.sandbox && { sandbox: made.sandbox }),
  }
  return {
    server,
    plan,
    async go({ plan: other = plan, signal } = {}) {
      await using log = await openRunLog(dir)
      await using blobs = await openBlobStore(dir)
      await using inFlight = await openInFlight(dir)
      const deps = { ...parts, models: [model], solver: made.solver, log, blobs, inFlight }
      const keptCalls = openKeptCalls(dir)
      return await wentOf(run(other, { ...deps, keptCalls, ...(signal && { signal }) }))
    },
    async judgeAgain() {
      await using log = await openRunLog(dir)
      await using blobs = await openBlobStore(dir)
      return (await wentOf(rescore(plan, { ...parts, log, blobs }))).scores
    },
    async lines() {
      await using log = await openRunLog(dir)
      const lines: Line[] = []
      for await (const line of log.lines()) lines.push(line)
      return lines
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function wentOf(given: AsyncIterable<RunEvent>): Promise<Went> {
  const events: RunEvent[] = []
  for await (const event of given) events.push(event)
  // As they are written: an absent value has no key.
  const written = <T>(lines: T): T => JSON.parse(JSON.stringify(lines))
  return {
    events,
    attempts: written(events.flatMap((event) => (event.type === 'attempt' ? [event.line] : []))),
    scores: written(events.flatMap((event) => (event.type === 'score' ? [event.line] : []))),
  }
}
