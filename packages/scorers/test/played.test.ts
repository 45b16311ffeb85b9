import type { AssertCode } from '@bench/datasets'
import { type Sandbox, SandboxError } from '@bench/sandbox'
import { afterAll, expect, test } from 'vitest'
import { openJudge } from '../src/index.js'
import { anyDriver } from './boxes.js'

/** Tests in Python that are played on a stage, against answers that were given before, and those that cannot be. */

const sandbox = await anyDriver()
const jobs: string[][] = []
const judge = openJudge(watched(), { size: 1, eager: true })
afterAll(() => judge[Symbol.asyncDispose]())

/** A driver that writes down which programs its jobs ran. */
function watched(): typeof sandbox {
  return {
    ...sandbox,
    async forkServer(spec) {
      const server = await sandbox.forkServer!(spec)
      const { run } = server
      return Object.assign(server, {
        run(job: Parameters<typeof run>[0], signal?: AbortSignal) {
          jobs.push(job.processes.map(({ program }) => program))
          return run.call(server, job, signal)
        },
      })
    },
  }
}

const asserting = (test: string, more: Partial<AssertCode> = {}): AssertCode => ({
  ...{ kind: 'assert', language: 'python', entryPoint: 'f', prompt: '', timeout: 5, style: 'script' },
  ...more,
  test,
})

const alone = ['answers.py']
const together = ['candidate.py', 'tester.py']

async function judged(spec: AssertCode, code: string) {
  jobs.length = 0
  const { outcome } = await judge.judge(spec, code)
  return { outcome, jobs: [...jobs] }
}

test('one process answers all, in order and with its state', async () => {
  const code = 'n = 0\ndef f(x):\n    global n\n    n += x\n    return n\n'
  const spec = asserting('assert f(1) == 1\nassert f(2) == 3\nassert f(3) == 6')
  expect(await judged(spec, code)).toEqual({ outcome: 'pass', jobs: [alone] })
  expect(await judged(spec, 'def f(x): return x')).toEqual({ outcome: 'wrong_answer', jobs: [alone] })
})

test('a first wrong answer is what is told, whatever became of the others', async () => {
  const code = 'def f(x):\n    while x > 1: pass\n    return 0\n'
  const spec = asserting('assert f(1) == 1\nassert f(2) == 2', { timeout: 0.5 })
  expect(await judged(spec, code)).toEqual({ outcome: 'wrong_answer', jobs: [alone] })
  expect(await judged(spec, code.replace('return 0', 'return 1'))).toMatchObject({ outcome: 'time_limit' })
})

test('a program that ends before its last answer has not passed', async () => {
  const code = 'import os\ndef f(x):\n    if x == 2: os._exit(0)\n    return True\n'
  expect(await judged(asserting('assert f(1)\nassert f(2)'), code)).toMatchObject({ outcome: 'crash' })
})

test.each([
  ['whose next question hangs on an answer', 'y = f(1)\nassert y == 2\nassert f(y) == 3'],
  ['that asks for something else after an answer', 'if f(1) == 9: assert f(2) == 9\nelse: assert f(3) == 4'],
  ['whose argument was changed by a call', 'x = [1]\ng(x)\ng(x)\nassert x == [1, 3, 3]'],
  ['that asks by an assertion for what another decides', 'assert f(1) == 2 and (f(0) == 2 or f(2) == 3)'],
])('a test %s is joined to the process', async (_, source) => {
  const code = 'def f(x): return x + 1\ndef g(x): x.append(3)\n'
  const { outcome, jobs } = await judged(asserting(source), code)
  expect(outcome).toBe('pass')
  expect(jobs.at(-1)).toEqual(together)
})

test('a test that held, and asked for less than in its rehearsal, is joined to the process', async () => {
  const spec = asserting('try: assert f(1) == 2\nexcept ValueError: pass\nelse: f(2)')
  const code = 'def f(x):\n    if x == 1: raise ValueError\n'
  const { outcome, jobs } = await judged(spec, code)
  expect(outcome).toBe('pass')
  expect(jobs).toEqual([alone, together])
})

test('a test that asks more than can be asked at once is joined to the process', async () => {
  const spec = asserting('for i in range(300): assert f([0] * 3000) == 3000', { timeout: 20 })
  expect(await judged(spec, 'f = len')).toEqual({ outcome: 'pass', jobs: [together] })
})

test('an iterator is asked in the process it lives in', async () => {
  const spec = asserting('assert list(f(3)) == [0, 1, 2]')
  expect(await judged(spec, 'def f(n): return range(n)')).toEqual({ outcome: 'pass', jobs: [alone] })
  expect(await judged(spec, 'def f(n): return iter(range(n))')).toEqual({
    outcome: 'pass',
    jobs: [alone, together],
  })
  const compared = asserting('assert f(3) == [0, 1, 2]')
  expect(await judged(compared, 'def f(n): return iter(range(n))')).toEqual({
    outcome: 'wrong_answer',
    jobs: [alone],
  })
})

test('a test leaves nothing behind for the next', async () => {
  const spoiling = 'import builtins, random, math\nx = 1\nassert f(1) == 1\nrandom.seed(7)\nprint("out")'
  expect(await judged(asserting(spoiling), 'def f(x): return x')).toMatchObject({ outcome: 'pass' })
  const spec = asserting(
    'import random\nassert "x" not in globals()\nassert f(random.random()) == 0.8444218515250481',
  )
  expect(await judged(spec, 'def f(x): return x')).toEqual({ outcome: 'pass', jobs: [alone] })
})

test('a stage that is lost is opened anew, and a test that ends it has not been passed', async () => {
  const spec = asserting('import os\nassert f(1) == 1\nif f(2) == 2: os._exit(0)')
  expect((await judged(spec, 'def f(x): return x')).outcome).not.toBe('pass')
  expect(await judged(asserting('assert f(1) == 1'), 'def f(x): return x')).toEqual({
    outcome: 'pass',
    jobs: [alone],
  })
})

test('a stage that is lost for good costs no verdict', async () => {
  let opened = 0
  await using own = openJudge(
    {
      ...sandbox,
      async open(spec): Promise<Sandbox> {
        if (opened++ > 0) throw new SandboxError('unavailable', 'no more boxes')
        return sandbox.open(spec)
      },
    },
    { size: 1, eager: true },
  )
  const ending = asserting('import os\nassert f(1) == 1\nif f(2) == 2: os._exit(0)')
  expect((await own.judge(ending, 'def f(x): return x')).outcome).not.toBe('pass')
  for (const [code, outcome] of [
    ['def f(x): return x', 'pass'],
    ['def f(x): return 0', 'wrong_answer'],
  ] as const)
    expect((await own.judge(asserting('assert f(1) == 1'), code)).outcome).toBe(outcome)
})
