import { localCost, localPrice } from './prices.js'
import type { CallOptions, Completion, Message, Model } from './spec.js'

type Answer = Pick<Completion, 'text'> & Partial<Pick<Completion, 'form' | 'served'>>

/** A model that answers without a model: from the task, from a file, or from nothing. */
export function controlModel(
  id: string,
  answer: (messages: readonly Message[], options: CallOptions) => Answer | Promise<Answer>,
): Model {
  return {
    id,
    price: localPrice,
    local: true,
    control: true,
    async generate(messages, options) {
      options.signal?.throwIfAborted()
      const startedAt = new Date().toISOString()
      const began = performance.now()
      const answered = await answer(messages, options)
      return {
        ...answered,
        finish: 'stop',
        usage: {},
        cost: localCost,
        timing: { startedAt, totalMs: performance.now() - began },
        tries: 1,
        warnings: [],
      }
    },
  }
}
