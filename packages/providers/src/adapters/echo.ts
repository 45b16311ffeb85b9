import { controlModel } from '../control.js'
import type { Provider } from '../spec.js'

/** Answers what it was asked: the last message a user sent. */
export const provider: Provider = {
  name: 'echo',
  local: true,
  control: true,
  model: async () =>
    controlModel('echo', (messages) => ({
      text: messages.findLast((message) => message.role === 'user')?.content ?? '',
    })),
}
