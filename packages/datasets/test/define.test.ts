import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DefinedTask, defineDataset, openDataset, type Task, taskHash } from '@bench/datasets'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const base = { name: 'mine', version: '1' }
const tasks = (...list: unknown[]) => ({ ...base, tasks: () => list as DefinedTask[] })

describe('defineDataset', () => {
  it('makes a dataset that can be read again and again', async () => {
    const dataset = await defineDataset({
      ...base,
      description: 'd',
      async *tasks() {
        yield { id: 'a', prompt: 'p' }
        yield { id: 'b', prompt: 'p', expected: 'x' }
        yield { id: 'c', prompt: 'p', scorers: [{ name: 'mine', strict: true }] }
      },
    })
    expect(dataset).toMatchObject({ name: 'mine', version: '1', description: 'd', source: 'mine', size: 3 })
    for (let time = 0; time < 2; time++) {
      const scorers = []
      for await (const task of dataset.tasks()) scorers.push(task.scorers)
      expect(scorers).toEqual([
        [{ name: 'answered' }],
        [{ name: 'contains' }],
        [{ name: 'mine', strict: true }],
      ])
    }
  })

  it('hashes by what the tasks are', async () => {
    const one = await defineDataset(tasks({ id: 'a', prompt: 'p' }))
    expect((await defineDataset(tasks({ prompt: 'p', id: 'a' }))).hash).toBe(one.hash)
    expect((await defineDataset(tasks({ id: 'a', prompt: 'q' }))).hash).not.toBe(one.hash)
  })

  it.each([
    ['no name', { ...tasks({ id: 'a', prompt: 'p' }), name: '' }, 'needs a name and a version'],
    ['no tasks', tasks(), 'mine: has no tasks; a dataset needs at least one'],
    ['no id', tasks({ prompt: 'p' }), 'mine: tasks()[0]: id: expected a string that is not empty'],
    [
      'empty prompt',
      tasks({ id: 'a', prompt: ' ' }),
      'mine: tasks()[0]: prompt: expected a string that is not empty',
    ],
    [
      'duplicate id',
      tasks({ id: 'a', prompt: 'p' }, { id: 'a', prompt: 'q' }),
      'mine: tasks()[1]: id "a" is already taken; ids are unique',
    ],
    [
      'no scorers',
      tasks({ id: 'a', prompt: 'p', scorers: [] }),
      'mine: tasks()[0]: scorers: expected a list of objects with a name',
    ],
    [
      'a scorer by name alone',
      tasks({ id: 'a', prompt: 'p', scorers: ['exact'] }),
      'mine: tasks()[0]: scorers: expected a list of objects with a name',
    ],
  ])('refuses %s', async (_what, definition, message) => {
    await expect(defineDataset(definition)).rejects.toThrow(message)
  })

  it('notices tasks that are others the next time', async () => {
    let calls = 0
    const dataset = await defineDataset({ ...base, tasks: () => [{ id: `${calls++}`, prompt: 'p' }] })
    const read = async () => {
      for await (const _ of dataset.tasks()) calls++
    }
    await expect(read()).rejects.toMatchObject({ code: 'changed' })
  })
})

describe('a module', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-module-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const module = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }

  it('that exports a dataset is opened by its path', async () => {
    const dataset =
      '{ name: "m", version: "1", source: "m", hash: "0", size: 1, async *tasks() { yield { id: "a" } } }'
    for (const [name, exported] of [
      ['plain.mjs', dataset],
      ['promised.mjs', `Promise.resolve(${dataset})`],
    ] as const) {
      const path = await module(name, `export default ${exported}`)
      const opened = await openDataset(path)
      expect(opened).toMatchObject({ name: 'm', source: path })
      for await (const task of opened.tasks()) expect(task.id).toBe('a')
    }
  })

  it.each([
    [
      'exports nothing',
      'none.mjs',
      'export const x = 1',
      /none\.mjs: its default export is no dataset; export defineDataset/,
    ],
    [
      'throws',
      'throws.mjs',
      'throw new Error("boom\\nsecond line")',
      /throws\.mjs: cannot be imported: boom$/,
    ],
    [
      'exports a rejection',
      'rejects.mjs',
      'export default Promise.reject(new Error("late"))',
      /rejects\.mjs: cannot be imported: late$/,
    ],
  ])('that %s is refused in one line', async (_what, name, text, message) => {
    await expect(openDataset(await module(name, text))).rejects.toThrow(message)
  })

  it('that is missing is not found', async () => {
    await expect(openDataset(join(folder, 'gone.mjs'))).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('taskHash', () => {
  const task: Task = { id: 'a', prompt: 'p', scorers: [{ name: 'regex', pattern: 'x' }] }
  const changes: [string, Partial<Task>][] = [
    ['id', { id: 'b' }],
    ['prompt', { prompt: 'q' }],
    ['system', { system: 's' }],
    ['expected', { expected: '' }],
    ['references', { references: ['r'] }],
    ['solution', { solution: 's' }],
    ['scorers', { scorers: [{ name: 'regex', pattern: 'y' }] }],
    ['code', { code: { kind: 'io', language: 'python', cases: [] } }],
    ['config', { config: { temperature: 0 } }],
    ['metadata', { metadata: { k: 1 } }],
    ['error', { error: 'e' }],
  ]

  it('differs for whatever is asked or judged by', () => {
    const hashes = [task, ...changes.map(([, change]) => ({ ...task, ...change }))].map(taskHash)
    expect(new Set(hashes).size).toBe(changes.length + 1)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the same for labels and for another order of keys', () => {
    expect(taskHash({ ...task, category: 'c', difficulty: 'hard' })).toBe(taskHash(task))
    expect(taskHash({ scorers: [{ pattern: 'x', name: 'regex' }], prompt: 'p', id: 'a' })).toBe(
      taskHash(task),
    )
  })

  it('is the same wherever it is computed', () => {
    // Keys of recorded attempts rest on it: if this changes, old runs cannot be resumed. From
    // printf '{"id":"a","prompt":"p","scorers":[{"name":"regex","pattern":"x"}]}' | sha256sum
    expect(taskHash(task)).toBe('7949df6b7e9056e9d4746684633325a8651cbefdace47d177d05295bbd9175f6')
  })

  it('does not depend on the order of keys at any depth', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, shuffled(inner)]),
            )
          : value
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (metadata) => {
        const plain = JSON.parse(JSON.stringify(metadata))
        const other = shuffled(plain) as typeof plain
        expect(taskHash({ ...task, metadata: other })).toBe(taskHash({ ...task, metadata: plain }))
      }),
    )
  })
})
