import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mockServer } from '@bench/providers/mock'
import { foldLines, type Line } from '@bench/runner/record'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresPrograms, startPostgres, type TestPostgres } from '../../../scripts/postgres.mjs'
import { cli, complaints, type Folder, folder, start } from './cli.js'

const here = postgresPrograms() !== undefined || process.env.CI !== undefined
if (!here) console.log("runs over a queue: skipped, no Postgres is here (.ci/setup installs Debian's)")

const tasks = (n: number): string =>
  Array.from({ length: n }, (_, i) =>
    JSON.stringify({ id: `t${i}`, prompt: `item ${i}`, expected: `item ${i}` }),
  ).join('\n')

const key = 'sk-canary-0123456789abcdef'

describe.skipIf(!here)('runs over a queue', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres?.[Symbol.asyncDispose]())

  test.each([
    ['nothing of the sort', 'mysql://x', 2, 'must be a Postgres'],
    [
      'a host that is down',
      'postgres://bench:pw@127.0.0.1:9/bench',
      2,
      'no Postgres answers at postgres://bench:***@127.0.0.1:9/bench',
    ],
  ])('%s is told in one line', async (_name, url, code, words) => {
    await using at = await folder()
    const ended = await cli(['worker', '--queue', url], { cwd: at.path })
    expect(ended.code).toBe(code)
    expect(complaints(ended)).toEqual([expect.stringContaining(words)])
  })

  test('a wrong password, a database that is not there, and no queue at all are told in one line', async () => {
    await using at = await folder()
    const wrong = postgres.url.replace(postgres.password, 'wrong-password-here')
    const refused = await cli(['worker', '--queue', wrong], { cwd: at.path })
    expect([refused.code, complaints(refused)]).toEqual([
      4,
      [expect.stringContaining('refuses the user or password')],
    ])
    expect(refused.stderr).not.toContain('wrong-password-here')
    const missing = await cli(['queue', 'list', '--queue', postgres.urlOf('nowhere')], { cwd: at.path })
    expect([missing.code, complaints(missing)]).toEqual([
      2,
      [expect.stringContaining('"nowhere" does not exist')],
    ])
    await at.file('tasks.jsonl', tasks(3))
    const asks = ['bench', '-d', 'tasks.jsonl', '-p', 'oracle', '--queue', wrong]
    expect((await cli(asks, { cwd: at.path })).code).toBe(4)
    // Of what never began there is no run.
    expect(await readdir(at.path)).not.toContain('bench-results')
    const none = await cli(['queue', 'list'], { cwd: at.path })
    expect([none.code, complaints(none)]).toEqual([2, [expect.stringContaining('--queue')]])
  })

  test('are made by two workers, one of them killed, and reported as any other; no secret is anywhere', async () => {
    await using at = await folder()
    const url = await postgres.createDatabase()
    await at.file('tasks.jsonl', tasks(60))
    let asked = 0
    let victim: ReturnType<typeof start> | undefined
    await using server = await mockServer({
      script: {},
      answer: () => {
        if (++asked === 20) victim?.child.kill('SIGKILL')
        return undefined
      },
    })
    const model = ['--endpoint', `${server.url}/v1`]
    const env = { BENCH_QUEUE: url, OPENAI_COMPATIBLE_API_KEY: key, OPENAI_API_KEY: key }
    const workers = [0, 1].map(() => start(['worker', '--concurrency', '3', ...model], { cwd: at.path, env }))
    victim = workers[0]
    await Promise.all(workers.map(({ child }) => once(child.stderr, 'data')))
    const asks = ['bench', '-d', 'tasks.jsonl', '-p', 'openai-compatible:mock', ...model]
    const ended = await cli(asks, { cwd: at.path, env })
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('openai-compatible:mock')
    await victim!.ended
    workers[1]!.child.kill('SIGTERM')
    expect((await workers[1]!.ended).code).toBe(143)

    const [run] = await readdir(join(at.path, 'bench-results'))
    const lines = await linesOf(at, run!)
    const { rows } = await foldLines(lines)
    expect(rows).toHaveLength(60)
    expect([...rows].filter(({ outcome }) => outcome === 'pass')).toHaveLength(60)
    const replies = lines.filter((line) => line.kind === 'attempt' && line.what === 'replied')
    expect(replies).toHaveLength(60)

    const listed = await cli(['queue', 'list', '--json'], { cwd: at.path, env })
    expect(JSON.parse(listed.stdout)).toMatchObject({ run, waiting: 0, active: 0, ended: 'complete' })
    const gone = await cli(['queue', 'remove', run!], { cwd: at.path, env })
    expect(gone.code).toBe(0)
    const after = await cli(['queue', 'stop', run!], { cwd: at.path, env })
    expect([after.code, complaints(after)]).toEqual([2, [expect.stringContaining('no run')]])

    const told = [ended, listed, gone, after].map(({ stdout, stderr }) => stdout + stderr)
    const written = await textsIn(join(at.path, 'bench-results'))
    const all = [...told, ...workers.map((worker) => worker.stderr()), ...written].join('\n')
    expect(all).not.toContain(postgres.password)
    expect(all).not.toContain(key)
  })

  test('no key and no password reaches Postgres', async () => {
    await using at = await folder()
    const url = await postgres.createDatabase()
    await at.file('tasks.jsonl', tasks(4))
    // A server that gives the key away in what it says.
    await using server = await mockServer({ script: { text: `your key is ${key}` } })
    const env = { BENCH_QUEUE: url, OPENAI_API_KEY: key }
    const model = ['--endpoint', `${server.url}/v1`]
    const worker = start(['worker', ...model], { cwd: at.path, env })
    const asks = [
      'bench',
      '-d',
      'tasks.jsonl',
      '-p',
      'openai:gpt-5-mini',
      ...model,
      '--yes',
      '--max-cost',
      '1',
    ]
    const ended = await cli(asks, { cwd: at.path, env })
    expect(ended.stdout).toContain('openai:gpt-5-mini')
    worker.child.kill('SIGTERM')
    await worker.ended
    const dump = await postgres.dump(url)
    // Replies are kept as bytes, which a dump writes in hexadecimal.
    const hex = (text: string) => Buffer.from(text).toString('hex')
    expect(dump.includes(hex('[redacted]'))).toBe(true)
    for (const secret of [key, postgres.password])
      expect([secret, hex(secret)].filter((form) => dump.includes(form))).toEqual([])
  })

  test('are left by a worker whose dataset is another, which is told to who follows', async () => {
    await using at = await folder()
    await using other = await folder()
    const url = await postgres.createDatabase()
    await at.file('tasks.jsonl', tasks(5))
    await other.file('tasks.jsonl', tasks(5).replace('"item 3"', '"item three"'))
    const env = { BENCH_QUEUE: url }
    const stranger = start(['worker'], { cwd: other.path, env })
    const following = start(['bench', '-d', 'tasks.jsonl', '-p', 'oracle'], { cwd: at.path, env })
    await until(following, 'no worker can take part')
    expect(following.stderr()).toContain('task t3 of tasks.jsonl is not as it was planned')
    const fitting = start(['worker', '--drain'], { cwd: at.path, env })
    expect((await following.ended).code).toBe(0)
    expect((await fitting.ended).code).toBe(0)
    stranger.child.kill('SIGTERM')
    await stranger.ended
  })

  test('are left, model by model, by a worker that lacks a key', async () => {
    await using at = await folder()
    const url = await postgres.createDatabase()
    await at.file('tasks.jsonl', tasks(3))
    await using server = await mockServer({ script: {} })
    const model = ['--endpoint', `${server.url}/v1`]
    const poor = start(['worker', ...model], { cwd: at.path, env: { BENCH_QUEUE: url } })
    const asks = [
      'bench',
      '-d',
      'tasks.jsonl',
      '-p',
      'openai:gpt-5-mini,oracle',
      ...model,
      '--yes',
      '--max-cost',
      '1',
    ]
    const env = { BENCH_QUEUE: url, OPENAI_API_KEY: key }
    const following = start(asks, { cwd: at.path, env })
    await until(following, 'takes no part in openai:gpt-5-mini')
    const rich = start(['worker', '--drain', ...model], { cwd: at.path, env })
    expect((await following.ended).code).toBe(0)
    await rich.ended
    poor.child.kill('SIGTERM')
    await poor.ended
  })

  test('are left by a worker whose sandbox is weaker than the one they were planned with', async ({
    skip,
  }) => {
    await using at = await folder()
    const env = { BENCH_QUEUE: await postgres.createDatabase() }
    const weak = start(['worker', '--sandbox', 'process'], { cwd: at.path, env })
    const following = start(['bench', '-p', 'oracle', '--limit', '2'], { cwd: at.path, env })
    const told = await Promise.race([until(following, 'which is weaker'), following.ended])
    if (told?.code === 5) return skip('no sandbox that isolates is here')
    const fitting = start(['worker', '--drain'], { cwd: at.path, env })
    expect((await following.ended).code).toBe(0)
    await fitting.ended
    weak.child.kill('SIGTERM')
    await weak.ended
  })

  test('put no more to a server at once than the run allows, however many workers there are', async () => {
    await using at = await folder()
    await at.file('tasks.jsonl', tasks(90))
    let underWay = 0
    let peak = 0
    await using server = await mockServer({
      script: {},
      async answer() {
        peak = Math.max(peak, ++underWay)
        await new Promise((resolve) => setTimeout(resolve, 15))
        underWay--
        return undefined
      },
    })
    const env = { BENCH_QUEUE: await postgres.createDatabase() }
    const model = ['--endpoint', `${server.url}/v1`]
    const workers = [0, 1, 2].map(() =>
      start(['worker', '--concurrency', '4', ...model], { cwd: at.path, env }),
    )
    const asks = [
      'bench',
      '-d',
      'tasks.jsonl',
      '-p',
      'openai-compatible:mock',
      ...model,
      '--concurrency',
      '5',
    ]
    expect((await cli(asks, { cwd: at.path, env })).code).toBe(0)
    expect(peak).toBeLessThanOrEqual(5)
    for (const { child } of workers) child.kill('SIGTERM')
    await Promise.all(workers.map(({ ended }) => ended))
  })

  test('go on when who follows is stopped, and are followed again elsewhere by their id', async () => {
    await using at = await folder()
    await using elsewhere = await folder()
    const url = await postgres.createDatabase()
    await at.file('tasks.jsonl', tasks(40))
    await using server = await mockServer({ script: { latency: 30 } })
    const env = { BENCH_QUEUE: url }
    const model = ['--endpoint', `${server.url}/v1`]
    const worker = start(['worker', '--concurrency', '2', ...model], { cwd: at.path, env })
    const asks = ['bench', '-d', 'tasks.jsonl', '-p', 'openai-compatible:mock', ...model, '--json']
    const following = start(asks, { cwd: at.path, env })
    let told = ''
    for await (const chunk of following.child.stdout) {
      told += chunk
      if (told.includes('"type":"score"')) {
        following.child.kill('SIGINT')
        break
      }
    }
    const stopped = await following.ended
    expect(stopped.code).toBe(130)
    const [, run] = /"run":"([^"]+)"/.exec(told) ?? []
    expect(stopped.stderr).toContain(`workers go on with ${run}`)
    const resumed = await cli(['resume', run!], { cwd: elsewhere.path, env })
    expect(resumed.code).toBe(0)
    const { rows } = await foldLines(await linesOf(elsewhere, run!))
    expect([...rows].filter(({ outcome }) => outcome === 'pass')).toHaveLength(40)
    worker.child.kill('SIGTERM')
    await worker.ended
  })
})

async function linesOf(at: Folder, run: string): Promise<Line[]> {
  const text = await readFile(join(at.path, 'bench-results', run, 'results.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function textsIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))
}

/** Resolves when a process has said so. */
async function until({ child, stderr }: ReturnType<typeof start>, words: string): Promise<void> {
  while (!stderr().includes(words)) {
    if (child.exitCode !== null) throw new Error(`it ended without saying "${words}":\n${stderr()}`)
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')])
  }
}
