import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { openJudge, scorer } from '../src/index.js'
import { anyDriver } from './boxes.js'
import { attempt, humanEval, makeTask } from './setup.js'

const judge = await scorer({ name: 'code-tests' })
const sandbox = await anyDriver()
const boxes = openJudge(sandbox, { size: 2 })
afterAll(() => boxes[Symbol.asyncDispose]())

/** The same demand on a function, by value and by assertion: `f()` is 1. */
const byValue = (timeout: number) =>
  makeTask({
    code: {
      kind: 'io',
      language: 'python',
      entryPoint: 'f',
      cases: [{ input: [], expected: 1, timeout, weight: 1 }],
    },
  })
const byAssertion = (timeout: number, test = 'def check(candidate):\n    assert candidate() == 1\n') =>
  makeTask({ code: { kind: 'assert', language: 'python', entryPoint: 'f', prompt: '', timeout, test } })

const run = async (task: ReturnType<typeof makeTask>, code: string) =>
  judge.score(attempt(task, code, { form: 'program' }), { sandbox, judge: boxes })

const ignoring =
  'import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n'
/** A fourth of the time limit below. */
const working =
  'import time\ndef f():\n    end = time.process_time() + 0.12\n    while time.process_time() < end: pass\n    return 1\n'
const loop = 'def f():\n    while True: pass\n'

describe.concurrent.each([
  ['by value', byValue],
  ['by assertion', byAssertion],
])('the time limit, %s', (_, task) => {
  test.each([
    ['an endless loop', loop],
    ['one while loading', 'while True: pass'],
    ['one in C code', 'def f():\n    return sum(range(10**12))'],
    ['one that ignores every signal', ignoring + loop],
    [
      'one that frees itself of its timers',
      `import signal\nsignal.setitimer(signal.ITIMER_PROF, 0)\nsignal.alarm(0)\n${loop}`,
    ],
    [
      'one that would raise its limit',
      `import resource\ntry: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))\nexcept ValueError: pass\n${loop}`,
    ],
    [
      'threads',
      `import threading\nfor _ in range(4): threading.Thread(target=lambda: f(), daemon=True).start()\n${loop}`,
    ],
  ])('ends %s', async (_, code) => {
    const score = await run(task(0.3), code)
    expect(score).toMatchObject({ outcome: 'time_limit', value: 0 })
    expect(JSON.stringify(score.detail)).toContain('of CPU time')
  })

  test('ends a sleeper by the wall', async () => {
    const score = await run(task(0.1), 'import time\ndef f():\n    time.sleep(600)')
    expect(score).toMatchObject({ outcome: 'time_limit', value: 0 })
    expect(JSON.stringify(score.detail)).toContain('within 2.3 s')
  })

  test('is no matter of the wall: who waits a little longer than it passes', async () => {
    const code = 'import time\ndef f():\n    time.sleep(0.6)\n    return 1'
    expect(await run(task(0.3), code)).toMatchObject({ outcome: 'pass' })
  })

  test('a candidate that kills or stops the process that watches it gains nothing', async () => {
    for (const name of ['KILL', 'STOP']) {
      const score = await run(
        task(0.1),
        `import os, signal\nos.kill(os.getppid(), signal.SIG${name})\n${loop}`,
      )
      expect(['crash', 'time_limit']).toContain(score.outcome)
    }
  })
})

test('the tests have the same limit, apart from the candidate', async () => {
  const endless = 'def check(candidate):\n    while candidate() == 1: pass\n'
  expect(await run(byAssertion(0.5, endless), 'def f(): return 1')).toMatchObject({
    outcome: 'time_limit',
    value: 0,
  })
})

describe('on a machine eight times oversubscribed', () => {
  const tasks = [...humanEval().values()].filter(({ id }) => /\/(0|32|33|38|50|115)$/.test(id))

  test.skipIf(tasks.length === 0)('references pass as ever', { timeout: 180_000 }, async () => {
    // In a session each: the scheduler gives a session, not a process, its share.
    const spinning = Array.from({ length: 8 * availableParallelism() }, () =>
      spawn('sh', ['-c', 'ulimit -t 20; while :; do :; done'], { stdio: 'ignore', detached: true }),
    )
    try {
      const outcomes: Record<string, string> = {}
      for (const { code, ...task } of tasks) {
        if (code?.kind !== 'assert') continue
        // A third of what they have: a clock on the wall would not do.
        const tight = { ...task, code: { ...code, timeout: 1 } }
        const reply = attempt(tight, task.solution!, { form: 'continuation' })
        outcomes[task.id] = (await judge.score(reply, { sandbox, judge: boxes })).outcome
      }
      for (const [name, task] of Object.entries({ value: byValue(0.5), assertion: byAssertion(0.5) }))
        outcomes[name] = (await run(task, working)).outcome
      expect(new Set(Object.values(outcomes)), JSON.stringify(outcomes)).toEqual(new Set(['pass']))
    } finally {
      for (const one of spinning) one.kill('SIGKILL')
      await Promise.all(spinning.map((one) => one.exitCode ?? one.signalCode ?? once(one, 'exit')))
    }
  })
})
