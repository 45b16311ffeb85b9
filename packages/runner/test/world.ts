import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Task } from '@bench/datasets'
import { defineModel, type Model, ProviderError } from '@bench/providers'
import { defineScorer, type Scorer } from '@bench/scorers'
import {
  loadSolver,
  openBlobStore,
  openRunLog,
  type PlanRequest,
  planRun,
  type RunDeps,
  type RunEvent,
  run,
  taskRef,
} from '../src/index.js'
import type { RunPlan } from '../src/record/index.js'

/** What the tests run against: tasks, a server that answers them, a model that asks it, a scorer that judges. */

export async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'bench-runner-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Task `t0`, `t1`, …: the right reply to each is its own prompt. */
export const echoTasks = (n: number, more: Partial<Task> = {}): Task[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `t${i}`,
    prompt: `say ${i}`,
    solution: `say ${i}`,
    difficulty: i % 2 === 0 ? 'easy' : 'hard',
    scorers: [{ name: 'echoed' }],
    ...more,
  }))

export const echoed = defineScorer({
  name: 'echoed',
  score: ({ task, answer }) => answer.text === task.prompt,
})

export type Reply = { status?: number; text?: string; hang?: boolean }

/** A model server that counts what it is asked. */
export async function modelServer(
  reply: (prompt: string, asked: number, path: string) => Reply | Promise<Reply> = (text) => ({ text }),
) {
  const calls = new Map<string, number>()
  let underWay = 0
  let peak = 0
  const server = createServer(async (request, response) => {
    peak = Math.max(peak, ++underWay)
    response.once('close', () => underWay--)
    const prompt = await bodyOf(request)
    const asked = (calls.get(prompt) ?? 0) + 1
    calls.set(prompt, asked)
    const { status = 200, text = '', hang = false } = await reply(prompt, asked, request.url ?? '')
    if (!hang) response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    /** How often each prompt was asked. */
    calls,
    get total() {
      return [...calls.values()].reduce((sum, n) => sum + n, 0)
    },
    /** Most requests at once. */
    get peak() {
      return peak
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Not by `fetch`: to load it is a quarter of the time of a process that is killed soon. */
async function post(url: string, body: string, signal?: AbortSignal) {
  const sent = request(url, { method: 'POST', ...(signal && { signal }) }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, text: await bodyOf(response) }
}

/** A model over plain HTTP: posts the prompt, takes the body. Costs a cent a call unless told otherwise. */
export function httpModel(url: string, more: Partial<Model> & { usd?: number } = {}): Model {
  const { usd = 0.01, ...rest } = more
  return defineModel({
    id: 'test:model',
    price: { inputPerMillion: 1, outputPerMillion: 1, source: 'config' },
    ...rest,
    async generate(messages, { signal }) {
      const startedAt = new Date().toISOString()
      const began = performance.now()
      const prompt = messages.map(({ content }) => content).join('\n')
      const { status, text } = await post(url, prompt, signal).catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw new ProviderError('connect', `no server at ${url}: start it`, { cause })
      })
      if (status === 401) throw new ProviderError('auth', 'the key is refused: check it')
      if (status === 408) throw new ProviderError('timeout', 'no reply in time: raise --timeout')
      if (status !== 200) throw new ProviderError('server', `the server answers ${status}: try later`)
      return {
        text,
        finish: 'stop',
        usage: { input: 10, output: 5 },
        cost: { usd, source: 'config' },
        timing: { startedAt, totalMs: performance.now() - began },
        tries: 1,
        warnings: [],
      }
    },
  })
}

export function planOf(tasks: readonly Task[], more: Partial<PlanRequest> = {}): RunPlan {
  return planRun({
    run: 'r1',
    created: '2026-11-21T07:00:00.000Z',
    harness: '0.0.0',
    dataset: { name: 'echo', version: '1.0.0', hash: 'h', source: 'echo.json', size: tasks.length },
    tasks: tasks.map(taskRef),
    models: [{ id: 'test:model' }],
    concurrency: 4,
    ...more,
  })
}

export interface Settings extends Partial<Omit<RunDeps, 'tasks'>> {
  readonly dir: string
  readonly tasks: readonly Task[]
  readonly model: Model
}

/** Runs a plan in a folder to its end and gives its events back. */
export async function runIn(plan: RunPlan, { dir, tasks, model, ...more }: Settings): Promise<RunEvent[]> {
  await using log = await openRunLog(dir)
  await using blobs = await openBlobStore(dir)
  const events: RunEvent[] = []
  const deps: RunDeps = {
    models: [model],
    async *tasks() {
      yield* tasks
    },
    solver: await loadSolver('single'),
    scorer: async (ref): Promise<Scorer> => echoed.create(ref),
    log,
    blobs,
    ...more,
  }
  // How busy the machine was is another matter, and no two times the same.
  for await (const event of run(plan, deps))
    events.push(event.type === 'end' ? { type: 'end', reason: event.reason } : event)
  return events
}
