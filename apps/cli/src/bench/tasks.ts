import type { Dataset } from '@bench/datasets'
import type { Model } from '@bench/providers'
import type { ChosenTasks } from '@bench/runner'
import { Exit, exit } from '../exit.js'

/** Of models that nobody named, those that can answer: not `oracle` where a task has no reference. */
export function answerable(models: readonly Model[], tasks: ChosenTasks): readonly Model[] {
  return tasks.withoutReference.length === 0 ? models : models.filter((model) => model.id !== 'oracle')
}

/** @throws Exit where `oracle` was asked for and the dataset has tasks without a reference */
export function refuseOracleWithoutReferences(
  models: readonly Model[],
  dataset: Dataset,
  tasks: ChosenTasks,
): void {
  const [first] = tasks.withoutReference
  if (first !== undefined && models.some((model) => model.id === 'oracle')) {
    throw new Exit(
      exit.usage,
      `oracle cannot answer ${dataset.name}: ${tasks.withoutReference.length} of ${tasks.refs.length} tasks have no reference ` +
        `(the first is "${first}"). Add "solution", "expected" or "references" to them, or leave oracle out.`,
    )
  }
}
