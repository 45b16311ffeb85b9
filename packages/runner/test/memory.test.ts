import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { deflate, rescore } from '../src/index.js'
import { type AttemptLine, foldLines, type Line, type ScoreLine } from '../src/record/index.js'
import { echoTasks, planOf } from './world.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** In the heap and beside it, once what is beside it has been given back, which takes a turn or two. */
async function bytesHeld(): Promise<number> {
  for (let turn = 0; turn < 5; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function* linesOf(n: number): Generator<Line> {
  const at = '2026-11-21T07:00:01.000Z'
  for (let i = 0; i < n; i++) {
    const key = `key${i}`.padEnd(22, 'x')
    const reply = String(i).padStart(64, 'a')
    const attempt: AttemptLine = {
      ...{
        v: 1,
        kind: 'attempt',
        key,
        try: 1,
        task: `item-${i}`,
        model: 'openai-compatible:echo',
        repeat: 0,
      },
      ...{
        solver: 'single',
        category: 'echo',
        difficulty: 'easy',
        what: 'replied',
        started: at,
        ended: at,
        host: 'h',
      },
      ...{ duration_ms: 12.5 + i, reply, prompt_chars: 30, reply_chars: 30, usage: { input: 12, output: 8 } },
      ...{ cost: { usd: i / 1e6, source: 'x' }, ttft_ms: 3.5 + i, tokens_per_second: 99.5 + i, requests: 1 },
    }
    const score: ScoreLine = {
      ...{
        v: 1,
        kind: 'score',
        keys: [key],
        reply,
        scorer: 's',
        scorer_version: '1',
        headline: true,
        rater: 'auto',
      },
      ...{ outcome: 'wrong_answer', value: 0, detail: { long: `${i}`.repeat(200) }, at, host: 'h' },
    }
    // As they come from a file: every string its own.
    yield JSON.parse(JSON.stringify(attempt)) as Line
    yield JSON.parse(JSON.stringify(score)) as Line
  }
}

test('a fold of 50,000 attempts holds less than 12 MB', async () => {
  const before = await bytesHeld()
  const fold = await foldLines(linesOf(50_000), { codec: deflate })
  const held = (await bytesHeld()) - before
  expect(fold.rows).toHaveLength(50_000)
  expect([...fold.rows].filter(({ detail }) => detail !== undefined)).toHaveLength(200)
  expect(held / 1e6).toBeLessThan(12)
})

/** Every reply judged once more, and as many attempts that failed. */
function* judgedAgain(n: number): Generator<Line> {
  yield* linesOf(n)
  for (const line of linesOf(n)) {
    if (line.kind === 'score') yield { ...line, at: '2026-11-22T07:00:01.000Z' }
    else {
      const { reply: _, ...failed } = line
      yield { ...failed, key: line.key.replace('key', 'lost'), repeat: 1, what: 'infra' }
    }
  }
}

test('nor does one grow for being judged again, or for attempts that failed', async () => {
  const before = await bytesHeld()
  const fold = await foldLines(judgedAgain(25_000), { codec: deflate })
  const held = (await bytesHeld()) - before
  expect(fold.rows).toHaveLength(50_000)
  expect(held / 1e6).toBeLessThan(12)
})

test('judging 50,000 replies again holds less than 20 MB', async () => {
  const before = await bytesHeld()
  const events = rescore(planOf(echoTasks(1)), {
    log: {
      async *lines() {
        yield* linesOf(50_000)
      },
      append: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    async *tasks() {
      await new Promise(() => undefined)
    },
    scorer: () => Promise.reject(new Error('nothing is judged')),
    blobs: {
      put: async () => '',
      get: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
  })
  expect((await events.next()).value).toEqual({ type: 'start', total: 50_000, done: 0 })
  expect(((await bytesHeld()) - before) / 1e6).toBeLessThan(20)
})
