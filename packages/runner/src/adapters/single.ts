import type { Message } from '@bench/providers'
import type { Solver } from '../spec.js'

/** Asks once and takes the reply as it is. */
export const solver: Solver = {
  name: 'single',
  async solve(task, model, { call }) {
    const messages: Message[] = [{ role: 'user', content: task.prompt }]
    if (task.system !== undefined) messages.unshift({ role: 'system', content: task.system })
    return { completions: [await model.generate(messages, call)] }
  },
}
