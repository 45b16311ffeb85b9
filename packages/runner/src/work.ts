import { type Task, taskHash } from '@bench/datasets'
import type { Model } from '@bench/providers'
import type { Work } from './attempt-context.js'
import { RunnerError } from './errors.js'
import { attemptsOf, type TaskRef } from './plan.js'
import type { RunPlan } from './record/plan-file.js'
import type { Progress } from './resume.js'
import type { RunDeps } from './spec.js'

/**
 * What is left to do, in plan order of each task, tasks as the dataset has them. Holds one task at a time. Of a task of which nothing is
 * left only the id is looked at.
 *
 * @param models those that are asked
 * @param only ids of the tasks that are; all of the plan's where absent
 * @throws RunnerError `changed_dataset`
 */
export async function* workOf(
  plan: RunPlan,
  deps: Pick<RunDeps, 'tasks'>,
  models: ReadonlyMap<string, Model>,
  progress: ReadonlyMap<string, Progress>,
  only?: ReadonlySet<string>,
): AsyncGenerator<Work, void> {
  const wanted = only === undefined ? plan.tasks : plan.tasks.filter(({ id }) => only.has(id))
  const left = (task: Task, ref: TaskRef) => leftOf(plan, { task, ref, models, progress })
  let next = 0
  for await (const task of wanted.length > 0 ? deps.tasks() : []) {
    const ref = wanted[next]!
    if (task.id !== ref.id) continue
    yield* left(task, ref)
    if (++next === wanted.length) return
  }
  if (next === wanted.length) return
  // The plan has another order, as that of merged runs, or the dataset has lost a task.
  const missing = new Map<string, TaskRef>(wanted.slice(next).map((ref) => [ref.id, ref]))
  for await (const task of deps.tasks()) {
    const ref = missing.get(task.id)
    if (ref === undefined) continue
    missing.delete(task.id)
    yield* left(task, ref)
    if (missing.size === 0) return
  }
  const [lost] = missing.keys()
  throw new RunnerError(
    'changed_dataset',
    `task ${lost} is no longer in ${plan.dataset.source}: start a new run`,
  )
}

interface Left {
  readonly task: Task
  readonly ref: TaskRef
  readonly models: ReadonlyMap<string, Model>
  readonly progress: ReadonlyMap<string, Progress>
}

function* leftOf(plan: RunPlan, { task, ref, models, progress }: Left): Generator<Work> {
  let checked = false
  for (const attempt of attemptsOf(plan, ref)) {
    const known = progress.get(attempt.key)
    const model = models.get(attempt.modelId)
    if (known?.done || model === undefined) continue
    if (!checked && taskHash(task) !== ref.hash)
      throw new RunnerError(
        'changed_dataset',
        `task ${task.id} of ${plan.dataset.source} is not as it was planned: start a new run, or bring the file back`,
      )
    checked = true
    yield { attempt, task, model, ...(known !== undefined && { progress: known }) }
  }
}
