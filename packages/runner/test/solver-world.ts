import type { ProjectCode, Task } from '@bench/datasets'
import { type Model, provider } from '@bench/providers'
import {
  chat,
  type Format,
  gemini,
  messages,
  ollama,
  openrouter,
  type Received,
  responses,
  type TestServer,
} from '@bench/providers/mock'
import { mockServer } from '@bench/providers/testing'
import { driver } from '@bench/sandbox'
import { type ScorerRef, scorer } from '@bench/scorers'
import { loadSolver, openBlobStore, planOptions, type RunDeps, type RunEvent } from '../src/index.js'
import type { AttemptLine, RunPlan, ScoreLine } from '../src/record/index.js'
import { planOf, runIn, type Settings, tempFolder } from './world.js'

/** What the tests of solvers run against: real boxes, real judges, real servers that call tools on two wires. */

export const box = await driver('bubblewrap')
export const boxed = (await box.probe()).ok

/** Words that are in hidden tests and expected values alone: no model may ever be sent one. */
export const canaries = ['CANARY-EXPECTED-7731', 'CANARY_HIDDEN_TEST', '918273645', 'CANARY-SOLUTION']

/** `add(a, b)`: one visible case, one hidden; an answer that returns the sum passes both. */
export const addTask = (id: string, more: Partial<Task> = {}): Task => ({
  id,
  prompt: `Task ${id}: write a Python function add(a, b) that returns their sum.`,
  solution: 'def add(a, b):\n    return a + b  # CANARY-SOLUTION\n',
  scorers: [{ name: 'code-tests' }],
  code: {
    kind: 'io',
    language: 'python',
    entryPoint: 'add',
    cases: [
      { input: [1, 2], expected: 3, timeout: 5, weight: 1, visible: true },
      { input: [918273645, 0], expected: 918273645, timeout: 5, weight: 1 },
      { input: ['CANARY-EXPECTED-', '7731'], expected: 'CANARY-EXPECTED-7731', timeout: 5, weight: 1 },
    ],
  },
  ...more,
})

const project: ProjectCode = {
  kind: 'project',
  language: 'python',
  files: { 'limits.py': 'LIMIT = 10\n' },
  answer: ['stack.py', 'inner/part.py'],
  tests: {
    'test_push.py':
      'from stack import Stack\n\ndef test_push():\n    assert Stack().push(1).pop() == 1\n\ndef test_len():\n    assert len(Stack()) == 0\n',
    'test_hidden.py':
      'from stack import Stack\n\ndef test_CANARY_HIDDEN_TEST():\n    assert len(Stack().push(1)) == 1\n',
  },
  runner: 'pytest',
  passes: 3,
  visible: { tests: ['test_push.py'], passes: 2 },
  timeout: 5,
}

/** Two files to write, one test file to see and one hidden. */
export const stackTask = (id: string): Task => ({
  id,
  prompt: `Task ${id}: write stack.py with a class Stack.`,
  scorers: [{ name: 'project-tests' }],
  code: project,
})

/** One turn of a scripted model. */
export interface Turn {
  readonly text?: string
  readonly reasoning?: string
  readonly calls?: readonly { readonly name: string; readonly arguments?: unknown }[]
  readonly finish?: 'length' | 'refusal'
}

export const write = (path: string, content: string) => ({ name: 'write_file', arguments: { path, content } })
export const call = (name: string, args: unknown = {}) => ({ name, arguments: args })

export const wires = {
  chat: { format: chat, provider: 'openai-compatible', path: '/v1' },
  messages: { format: messages, provider: 'anthropic', path: '' },
  responses: { format: responses, provider: 'openai', path: '/v1', model: 'gpt-5-pro' },
  gemini: { format: gemini, provider: 'gemini', path: '/v1beta', model: 'gemini-2.5-flash' },
  ollama: { format: ollama, provider: 'ollama', path: '' },
  openai: { format: chat, provider: 'openai', path: '/v1' },
  openrouter: { format: openrouter, provider: 'openrouter', path: '/api/v1' },
  huggingface: { format: chat, provider: 'huggingface', path: '/v1' },
  vllm: { format: chat, provider: 'vllm', path: '/v1' },
  'llama-cpp': { format: chat, provider: 'llama-cpp', path: '/v1' },
  lmstudio: { format: chat, provider: 'lmstudio', path: '/v1' },
} as const satisfies Record<string, { format: Format; provider: string; path: string; model?: string }>
export type Wire = keyof typeof wires

export interface Heard {
  /** Replies of the model that the question already holds. */
  readonly turn: number
  /** The whole request. */
  readonly body: string
  readonly request: Received
}

