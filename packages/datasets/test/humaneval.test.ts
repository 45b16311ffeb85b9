import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDataset, type Task } from '@bench/datasets'
import { expect, it } from 'vitest'

/** The published file itself. */
const path = fileURLToPath(new URL('../../../../shared/data/humaneval/HumanEval.jsonl.gz', import.meta.url))
const absent = !existsSync(path) && !process.env.CI
if (absent) console.warn(`skipped: the HumanEval tests need ${path}`)

it.skipIf(absent)('the published HumanEval gives its 164 problems', async () => {
  const dataset = await openDataset(path)
  expect(dataset).toMatchObject({ name: 'humaneval', version: dataset.hash.slice(0, 12), size: 164 })
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  expect(tasks.map(({ id }) => id)).toEqual(Array.from({ length: 164 }, (_, index) => `HumanEval/${index}`))
  for (const task of tasks) {
    if (task.code?.kind !== 'assert') throw new Error(`${task.id} has no test`)
    const { prompt, entryPoint, test, timeout } = task.code
    expect(timeout).toBe(3)
    expect(prompt).toContain(`def ${entryPoint}(`)
    expect(test).toContain('def check(candidate)')
    expect(task.solution?.startsWith(prompt)).toBe(true)
    expect(task.scorers).toEqual([{ name: 'code-tests' }])
    expect(task.prompt).toContain(`\`\`\`python\n${prompt.trimEnd()}\n\`\`\``)
    expect(task.prompt).not.toContain(test)
  }
})

it.skipIf(absent)('HumanEval+ is told apart from HumanEval', async () => {
  const other = path.replace('humaneval/HumanEval.jsonl.gz', 'humanevalplus/HumanEvalPlus-v0.1.10.jsonl.gz')
  expect((await openDataset(other)).name).toBe('humanevalplus')
})
