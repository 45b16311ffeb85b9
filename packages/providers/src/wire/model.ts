import { ProviderError } from '../errors.js'
import { pricing } from '../prices.js'
import { withRetries } from '../retry.js'
import type { Attempt, CallOptions, Message, Model, ModelSettings } from '../spec.js'
import { attemptOf, completionOf } from './completion.js'
import { codeOf, fault, networkFault, type Origin } from './fault.js'
import type { Fields } from './loose.js'
import { Reply } from './reply.js'

/** One provider's way to ask once. All that is the same for every provider is done by {@link wireModel}. */
export interface Wire {
  readonly origin: Origin
  readonly settings: ModelSettings
  readonly local?: boolean
  /** Provider or endpoint as the price list knows it. */
  readonly priced: string
  /**
   * What is asked, as the provider's API takes it: all that shapes the reply, and nothing of how it is brought
   * (`stream`) or of who asks. What cannot be sent is left out with a warning in `reply.warnings`.
   */
  body(messages: readonly Message[], options: CallOptions, reply: Pick<Reply, 'warnings'>): Fields
  /**
   * Sends one request, streamed, and gathers what comes into the reply.
   * @throws ProviderError for what it recognises; errors of the socket may pass as they are.
   */
  ask(body: Fields, signal: AbortSignal, reply: Reply): Promise<void>
}

/** A model behind a wire: retries, deadline, timing, cost, and every fault as a ProviderError. */
export async function wireModel(wire: Wire): Promise<Model> {
  const { origin, settings } = wire
  const id = `${origin.provider}:${origin.model}`
  const prices = await pricing(wire)
  const { local } = prices
  return {
    id,
    ...(prices.now ? { price: prices.now } : {}),
    ...(local ? { local } : {}),
    question: (messages, options) => ({
      endpoint: origin.url,
      body: wire.body(messages, options, { warnings: [] }),
    }),
    async generate(messages, options) {
      const timeoutMs = options.timeoutMs ?? settings.timeoutMs ?? 120_000
      const startedAt = new Date()
      const began = performance.now()
      const attempts: Attempt[] = []
      const reply = await withRetries(
        async (signal) => {
          const fresh = new Reply(settings)
          try {
            await wire.ask(wire.body(messages, options, fresh), signal, fresh)
            if (fresh.finish === undefined)
              throw fault(origin, 'incomplete', 'it ended with no finish reason')
            attempts.push(attemptOf(fresh, began))
            return fresh
          } catch (error) {
            const known = faultOf(origin, error, fresh)
            attempts.push(attemptOf(fresh, began, known))
            throw known
          }
        },
        {
          maxRetries: settings.maxRetries ?? 3,
          delayMs: settings.retryDelayMs ?? 2000,
          timeoutMs,
          signal: options.signal,
          onTimeout: (sent) => fault(origin, 'timeout', `${timeoutMs / 1000} s passed`, { tries: sent }),
        },
      )
      const cost = await prices.cost(reply, startedAt)
      return completionOf(reply, cost, reply.timing(startedAt.toISOString(), began), attempts)
    },
  }
}

function faultOf(origin: Origin, error: unknown, reply: Reply): unknown {
  if (error instanceof ProviderError || codeOf(error) === undefined) return error
  return reply.opened
    ? fault(origin, 'incomplete', `connection lost (${codeOf(error)})`, { cause: error })
    : networkFault(origin, error)
}