/** Turns of the model in a request of any of the wires: what it said and called in one go is one. */
function turnsIn(body: string): number {
  const {
    messages: said,
    contents,
    input,
  } = JSON.parse(body) as Record<string, { role?: string; type?: string }[]>
  const ofModel = (said ?? contents ?? input ?? []).map(
    ({ role, type }) => role === 'assistant' || role === 'model' || type === 'function_call',
  )
  return ofModel.filter((own, at) => own && ofModel[at - 1] !== true).length
}

/**
 * A server whose model says what `play` says, by nothing but what it is asked. It refuses a history that the real one would refuse.
 */
export function toolServer(wire: Wire, play: (heard: Heard) => Turn | Promise<Turn>): Promise<TestServer> {
  const { format } = wires[wire]
  return mockServer({
    async answer(request) {
      if (request.method !== 'POST') return undefined
      const message = format.refusal(JSON.parse(request.body))
      if (message !== undefined)
        return { status: 400, body: JSON.stringify(format.error({ status: 400, message })) }
      const turn = turnsIn(request.body)
      const { text = '', reasoning, calls = [], finish } = await play({ turn, body: request.body, request })
      const stream = format.stream({
        model: 'served',
        text: text === '' ? [] : [text],
        reasoning: reasoning === undefined ? [] : [reasoning],
        toolCalls: calls.map(({ name, arguments: args }, index) => ({
          id: `call_${turn}_${index}`,
          name,
          arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
        })),
        finish: finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
        usage: { input: 100, output: 10 },
      })
      return { headers: { 'content-type': format.contentType }, body: stream.join('') }
    },
  })
}

/** The real adapter of a wire, asking that server; a dollar for each million tokens in, ten for out. */
export async function modelOf(
  wire: Wire,
  { url }: { url: string },
  more: Partial<Model> = {},
): Promise<Model> {
  const { provider: name, path, model = 'm' } = { model: 'm', ...wires[wire] }
  const asked = await (await provider(name)).model(model, {
    endpoint: `${url}${path}`,
    apiKey: 'sk-0123456789abcdef',
    maxRetries: 0,
    price: { inputPerMillion: 1, outputPerMillion: 10 },
  })
  return { ...asked, id: 'test:model', ...more }
}

export interface Solved {
  readonly plan: RunPlan
  readonly events: readonly RunEvent[]
  readonly attempts: readonly AttemptLine[]
  readonly scores: readonly ScoreLine[]
}

export async function planFor(
  solverName: string,
  tasks: readonly Task[],
  options: Record<string, string | number | boolean> = {},
): Promise<RunPlan> {
  const solver = await loadSolver(solverName)
  return planOf(tasks, { solver: solverName, solverOptions: planOptions(solver, options) })
}

/** Runs a plan with real scorers in real boxes. */
export async function solveIn(plan: RunPlan, settings: Settings): Promise<Solved> {
  const deps: Partial<Omit<RunDeps, 'tasks'>> = {
    solver: await loadSolver(plan.solver),
    scorer: (ref: ScorerRef) => scorer(ref),
    ...(boxed && { sandbox: box }),
  }
  const events = await runIn(plan, { ...deps, ...settings })
  return {
    plan,
    events,
    attempts: asWritten(events.flatMap((event) => (event.type === 'attempt' ? [event.line] : []))),
    scores: asWritten(events.flatMap((event) => (event.type === 'score' ? [event.line] : []))),
  }
}

const asWritten = <T>(lines: T): T => JSON.parse(JSON.stringify(lines))

/** All that was ever sent to a server. */
export const sent = (server: TestServer): string => server.requests.map(({ body }) => body).join('\n')

/** One task by `agent` against a server that plays these turns, the last again and again. */
export async function agent(
  wire: Wire,
  turns: readonly Turn[] | ((heard: Heard) => Turn),
  { options = {}, tasks = [addTask('t0')] } = {},
) {
  await using dir = await tempFolder()
  const play = typeof turns === 'function' ? turns : ({ turn }: Heard) => turns[turn] ?? turns.at(-1)!
  await using server = await toolServer(wire, play)
  const plan = await planFor('agent', tasks, options)
  const solved = await solveIn(plan, { dir: dir.path, tasks, model: await modelOf(wire, server) })
  await using blobs = await openBlobStore(dir.path)
  const line = solved.attempts[0]!
  const read = async (hash: string | undefined) => JSON.parse((await blobs.get(hash ?? '')) ?? 'null')
  const steps: { role: string; content: string; name?: string; failed?: boolean }[] = []
  for (const hash of (await read(line.transcript))?.steps ?? []) steps.push(await read(hash))
  const results = steps.filter(({ role }) => role === 'tool')
  const answer = await read(line.answer)
  const reply = await blobs.get(line.reply ?? '')
  return { ...solved, server, line, score: solved.scores.at(-1), steps, results, answer, reply }
}
