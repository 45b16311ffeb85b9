import { createHash, type Hash } from 'node:crypto'
import { DatasetError } from './errors.js'
import { defaultScorers } from './native-task.js'
import type { Dataset, Task } from './spec.js'
import { taskHash } from './task-hash.js'

/** A task as code gives it: without scorers it is judged as a native case that names none. */
export type DefinedTask = Omit<Task, 'scorers'> & Partial<Pick<Task, 'scorers'>>

export interface DatasetDefinition {
  readonly name: string
  readonly version: string
  readonly description?: string
  /** Called for each reading; gives the same tasks each time. */
  tasks(): Iterable<DefinedTask> | AsyncIterable<DefinedTask>
}

/**
 * Makes a dataset of tasks that code gives: a generated set, another format, a database. Reads it once, to check
 * it and to know its size and hash. A module whose default export this is can be opened by its path.
 * @throws DatasetError `invalid` naming the task and what is wrong with it
 */
export async function defineDataset(definition: DatasetDefinition): Promise<Dataset> {
  const { name, version, description } = definition
  if (!isText(name) || !isText(version)) {
    throw new DatasetError('invalid', 'a defined dataset needs a name and a version, neither empty')
  }
  const digest = createHash('sha256')
  let size = 0
  for await (const _ of checkedTasks(definition, digest)) size++
  if (size === 0) throw new DatasetError('invalid', `${name}: has no tasks; a dataset needs at least one`)
  const hash = digest.digest('hex')

  async function* tasks(): AsyncGenerator<Task> {
    const again = createHash('sha256')
    yield* checkedTasks(definition, again)
    if (again.digest('hex') !== hash) {
      throw new DatasetError(
        'changed',
        `${name}: tasks() gave other tasks than before; it must give the same`,
      )
    }
  }

  return { name, version, ...(description !== undefined && { description }), source: name, hash, size, tasks }
}

async function* checkedTasks({ name, tasks }: DatasetDefinition, digest: Hash): AsyncGenerator<Task> {
  const ids = new Set<string>()
  let index = 0
  for await (const defined of tasks()) {
    const fault = faultOf(defined, ids)
    if (fault !== undefined) throw new DatasetError('invalid', `${name}: tasks()[${index}]: ${fault}`)
    const task: Task = { ...defined, scorers: defined.scorers ?? defaultScorers(defined) }
    digest.update(taskHash(task))
    ids.add(task.id)
    index++
    yield task
  }
}

function faultOf(task: DefinedTask, ids: ReadonlySet<string>): string | undefined {
  if (!isText(task.id)) return 'id: expected a string that is not empty'
  if (ids.has(task.id)) return `id ${JSON.stringify(task.id)} is already taken; ids are unique`
  if (!isText(task.prompt)) return 'prompt: expected a string that is not empty'
  if (task.scorers === undefined) return undefined
  const named = Array.isArray(task.scorers) && task.scorers.every((scorer) => isText(scorer?.name))
  return named && task.scorers.length > 0 ? undefined : 'scorers: expected a list of objects with a name'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && /\S/.test(value)
}
