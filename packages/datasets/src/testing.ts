import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatasetError } from './errors.js'
import { readHead } from './source-file.js'
import type { Dataset, DatasetFormat, Task } from './spec.js'
import { taskHash } from './task-hash.js'

export interface FormatFixtures {
  /** A good file: its name, what is in it, how many tasks it holds (2 or more). */
  readonly good: { readonly name: string; readonly content: string | Uint8Array; readonly size: number }
  /** Files that are refused, and what the one line says after the file's name. */
  readonly bad: readonly {
    readonly name: string
    readonly content: string | Uint8Array
    readonly message: RegExp
  }[]
  /** Text of a file of that many tasks, about 1 KB each, for the check of memory. */
  readonly large?: (tasks: number) => string
}

export type FormatCheck =
  | 'knows its files'
  | 'gives every task'
  | 'gives unique ids'
  | 'gives every task a scorer'
  | 'gives the same tasks twice'
  | 'hashes the same on each opening'
  | 'can be left early'
  | 'can be aborted'
  | 'refuses a file that changed'
  | 'refuses a bad file in one line'
  | 'keeps memory flat'

/**
 * What every dataset format owes. Called in a vitest file, it registers one test for each check.
 * @param options.skip checks that do not hold for this format, each with its reason
 */
export function testFormat(
  format: DatasetFormat,
  fixtures: FormatFixtures,
  options: { readonly skip?: Partial<Record<FormatCheck, string>> } = {},
): void {
  describe(`dataset format ${format.name}`, () => {
    let folder: string
    let good: string

    const write = async (name: string, content: string | Uint8Array) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    }
    const check = (what: FormatCheck, run: () => Promise<void>) => {
      const reason = options.skip?.[what]
      if (reason === undefined) it(what, run)
      else it.skip(`${what} (${reason})`, run)
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bench-format-'))
      good = await write(fixtures.good.name, fixtures.good.content)
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    check('knows its files', async () => {
      expect(format.extensions.some((ending) => good.endsWith(ending))).toBe(true)
      expect(format.detect(await readHead(good), good)).toBe(true)
    })

    check('gives every task', async () => {
      const dataset = await format.open(good)
      expect(dataset.size).toBe(fixtures.good.size)
      expect(await read(dataset)).toHaveLength(fixtures.good.size)
      expect(dataset.name).toMatch(/\S/)
      expect(dataset.version).toMatch(/\S/)
      expect(dataset.source).toBe(good)
    })

    check('gives unique ids', async () => {
      const ids = (await read(await format.open(good))).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    })

    check('gives every task a scorer', async () => {
      for (const task of await read(await format.open(good))) expect(task.scorers[0]?.name).toMatch(/\S/)
    })

    check('gives the same tasks twice', async () => {
      const dataset = await format.open(good)
      const [once, again] = [await read(dataset), await read(dataset)]
      expect(again).toEqual(once)
    })

    check('hashes the same on each opening', async () => {
      const [one, two] = [await format.open(good), await format.open(good)]
      expect(one.hash).toMatch(/^[0-9a-f]{64}$/)
      expect(two.hash).toBe(one.hash)
      expect((await read(two)).map(taskHash)).toEqual((await read(one)).map(taskHash))
      expect(new Set((await read(one)).map(taskHash)).size).toBe(one.size)
    })

    check('can be left early', async () => {
      const dataset = await format.open(good)
      for await (const _ of dataset.tasks()) break
      expect(await read(dataset)).toHaveLength(fixtures.good.size)
    })

    check('can be aborted', async () => {
      await expect(format.open(good, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    })

    check('refuses a file that changed', async () => {
      const path = await write(`changing-${fixtures.good.name}`, fixtures.good.content)
      const dataset = await format.open(path)
      await writeFile(path, Buffer.concat([Buffer.from(fixtures.good.content), Buffer.from('\n\n')]))
      await expect(read(dataset)).rejects.toMatchObject({ code: 'changed' })
    })

    check('refuses a bad file in one line', async () => {
      expect(fixtures.bad.length).toBeGreaterThan(0)
      for (const { name, content, message } of fixtures.bad) {
        const path = await write(name, content)
        const error: unknown = await format.open(path).then(
          () => `${name} was accepted`,
          (reason: unknown) => reason,
        )
        expect(error).toBeInstanceOf(DatasetError)
        const told = (error as DatasetError).message
        expect(told).toContain(basename(path))
        expect(told).toMatch(message)
        expect(told).not.toContain('\n')
      }
    })

    check('keeps memory flat', async () => {
      if (fixtures.large === undefined) throw new Error('give `large`, or skip this check with a reason')
      const [small, large] = [2_000, 20_000]
      const names = [`small-${fixtures.good.name}`, `large-${fixtures.good.name}`] as const
      const paths = [
        await write(names[0], fixtures.large(small)),
        await write(names[1], fixtures.large(large)),
      ]
      const readThrough = async (path: string, tasks: number) => {
        let count = 0
        for await (const _ of (await format.open(path)).tasks()) count++
        expect(count).toBe(tasks)
      }
      await readThrough(paths[0] ?? '', small)
      const grown = await peakGrowth(() => readThrough(paths[1] ?? '', large))
      // 20 MB go through; what stays is an id for each task.
      expect(grown).toBeLessThan(8 * 1024 * 1024)
    })
  })
}

async function read(dataset: Dataset): Promise<Task[]> {
  const tasks: Task[] = []
  for await (const task of dataset.tasks()) tasks.push(task)
  return tasks
}

/**
 * How far live memory rose above its start while `work` ran. Garbage is collected before each look; looks are
 * spaced so that they take a tenth of the time at most, on a busy machine too.
 */
async function peakGrowth(work: () => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const live = () => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const start = live()
  let peak = start
  let next: NodeJS.Timeout
  const look = () => {
    const began = performance.now()
    peak = Math.max(peak, live())
    next = setTimeout(look, Math.max(20, 9 * (performance.now() - began)))
  }
  next = setTimeout(look, 20)
  try {
    await work()
  } finally {
    clearTimeout(next)
  }
  return Math.max(peak, live()) - start
}
