import { type Task, taskHash } from '@bench/datasets'
import { RunnerError } from '../errors.js'
import type { RunPlan } from '../record/plan-file.js'

/** Tasks by id, as a worker needs them: in about the dataset's order, and sometimes once more. */
export interface TaskWindow extends AsyncDisposable {
  /** @throws RunnerError `changed_dataset` where one is not there or not as it was planned */
  find(refs: readonly { readonly id: string; readonly hash: string }[]): Promise<ReadonlyMap<string, Task>>
}

/** Tasks held, about: what the jobs of a worker are near to. */
const held = 4_096

/** Reads a dataset on, from its end over its beginning, and holds the tasks of a plan that it came by last. */
export function taskWindow(plan: RunPlan, tasks: () => AsyncIterable<Task>): TaskWindow {
  const planned = new Set(plan.tasks.map(({ id }) => id))
  const window = new Map<string, Task>()
  let reader: AsyncIterator<Task> | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function find(refs: readonly { readonly id: string; readonly hash: string }[]) {
    const found = new Map<string, Task>()
    const missing = new Set<string>()
    for (const { id } of refs) {
      const task = window.get(id)
      if (task === undefined) missing.add(id)
      else found.set(id, task)
    }
    // From where the last search ended, round once.
    for (let begun = reader === undefined; missing.size > 0; ) {
      reader ??= tasks()[Symbol.asyncIterator]()
      const next = await reader.next()
      if (next.done) {
        reader = undefined
        if (begun) break
        begun = true
        continue
      }
      const task = next.value
      if (!planned.has(task.id)) continue
      window.set(task.id, task)
      if (window.size > held) window.delete(window.keys().next().value!)
      if (missing.delete(task.id)) found.set(task.id, task)
    }
    for (const { id, hash } of refs) {
      const task = found.get(id)
      if (task === undefined || taskHash(task) !== hash)
        throw new RunnerError(
          'changed_dataset',
          `task ${id} of ${plan.dataset.source} is ${task === undefined ? 'not here' : 'not here as it was planned'}: bring the file that the run was planned with`,
        )
    }
    return found
  }

  return {
    find(refs) {
      const result = turn.then(() => find(refs))
      turn = result.catch(() => undefined)
      return result
    },
    async [Symbol.asyncDispose]() {
      await turn
      await reader?.return?.()
    },
  }
}
