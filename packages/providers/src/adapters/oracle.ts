import { controlModel } from '../control.js'
import { ProviderError } from '../errors.js'
import type { Provider } from '../spec.js'

/** Answers each task's own reference, and so must score full marks. */
export const provider: Provider = {
  name: 'oracle',
  local: true,
  control: true,
  model: async () =>
    controlModel('oracle', (_messages, { task }) => {
      if (task?.reference === undefined) {
        throw new ProviderError(
          'bad_request',
          `oracle has no reference for ${task ? `task ${task.id}` : 'this task'}. Add a solution to the dataset, or leave oracle out.`,
        )
      }
      return { text: task.reference, form: 'program' }
    }),
}
