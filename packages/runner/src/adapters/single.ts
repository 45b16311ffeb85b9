import { firstMessages } from '../solve/messages.js'
import type { Solver } from '../spec.js'

/** Asks once and takes the reply as it is. */
export const solver: Solver = {
  name: 'single',
  description: 'asks once and takes the reply as it is',
  once: true,
  async solve(task, model, { call }) {
    return { completions: [await model.generate(firstMessages(task), call)] }
  },
}
