import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { batchLife, type Exchange, mockServer } from '@bench/providers/testing'
import { expect, test } from 'vitest'
import { createRun, readRunLog } from '../src/index.js'
import { foldLines, type Line, summarise } from '../src/record/index.js'
import { type BatchApi, batchModels } from './batch-world.js'
import { programOf } from './program.js'
import { echoTasks, planOf, tempFolder } from './world.js'

const program = programOf('batch-run')

const tasks = echoTasks(12)

type Moment = 'before' | 'after'
/** Killed when the nth request of a kind comes, before the server heeds it or after. */
interface Kill {
  readonly at: RegExp
  readonly nth: number
  readonly when: Moment
}

const kill = (at: RegExp, when: Moment, nth = 1): Kill => ({ at, nth, when })
const making = /^POST .*\/batches$/
const upload = /^POST .*\/files$/
const looking = /^GET .*\/batches\/\w+$/
const listing = /^GET .*\/batches\?/
const fetching = /^GET .*(results|content)$/

const scripts: Readonly<Record<string, readonly Kill[]>> = {
  'as it hands the batch in': [kill(making, 'before')],
  'as the batch has been taken': [kill(making, 'after')],
  'at every step': [
    kill(making, 'before'),
    kill(listing, 'after'),
    kill(making, 'after'),
    kill(listing, 'before'),
    kill(looking, 'after'),
    kill(fetching, 'before'),
    kill(fetching, 'after'),
  ],
}

for (const api of ['anthropic', 'openai'] as const) {
  for (const [name, kills] of Object.entries(scripts)) {
    test(`${api}: killed ${name}, every question is handed in once`, () => killed(api, kills))
  }
}
test('openai: killed as the file is uploaded, every question is handed in once', () =>
  killed('openai', [kill(upload, 'before'), kill(upload, 'after')]))

async function killed(api: BatchApi, kills: readonly Kill[]): Promise<void> {
  await using out = await tempFolder()
  const planned = planOf(tasks, { models: [{ id: batchModels[api] }], batch: true })
  const { dir, plan } = await createRun(out.path, planned)
  const life = batchLife({ looks: 3 })
  let child: ChildProcess | undefined
  let next: Kill | undefined
  let seen = 0
  await using server = await mockServer({
    answer(request): Exchange | undefined {
      const due = next?.at.test(`${request.method} ${request.path}`) && ++seen === next.nth
      if (due && next?.when === 'before') {
        child?.kill('SIGKILL')
        return { ending: 'cut' }
      }
      const answer = life.answer(request)
      if (!due) return answer
      child?.kill('SIGKILL')
      return {
        ...answer,
        ending: 'cut',
        body: answer?.body === undefined ? '' : String(answer.body).slice(0, 40),
      }
    },
  })
  for (const one of [...kills, undefined]) {
    next = one
    seen = 0
    child = spawn(process.execPath, [program, dir, api, server.url], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const running = child
    using _ = { [Symbol.dispose]: () => void running.kill('SIGKILL') }
    const [code, signal] = await once(child, 'exit')
    expect([code, signal]).toEqual(one === undefined ? [0, null] : [null, 'SIGKILL'])
  }
  const asked = life.made.flatMap(({ items }) => items.map(({ body }) => JSON.stringify(body)))
  expect(asked).toHaveLength(tasks.length)
  expect(new Set(asked).size).toBe(tasks.length)
  expect(life.made).toHaveLength(1)
  const lines: Line[] = []
  for await (const line of readRunLog(dir)) lines.push(line)
  const [summary] = summarise(plan, await foldLines(lines))
  expect(summary).toMatchObject({ n: 12, passed: 12, unpriced: 0 })
  expect(lines.filter((line) => line.kind === 'attempt')).toHaveLength(12)
}
