import { Readable } from 'node:stream'
import type { CodeSpec } from '@bench/datasets'
import type { Job, JobEnd, JobResult, SandboxDriver } from '@bench/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { type Judge, openJudge } from '../src/index.js'
import { FrameReader } from '../src/verify/frames.js'
import { anyDriver, withoutStages } from './boxes.js'

/**
 * Answers that no program gets out of a box of ours, or only by luck: a box that is lost while code of a candidate runs, and
 * results that were tampered with on their way. None is an error of ours, and none a pass.
 */

const sandbox = await anyDriver()

const common = { language: 'python', entryPoint: 'add', timeout: 5 } as const
const specs: Readonly<Record<string, CodeSpec>> = {
  io: { ...common, kind: 'io', cases: [{ input: [1, 2], expected: 3, timeout: 5, weight: 1 }] },
  joined: { ...common, kind: 'assert', style: 'script', prompt: '', test: 'assert add(1, 2) == 3' },
  played: { ...common, kind: 'assert', style: 'script', prompt: '', test: 'assert add(1, 2) == 3' },
  reference: {
    ...{ ...common, kind: 'reference', prompt: '', tolerance: 0, oracle: 'humaneval' },
    ...{ problem: 'HumanEval/999', baseInputs: [[1, 2]], plusInputs: [], entryPoint: 'add' },
    reference: 'def add(a, b):\n    return a + b\n',
  },
  expression: { kind: 'expression', language: 'python', setup: '', expected: '3', timeout: 5 },
}
const right = (kind: string) => (kind === 'expression' ? '2 + 1' : 'def add(a, b):\n    return b + a\n')

/** A judge whose boxes answer to the candidate's jobs as `change` makes of what they do. */
function judging(change: (result: JobResult) => JobResult, see: (job: Job) => void = () => {}) {
  const driver: SandboxDriver = {
    ...sandbox,
    async forkServer(spec) {
      const server = await sandbox.forkServer!(spec)
      const { run } = server
      // A reference and the literal of a dataset are trusted, and run in jobs of their own.
      const isTheirs = ({ processes }: Job) =>
        processes.some(({ payload }) => /b \+ a|2 \+ 1/.test(String(payload)))
      return Object.assign(server, {
        run: async (job: Job, signal?: AbortSignal) => {
          see(job)
          const result = await run.call(server, job, signal)
          return isTheirs(job) ? change(result) : result
        },
      })
    },
  }
  const [judge, joined] = [driver, withoutStages(driver)].map((one, i) =>
    openJudge(one, { size: 1, eager: i === 0 }),
  ) as [Judge, Judge]
  afterAll(() => Promise.all([judge, joined].map((one) => one[Symbol.asyncDispose]())))
  return (kind: string) => (kind === 'joined' ? joined : judge).judge(specs[kind]!, right(kind))
}

const results = (change: (text: Buffer) => Buffer) => (result: JobResult) => ({
  ...result,
  ends: result.ends.map((end): JobEnd => ({ ...end, result: change(Buffer.from(end.result)) })),
})

test.each(Object.keys(specs))('unchanged, %s passes', async (kind) => {
  expect(await judging((result) => result)(kind)).toMatchObject({ outcome: 'pass', value: 1 })
})

test.each([
  ['io', [10]],
  ['joined', [5, 5]],
  ['played', [5]],
  ['expression', [5]],
])('a box is told the limit of CPU time: %s', async (kind, seconds) => {
  const jobs: Job[] = []
  const judge = judging(
    (result) => result,
    (job) => jobs.push(job),
  )
  await judge(kind)
  expect(jobs.at(-1)?.processes.map(({ cpuSec }) => cpuSec)).toEqual(seconds)
})

describe('a box that is lost', () => {
  const judge = judging((result) => ({ ...result, breach: 'the agent ended' }))
  test.each(Object.keys(specs))('is a crash of the candidate: %s', async (kind) => {
    expect(await judge(kind)).toMatchObject({ outcome: 'crash', value: 0 })
  })
})

describe('a result', () => {
  test.each(['io', 'played', 'reference', 'expression'])(
    'with bytes after it is forged: %s',
    async (kind) => {
      const judge = judging(results((bytes) => Buffer.concat([bytes, Buffer.from('x')])))
      expect(await judge(kind)).toMatchObject({ outcome: 'forged', value: 0 })
    },
  )

  test('with lines after its end is forged', async () => {
    const judge = judging(results((bytes) => Buffer.concat([bytes, Buffer.from('+3\n')])))
    expect(await judge('reference')).toMatchObject({ outcome: 'forged', value: 0 })
  })

  test('without its end is none', async () => {
    const judge = judging(results((bytes) => bytes.subarray(0, -2)))
    expect(await judge('reference')).toMatchObject({ outcome: 'crash', value: 0 })
  })

  test.each(['io', 'reference', 'expression'])('that is unreadable is a crash: %s', async (kind) => {
    // The value, never the seal, which may end in the same digit.
    const judge = judging(
      results((bytes) => Buffer.from(bytes.toString('latin1').replace(/(?<=[:+])3(?=[}\n])/, '}'), 'latin1')),
    )
    expect(await judge(kind)).toMatchObject({ outcome: 'crash', value: 0 })
  })
})

test('a frame of a project’s is refused by its length, before it has come', async () => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE((8 << 20) + 1)
  expect(await new FrameReader(Readable.from([head])).next()).toBe('too_large')
})

describe('an answer to the tester', () => {
  const judge = openJudge(withoutStages(sandbox), { size: 1 })
  afterAll(() => judge[Symbol.asyncDispose]())
  const answering = (body: string) =>
    `import os\ndef add(a, b):\n    sent = ${body}\n    sent = len(sent).to_bytes(4, "big") + sent\n    while sent: sent = sent[os.write(5, sent):]\n`

  test.each([
    ['of more than its length is an output limit', `b'"' + b"x" * (9 << 20)`],
    ['of more than its number of values is an output limit', 'b"[" + b"1," * (1 << 20)'],
  ])('%s', async (_, body) => {
    expect(await judge.judge(specs.joined!, answering(body))).toMatchObject({
      outcome: 'output_limit',
      value: 0,
    })
  })
})
