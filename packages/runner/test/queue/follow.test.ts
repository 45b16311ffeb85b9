import { once } from 'node:events'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRun, openBlobStore, openRunLog, type RunEvent } from '../../src/index.js'
import { claim } from '../../src/queue/claim.js'
import { follow, work } from '../../src/queue/index.js'
import { queueOf } from '../../src/queue/jobs.js'
import { openQueuedRun } from '../../src/queue/open-run.js'
import { openQueue } from '../../src/queue/queue.js'
import { reap } from '../../src/queue/reap.js'
import { foldLines, type Line, lineHash, summarise } from '../../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, runIn, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { processes, program, withPostgres } from './queue-world.js'

const tasks = echoTasks(80)

/** Lines as a set. */
const setOf = (lines: readonly Line[]) => [...new Set(lines.map(lineHash))].sort()

withPostgres('following', (postgres) => {
  /** A worker of this process, until it is closed. */
  function working(url: string, model: string) {
    const stopping = new AbortController()
    const done = (async () => {
      await using queue = await openQueue(url)
      await work(queue, { open: () => partsOf(tasks, httpModel(model)), stopping: stopping.signal })
    })()
    return {
      async [Symbol.asyncDispose]() {
        stopping.abort()
        await done
      },
    }
  }

  test('by two at once, each into a folder of its own: both have all of it, and nothing is made twice', async () => {
    await using out = await tempFolder()
    await using other = await tempFolder()
    await using server = await modelServer()
    const url = await postgres().createDatabase()
    const plan = planOf(tasks)
    const dirs = await Promise.all([out, other].map(async ({ path }) => (await createRun(path, plan)).dir))
    await using _worker = working(url, server.url)
    const ends = await Promise.all(dirs.map(async (dir) => (await followIn(dir, url, plan)).at(-1)))
    expect(ends).toEqual([
      { type: 'end', reason: 'complete' },
      { type: 'end', reason: 'complete' },
    ])
    const [one, two] = await Promise.all(dirs.map(linesIn))
    expect(setOf(one!)).toEqual(setOf(two!))
    expect(one).toHaveLength(2 * tasks.length)
    expect(server.total).toBe(tasks.length)
  })

  test('that is stopped lets workers go on, and is taken up again from another machine by the run id', async () => {
    await using out = await tempFolder()
    await using elsewhere = await tempFolder()
    await using server = await modelServer()
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    await using _worker = working(url, server.url)
    const stop = new AbortController()
    {
      await using queue = await openQueue(url)
      await using log = await openRunLog(dir)
      await using blobs = await openBlobStore(dir)
      let last: RunEvent | undefined
      for await (const event of follow(queue, plan, { log, blobs, signal: stop.signal })) {
        last = event
        if (event.type === 'score') stop.abort(new Error('SIGINT'))
      }
      expect(last).toEqual({ type: 'end', reason: 'interrupted' })
    }
    await using queue = await openQueue(url)
    const known = await queue.plan(plan.run)
    expect(known).toEqual(plan)
    const moved = await createRun(elsewhere.path, known)
    expect((await followIn(moved.dir, url, known)).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    const [summary] = summarise(plan, await foldLines(await linesIn(moved.dir)))
    expect(summary).toMatchObject({ n: 80, passed: 80 })
    expect(server.total).toBe(tasks.length)
    // The first folder catches up, and nothing is written to it twice.
    await followIn(dir, url, plan)
    const lines = await linesIn(dir)
    expect(setOf(lines)).toEqual(setOf(await linesIn(moved.dir)))
    expect(lines).toHaveLength(new Set(lines.map(lineHash)).size)
    await using blobs = await openBlobStore(dir)
    for (const line of lines)
      if (line.kind === 'attempt') expect(await blobs.get(line.reply!)).toBe(`say ${line.task.slice(1)}`)
  })

  test('goes on with a run that was begun without a queue: what is won is judged, and asked no more', async () => {
    await using out = await tempFolder()
    await using server = await modelServer((prompt, asked) =>
      prompt === 'say 3' && asked === 1 ? { status: 500 } : { text: prompt },
    )
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    await runIn(plan, { dir, tasks, model: httpModel(server.url) })
    expect(server.total).toBe(80)
    // As though it had been killed before its last verdicts.
    const lines = await linesIn(dir)
    await rm(join(dir, 'results.jsonl'))
    {
      await using log = await openRunLog(dir)
      for (const line of lines)
        if (line.kind === 'attempt' || Number(tasks.findIndex(({ id }) => id === lineTask(line, lines))) < 70)
          await log.append(line)
    }
    await using _worker = working(url, server.url)
    expect((await followIn(dir, url, plan)).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    const [summary] = summarise(plan, await foldLines(await linesIn(dir)))
    expect(summary).toMatchObject({ n: 80, passed: 80 })
    expect(server.total).toBe(81)
    expect(server.calls.get('say 3')).toBe(2)
    const again = (await linesIn(dir)).filter((line) => line.kind === 'attempt' && line.task === 't3')
    expect(again.map((line) => line.kind === 'attempt' && line.try)).toEqual([1, 2])
  })

  test('by a process that is killed, and another that takes its folder over', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    const { dir } = await createRun(out.path, planOf(tasks))
    await using follower = await program('queue-follow')
    await using followers = processes(follower.path)
    let child = followers.start(dir, url)
    let asked = 0
    await using server = await modelServer((text) => {
      if (++asked === 30) child.kill('SIGKILL')
      return { text }
    })
    await using _worker = working(url, server.url)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    child = followers.start(dir, url)
    expect(await once(child, 'exit')).toEqual([0, null])
    const lines = await linesIn(dir)
    expect(lines).toHaveLength(2 * tasks.length)
    expect(new Set(lines.map(lineHash)).size).toBe(lines.length)
    expect(server.total).toBe(tasks.length)
  })

  test('a run that is stopped ends for who follows it; what is left is made when it is resumed', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 2 }))
    await using queue = await openQueue(url)
    let asked = 0
    await using server = await modelServer((text) => {
      if (++asked === 10) void queue.stop(plan.run)
      return { text }
    })
    await using _worker = working(url, server.url)
    expect((await followIn(dir, url, plan)).at(-1)).toEqual({ type: 'end', reason: 'interrupted' })
    const [listed] = await queue.runs()
    expect(listed).toMatchObject({ run: plan.run, ended: 'interrupted', active: 0 })
    expect(listed!.waiting).toBe(tasks.length - server.total)
    expect((await followIn(dir, url, plan)).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    expect(server.total).toBe(tasks.length)
    await queue.remove(plan.run)
    expect(await queue.runs()).toEqual([])
    await expect(queue.plan(plan.run)).rejects.toMatchObject({ code: 'no_such_run' })
  })

  test('what a dead worker was asking is asked again, and the line says that it may be billed twice', async () => {
    await using out = await tempFolder()
    await using server = await modelServer()
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    await using queue = await openQueue(url)
    const { database, boss } = queue
    await openQueuedRun(queue, {
      plan,
      log: { lines: () => none() },
      blobs: noBlobs,
      known: new Set(),
      maxCost: undefined,
    })
    const [dead] = await database.query<{ id: number }>(
      "insert into bench.worker (host, pid, seen) values ('gone', 1, now() - interval '1 hour') returning id",
    )
    const queues = [{ name: queueOf(plan.run, 0), model: 'test:model', paid: true }]
    const taken = await claim(queue, {
      run: plan.run,
      worker: dead!.id,
      queues,
      count: 3,
      maxErrors: undefined,
    })
    expect('jobs' in taken && taken.jobs.map(({ data }) => data.task)).toEqual(['t0', 't1', 't2'])
    // Postgres itself has just begun: each worker has a while to come back from that.
    while ((await reap(database, boss, 100)) === 0);
    await using _worker = working(url, server.url)
    await followIn(dir, url, plan)
    const lines = await linesIn(dir)
    const marked = lines.flatMap((line) => (line.kind === 'attempt' && line.possibly_billed ? line.task : []))
    expect(marked.sort()).toEqual(['t0', 't1', 't2'])
    expect(server.total).toBe(tasks.length)
  })

  test('another run of the same id is refused', async () => {
    await using out = await tempFolder()
    await using copy = await tempFolder()
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    await using server = await modelServer()
    {
      await using _worker = working(url, server.url)
      await followIn(dir, url, plan)
    }
    await cp(dir, join(copy.path, 'other'), { recursive: true })
    await expect(followIn(join(copy.path, 'other'), url, planOf(tasks.slice(1)))).rejects.toMatchObject({
      code: 'bad_plan',
    })
  })
})

const lineTask = (line: Line, lines: readonly Line[]): string | undefined => {
  if (line.kind === 'attempt') return line.task
  const of = lines.find((other) => other.kind === 'attempt' && other.key === line.keys[0])
  return of?.kind === 'attempt' ? of.task : undefined
}

async function* none(): AsyncGenerator<Line> {}

const noBlobs = { get: async () => undefined }
