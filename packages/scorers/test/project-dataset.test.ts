import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset, type Task } from '@bench/datasets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scorer } from '../src/index.js'
import { anyDriver } from './boxes.js'
import { attempt } from './setup.js'

const sandbox = await anyDriver()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-project-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The example of the guide, as it stands there. */
async function example(): Promise<Task> {
  const guide = await readFile(new URL('../../../docs/project-tests.md', import.meta.url), 'utf8')
  const file = join(folder, 'shelf.yaml')
  await writeFile(file, /```yaml\n([\s\S]*?)\n```/.exec(guide)![1]!)
  for await (const task of (await openDataset(file)).tasks()) return task
  throw new Error('the example has no task')
}

describe('the example of docs/project-tests.md', () => {
  test('goes from its file to a verdict', async () => {
    const task = await example()
    expect(task.scorers).toEqual([{ name: 'project-tests' }])
    const judge = await scorer(task.scorers[0]!)
    const verdict = (reply: string) => judge.score(attempt(task, reply), { sandbox })
    expect(await verdict(task.solution!)).toMatchObject({
      outcome: 'pass',
      detail: { passed: 3, rule: 'files' },
    })
    expect(await verdict('')).toEqual({ outcome: 'no_answer', value: 0 })
    expect(await verdict('```python\nclass Stack: pass\n```')).toMatchObject({
      value: 0,
      detail: { rule: 'fence' },
    })
    const two = task.solution!.replace('values.pop()', 'values.pop(0)')
    expect(await verdict(two)).toMatchObject({ outcome: 'wrong_answer', detail: { passed: 2, failed: 1 } })
    const up = task.solution!.replace('FILE: stack.py', 'FILE: ../stack.py')
    expect(await verdict(up)).toMatchObject({
      outcome: 'no_answer',
      detail: { faults: [expect.stringContaining('..')] },
    })
  })
})
