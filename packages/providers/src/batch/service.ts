import { ProviderError } from '../errors.js'
import type { pricing } from '../prices.js'
import type { Refusals } from '../settings-refused.js'
import type { CallOptions, Cost, Message, ModelSettings } from '../spec.js'
import { completionOf } from '../wire/completion.js'
import { fault, type Origin } from '../wire/fault.js'
import { type Fields, fields, json, text } from '../wire/loose.js'
import { Reply } from '../wire/reply.js'
import type { BatchApi } from './api.js'
import type { BatchService, BatchState } from './spec.js'

/** What batches have in common with the calls of their wire. */
interface BatchWire {
  readonly origin: Origin
  readonly settings: Pick<ModelSettings, 'keepRaw'>
  body(messages: readonly Message[], options: CallOptions, reply: Pick<Reply, 'warnings'>): Fields
}

/** A wire's batches: the same bodies as its calls, and its whole replies as the same Completion. */
export function batchService(
  wire: BatchWire,
  api: BatchApi,
  refusals: Refusals,
  prices: Awaited<ReturnType<typeof pricing>>,
): BatchService {
  const { origin } = wire
  const asked = (messages: readonly Message[], options: CallOptions) => {
    const warnings: string[] = []
    return refusals.untried(wire.body(messages, options, { warnings }), warnings)
  }
  return {
    maxRequests: api.maxRequests,
    maxBytes: api.maxBytes,
    submit: api.submit,
    find: api.find,
    look: api.look,
    results: api.results,
    line: (id, messages, options) => `${api.line(id, asked(messages, options).body)}\n`,
    idOf: (line) => text(fields(json(line)).custom_id),
    async read(line, messages, options, state) {
      if (line === undefined) throw missing(wire, state)
      const reply = new Reply(wire.settings)
      reply.warnings.push(...asked(messages, options).warnings)
      reply.watch(Buffer.from(line))
      await api.take(fields(json(line)), reply)
      if (reply.finish === undefined) throw fault(origin, 'incomplete', 'it ended with no finish reason')
      const startedAt = state.createdAt
      const totalMs = Math.max(0, Date.parse(state.endedAt ?? startedAt) - Date.parse(startedAt)) || 0
      const cost = asBatch(await prices.cost(reply, new Date(startedAt), { batch: true }))
      const sent = [{ sentMs: 0, durationMs: totalMs }]
      return { ...completionOf(reply, cost, { startedAt, totalMs }, sent), batch: state.id }
    },
  }
}

/** A price of batches says so. */
const asBatch = (cost: Cost | undefined): Cost | undefined =>
  cost && cost.source !== 'local' && cost.source !== 'reported'
    ? { ...cost, source: `${cost.source}, batch` }
    : cost

function missing({ origin }: Pick<BatchWire, 'origin'>, { fault: why }: BatchState): ProviderError {
  if (why === undefined) return fault(origin, 'incomplete', 'its batch has no result for it', { tries: 1 })
  return new ProviderError(why.code, why.message, { retryable: why.retryable, tries: 1 })
}
