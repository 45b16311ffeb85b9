import type { ProviderError } from '../errors.js'
import { parseModelId } from '../resolve.js'
import type { CallOptions, Completion, Message, Model } from '../spec.js'
import { fault } from '../wire/fault.js'
import { worthKeeping } from './entry.js'
import { replyKey } from './key.js'
import type { ReplyCache } from './reply-cache.js'

export interface CachedModelOptions {
  /** Which repeat of its questions is asked: each has replies of its own. 0, the first, by default. */
  readonly repeat?: number
  /**
   * Who asks. A reply that the same one paid for, and lost before it could use it, is given back as it came: not as
   * cached, and with its cost.
   */
  readonly payer?: string
  /** What the cache lacks is a `cache_miss`, and nothing is sent. */
  readonly only?: boolean
}

/**
 * Whether a model's replies can be given again: it asks over a wire, and says what. A control answers from the task
 * itself, and a model that does not tell what it would ask cannot be told from another.
 */
export const cacheable = (model: Model): boolean => model.question !== undefined && model.control !== true

/**
 * A model that gives a reply again instead of asking again; {@link cacheable} only, any other is given back as it is.
 * Meant for one piece of work, an attempt: what it asks twice gets two replies, in the same order the next time.
 * A reply is durable before it is given out. One from the cache is `cached`, with the timing it had, 0 tries and a
 * cost of 0; `originalCost` is what it cost.
 */
export function cachedModel(model: Model, cache: ReplyCache, options: CachedModelOptions = {}): Model {
  const { repeat = 0, payer, only = false } = options
  if (!cacheable(model)) {
    return only && model.control !== true
      ? { ...named(model), generate: () => Promise.reject(miss(model.id)) }
      : model
  }
  const asked = new Map<string, number>()

  const keyOf = (messages: readonly Message[], call: CallOptions): string => {
    const question = model.question!(messages, call)
    const first = replyKey(model.id, question, { repeat, nth: 0 })
    const nth = asked.get(first) ?? 0
    asked.set(first, nth + 1)
    return nth === 0 ? first : replyKey(model.id, question, { repeat, nth })
  }

  return {
    ...named(model),
    question: (messages, call) => model.question!(messages, call),
    async generate(messages, call) {
      call.signal?.throwIfAborted()
      const key = keyOf(messages, call)
      const held = await cache.get(key)
      call.signal?.throwIfAborted()
      if (held !== undefined) {
        const own = payer !== undefined && held.payer === payer
        return own ? held.completion : again(held.completion)
      }
      if (only) throw miss(model.id)
      const completion = await model.generate(messages, call)
      if (worthKeeping(completion)) {
        await cache.put(key, { completion, ...(payer === undefined ? {} : { payer }) })
      }
      return completion
    },
  }
}

const named = ({ id, price, local, batch }: Model) => ({
  id,
  ...(price === undefined ? {} : { price }),
  ...(local === undefined ? {} : { local }),
  ...(batch === undefined ? {} : { batch }),
})

/** A reply given once more: what it was stays, what it takes now is nothing. */
function again({ cost, attempts: _, ...reply }: Completion): Completion {
  return {
    ...reply,
    cost: { usd: 0, source: 'cache' },
    ...(cost === undefined ? {} : { originalCost: cost }),
    tries: 0,
    cached: true,
  }
}

function miss(id: string): ProviderError {
  const { provider, model } = parseModelId(id)
  return fault({ provider, model, url: '' }, 'cache_miss', '', { tries: 0 })
}
