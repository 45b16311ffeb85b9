import { once } from 'node:events'
import type { Model } from '@bench/providers'
import { expect, test } from 'vitest'
import { createRun } from '../../src/index.js'
import { claim } from '../../src/queue/claim.js'
import { work } from '../../src/queue/index.js'
import { queueOf } from '../../src/queue/jobs.js'
import { openQueue } from '../../src/queue/queue.js'
import { reap } from '../../src/queue/reap.js'
import { openSession } from '../../src/queue/session.js'
import { type AttemptLine, foldLines, type Line, lineHash, summarise } from '../../src/record/index.js'
import { echoTasks, httpModel, modelServer, planOf, tempFolder } from '../world.js'
import { followIn, linesIn } from './follow-in.js'
import { partsOf } from './parts.js'
import { wayTo } from './proxy.js'
import { processes, program, withPostgres } from './queue-world.js'

const tasks = echoTasks(60)
const concurrency = 4
const graceMs = 400

/** A promise and what resolves it. */
function word(): { said: Promise<void>; say(): void } {
  let say = (): void => undefined
  const said = new Promise<void>((resolve) => {
    say = resolve
  })
  return { said, say: () => say() }
}

withPostgres('a worker that cannot reach Postgres', (postgres) => {
  /** A worker of this process that asks at a path of its own. */
  function working(
    url: string,
    model: string,
    stopping: AbortSignal,
    more: Partial<Model> = {},
    said: string[] = [],
  ) {
    return (async () => {
      await using queue = await openQueue(url)
      await work(queue, {
        open: () => partsOf(tasks, httpModel(model, more)),
        say: (text) => void said.push(text),
        ...{ concurrency, graceMs, stopping },
      })
    })()
  }

  for (const [how, what, ending] of [
    ['cut', 'paid', 'answered'],
    ['cut', 'paid', 'never answered'],
    ['cut', 'free', 'answered'],
    ['stall', 'paid', 'answered'],
  ] as const)
    test(`any more (${how}), whose ${what} calls under way are ${ending}: others take them over, and it goes on afterwards`, async () => {
      await using out = await tempFolder()
      const url = await postgres().createDatabase()
      await using way = await wayTo(url)
      const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency: 2 * concurrency }))
      const stopping = new AbortController()
      const said: string[] = []
      const more = what === 'free' ? { local: true } : {}
      const workers: Promise<void>[] = []
      const underWay = new Set<string>()
      const [again, back] = [word(), word()]
      let state: 'before' | 'away' | 'back' = 'before'
      await using server = await modelServer(async (text, _asked, path) => {
        if (path === '/away') {
          if (state === 'back') back.say()
          if (state !== 'before' || server.total < 10) return { text }
          underWay.add(text)
          if (underWay.size < concurrency) await full.said
          else {
            state = 'away'
            way[how]()
            full.say()
            workers.push(
              takenOver(url).then(() => working(url, `${server.url}/there`, stopping.signal, more)),
            )
          }
          if (ending !== 'answered') return { hang: true }
          await again.said
          return { text: `too late: ${text}` }
        }
        underWay.delete(text)
        if (underWay.size === 0 && state === 'away') {
          state = 'back'
          again.say()
          way.restore()
        }
        // The other leaves enough to do for the one that is back.
        if (state === 'back') await back.said
        return { text }
      })
      const full = word()
      workers.push(working(way.url, `${server.url}/away`, stopping.signal, more, said))
      const events = await followIn(dir, url, plan, { graceMs })
      stopping.abort()
      await Promise.all(workers)
      expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
      expect(said.filter((text) => text.includes('others have taken over'))).toHaveLength(1)

      const lines = await linesIn(dir)
      expect(new Set(lines.map(lineHash)).size).toBe(lines.length)
      const replies = lines.filter(isReply)
      // What was asked twice was under way, and where it costs money its second line says so; nothing else was asked again.
      const twice = [...server.calls].flatMap(([prompt, n]) => (n > 1 ? `t${prompt.slice(4)}` : []))
      const marked = replies.flatMap((line) => (line.possibly_billed ? line.task : []))
      expect(Math.max(...server.calls.values())).toBe(2)
      expect(twice).toHaveLength(concurrency)
      expect(marked.sort()).toEqual(what === 'paid' ? twice.sort() : [])
      // One line for each call that was answered and paid, one verdict for each attempt.
      const told = tasks.length + (ending === 'answered' && what === 'paid' ? twice.length : 0)
      expect(replies).toHaveLength(told)
      expect(lines.filter(({ kind }) => kind === 'score')).toHaveLength(tasks.length)
      const [summary] = summarise(plan, await foldLines(lines))
      expect(summary).toMatchObject({ n: 60, passed: 60, unpriced: 0 })
      expect(summary?.costUsd).toBeCloseTo(told * 0.01)
    })

  test('for longer than it may, while nobody takes its work over, goes on with it as though nothing had been', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    await using way = await wayTo(url)
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency }))
    const stopping = new AbortController()
    const said: string[] = []
    await using server = await modelServer(async (text) => {
      if (server.total === 20) {
        way.cut()
        await overdue(url)
        way.restore()
      }
      return { text }
    })
    const worker = working(way.url, server.url, stopping.signal, {}, said)
    const events = await followIn(dir, url, plan, { graceMs: 60_000 })
    stopping.abort()
    await worker
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'complete' })
    expect(said).toEqual(['r1: taking part'])
    expect(server.total).toBe(tasks.length)
    const lines = await linesIn(dir)
    expect(lines).toHaveLength(2 * tasks.length)
    expect(lines.filter((line) => line.kind === 'attempt' && line.possibly_billed)).toEqual([])
  })

  test('for its process is stopped (SIGSTOP) loses its work to others, and goes on with what is left (SIGCONT)', async () => {
    await using out = await tempFolder()
    await using worker = await program('queue-worker')
    await using workers = processes(worker.path)
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks, { concurrency }))
    const start = () => workers.start(url, server.url, '2', String(graceMs))
    let stopped: number | undefined
    const back = word()
    await using server = await modelServer(async (text, times, path) => {
      const pid = Number(path.slice(1))
      if (stopped === undefined) {
        stopped = pid
        process.kill(pid, 'SIGSTOP')
        void takenOver(url).then(start)
      } else if (pid !== stopped) {
        // Whoever takes over leaves the rest until the first is there again.
        if (times > 1) process.kill(stopped, 'SIGCONT')
        await back.said
      } else if (!server.calls.has('say 3')) return { text }
      else if (times === 1) back.say()
      return { text }
    })
    start()
    expect((await followIn(dir, url, plan, { graceMs })).at(-1)).toEqual({ type: 'end', reason: 'complete' })
    const twice = [...server.calls].flatMap(([prompt, n]) => (n > 1 ? prompt : []))
    expect(['say 0', 'say 1']).toEqual(expect.arrayContaining(twice))
    expect(twice).not.toEqual([])
    const [summary] = summarise(plan, await foldLines(await linesIn(dir)))
    expect(summary).toMatchObject({ n: 60, passed: 60 })
    const ended = workers.alive().map((child) => once(child, 'exit'))
    expect(ended).toHaveLength(2)
    for (const child of workers.alive()) child.kill('SIGTERM')
    for (const each of ended) expect(await each).toEqual([0, null])
  })

  test('and is taken for dead while it holds its lock gets another number, and is told', async () => {
    await using queue = await openQueue(await postgres().createDatabase())
    const { database, boss } = queue
    const replaced = word()
    await using session = await openSession(database, boss, { graceMs, onReplaced: replaced.say })
    const before = session.worker
    await database.query('delete from bench.worker')
    await replaced.said
    expect(session.worker).not.toBe(before)
    expect(await database.query('select id from bench.worker')).toEqual([{ id: session.worker }])
  })

  test('takes nothing up once it is taken for dead, and leaves nothing behind that it wrote afterwards', async () => {
    await using out = await tempFolder()
    const url = await postgres().createDatabase()
    const { dir, plan } = await createRun(out.path, planOf(tasks))
    await using queue = await openQueue(url)
    const { database, boss } = queue
    const stop = new AbortController()
    const following = followIn(dir, url, plan, { signal: stop.signal })
    while ((await queue.runs())[0]?.waiting !== tasks.length);
    stop.abort()
    await following
    const claimed = await claim(queue, {
      ...{ run: plan.run, worker: 99, count: 3, maxErrors: undefined },
      queues: [{ name: queueOf(plan.run, 0), model: 'test:model', paid: true }],
    })
    expect(claimed).toEqual({ jobs: [], stopped: [] })
    expect(await queue.runs()).toMatchObject([{ waiting: tasks.length, active: 0 }])
    await database.query("insert into bench.share (lane, worker, held, wanted) values ('lane', 99, 4, 4)")
    await database.query("insert into bench.hold (run, worker, usd) values ('r1', 99, 1)")
    await reap(database, boss, graceMs)
    for (const table of ['share', 'hold'])
      expect(await database.query(`select 1 from bench.${table}`)).toEqual([])
  })
})

/** Resolves when others have what the one worker had. */
async function takenOver(url: string): Promise<void> {
  await using queue = await openQueue(url)
  while ((await queue.database.query('select 1 from bench.worker')).length > 0);
}

/** Resolves when a worker has not been seen for longer than it may. */
async function overdue(url: string): Promise<void> {
  await using queue = await openQueue(url)
  const late = `select 1 from bench.worker where seen < now() - ${2 * graceMs} * interval '1 ms'`
  while ((await queue.database.query(late)).length === 0);
}

const isReply = (line: Line): line is AttemptLine => line.kind === 'attempt' && line.what === 'replied'
