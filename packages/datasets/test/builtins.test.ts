import { type Dataset, listBuiltins, openDataset, type Task } from '@bench/datasets'
import { describe, expect, it } from 'vitest'

const builtins = new URL('../../../datasets/', import.meta.url)
const names = [
  'coding-tasks',
  'creative-writing',
  'instruction-following',
  'python-tasks',
  'reasoning-tasks',
  'summarization-tasks',
]

async function read(name: string): Promise<{ dataset: Dataset; tasks: Task[] }> {
  const dataset = await openDataset(name, { builtins })
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  return { dataset, tasks }
}

it('the folder holds these datasets and no others', async () => {
  expect((await listBuiltins(builtins)).map(({ name }) => name)).toEqual(names)
})

it('no id stands in two datasets', async () => {
  const ids = (await Promise.all(names.map(read))).flatMap(({ tasks }) => tasks.map(({ id }) => id))
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

describe.each(names)('%s', (name) => {
  it('goes by the name of its file and has a version and a description', async () => {
    const { dataset, tasks } = await read(name)
    expect(dataset).toMatchObject({ name, version: '1.0.0', size: tasks.length })
    expect(dataset.description).toMatch(/\.$/)
    expect(tasks.length).toBeGreaterThanOrEqual(12)
  })

  it('can ask every task', async () => {
    const { tasks } = await read(name)
    for (const task of tasks) {
      expect(task, task.id).not.toHaveProperty('error')
      expect(task.prompt, task.id).not.toMatch(/\{\{\s*\w+\s*\}\}/)
      expect(task.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/)
      expect(task.category, task.id).toBeTruthy()
      expect(task.difficulty, task.id).toBeTruthy()
    }
  })

  it('has a reply that must score full marks for every task, and a scorer that an empty reply fails', async () => {
    const { tasks } = await read(name)
    for (const task of tasks) {
      expect(task.solution?.trim(), task.id).toBeTruthy()
      expect(task.scorers[0], task.id).not.toMatchObject({ name: 'answered' })
      expect(task.scorers[0], task.id).not.toMatchObject({ invert: true })
    }
  })

  it('gives every test of code time and weight, and asks for more than one constant', async () => {
    const { tasks } = await read(name)
    for (const { id, code } of tasks) {
      if (code?.kind !== 'io') continue
      expect(code.cases.length, id).toBeGreaterThanOrEqual(4)
      const expected = new Set(code.cases.map((test) => JSON.stringify(test.expected)))
      expect(expected.size, id).toBeGreaterThan(1)
      for (const test of code.cases) {
        expect(test.timeout, id).toBeGreaterThan(0)
        expect(test.timeout, id).toBeLessThanOrEqual(10)
        expect(test.weight, id).toBeGreaterThan(0)
        expect(test.expected, id).not.toBeNull()
        if (code.entryPoint === undefined) expect(test.expected, id).toMatch(/\S/)
      }
    }
  })
})

it('python-tasks has ten tasks of each difficulty, with their topics', async () => {
  const { tasks } = await read('python-tasks')
  const counts: Record<string, number> = {}
  for (const { difficulty = 'none' } of tasks) counts[difficulty] = (counts[difficulty] ?? 0) + 1
  expect(counts).toEqual({ easy: 10, medium: 10, hard: 10, extreme: 10 })
  for (const { id, code, metadata } of tasks) {
    expect(code, id).toMatchObject({ kind: 'io', language: 'python' })
    expect(metadata?.topics, id).not.toEqual([])
    expect(metadata?.title, id).toBeTruthy()
  }
})
