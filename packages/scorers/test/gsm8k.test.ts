import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset } from '@bench/datasets'
import { expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { attempt } from './setup.js'

const path = fileURLToPath(new URL('../../../../shared/data/gsm8k/test.jsonl', import.meta.url))
const absent = !existsSync(path) && !process.env.CI
if (absent) console.warn(`skipped: the references of GSM8K need ${path}`)

test.skipIf(absent)(
  'every reference of GSM8K passes, and the same with another number does not',
  async () => {
    const judge = await scorer({ name: 'number' })
    let judged = 0
    for await (const task of (await openDataset(path)).tasks()) {
      const reply = task.solution ?? ''
      expect(await judge.score(attempt(task, reply), {}), task.id).toEqual({ outcome: 'pass', value: 1 })
      const wrong = reply.replace(/#### .*$/, `#### ${Number(task.expected) + 1}`)
      expect((await judge.score(attempt(task, wrong), {})).outcome, task.id).toBe('wrong_answer')
      judged++
    }
    expect(judged).toBe(1319)
  },
)
