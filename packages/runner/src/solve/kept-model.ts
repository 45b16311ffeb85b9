import { createHash } from 'node:crypto'
import type { CallOptions, Completion, Message, Model } from '@bench/providers'
import { canonical } from '../record/canonical.js'
import type { KeptCalls } from './spec.js'

/**
 * A model that keeps each reply of an attempt before it gives it out, and gives it again when the attempt, cut off meanwhile, asks the
 * same once more. A reply whose cost a line holds already is given as one from a cache.
 * @param tries lines about the key so far
 */
export function keptModel(model: Model, kept: KeptCalls, key: string, tries: number): Model {
  let asked = 0
  return {
    ...model,
    async generate(messages, options) {
      const nth = asked++
      const question = questionHash(model, messages, options)
      const held = await kept.get(key, nth)
      if (held?.question === question) return held.tries === tries ? held.completion : again(held.completion)
      const completion = await model.generate(messages, options)
      await kept.put(key, nth, { question, tries, completion })
      return completion
    },
  }
}

/** How it is brought and waited for does not count. */
function questionHash(model: Model, messages: readonly Message[], options: CallOptions): string {
  const { signal: _, noneAfter: __, timeoutMs: ___, ...asked } = options
  const question = model.question?.(messages, options) ?? { messages, asked }
  return createHash('sha256').update(canonical(question)).digest('hex')
}

function again({ cost, attempts: _, ...reply }: Completion): Completion {
  const original = reply.originalCost ?? cost
  return {
    ...reply,
    cost: { usd: 0, source: 'cache' },
    ...(original !== undefined && { originalCost: original }),
    tries: 0,
    cached: true,
  }
}
