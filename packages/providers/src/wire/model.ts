import { batchService } from '../batch/service.js'
import { systemClock } from '../clock.js'
import { ProviderError } from '../errors.js'
import { admission } from '../limits/admission.js'
import { pricing } from '../prices.js'
import { withRetries } from '../retry.js'
import { withoutSecretsIn } from '../secrets.js'
import { Refusals } from '../settings-refused.js'
import type { Model } from '../spec.js'
import { completionOf } from './completion.js'
import { fault } from './fault.js'
import { Nearest } from './nearest.js'
import type { Reply } from './reply.js'
import { bareEndpoint } from './target.js'
import { costOfAll, Try } from './try.js'
import { patienceOf } from './watch.js'
import type { Wire } from './wire.js'

/** A model behind a wire: retries, deadline, timing, cost, and every fault as a ProviderError. */
export async function wireModel(wire: Wire): Promise<Model> {
  const { origin, settings } = wire
  const id = `${origin.provider}:${origin.model}`
  const prices = await pricing(wire)
  const { local } = prices
  const admit = admission(wire)
  const nearest = new Nearest(origin.model, wire.list)
  const refusals = new Refusals(origin, settings.strictSettings)
  return {
    id,
    ...(prices.now ? { price: prices.now } : {}),
    ...(local ? { local } : {}),
    question: (messages, options) => ({
      endpoint: bareEndpoint(origin.url),
      body: refusals.known(wire.body(messages, options, { warnings: [] })).body,
      ...(settings.strictSettings ? { strict: true } : {}),
    }),
    ...(wire.batches ? { batch: batchService(wire, wire.batches, refusals, prices) } : {}),
    async generate(messages, options) {
      const timeoutMs = options.timeoutMs ?? settings.timeoutMs ?? 120_000
      const due = performance.now()
      let startedAt = new Date()
      let began = due
      const clock = settings.clock ?? systemClock
      const tries: Try[] = []
      const costOf = (reply: Reply) => prices.cost(reply, startedAt)
      const told: string[] = []
      const body = wire.body(messages, options, { warnings: told })
      const { value: reply, attempts } = await withRetries(
        async (signal, count, held) => {
          const trial = await held(refusals.trial(body, told, signal))
          return trial.during(async () => {
            const permit = await held(admit(messages, options, count > 1, signal))
            if (count === 1) {
              startedAt = new Date()
              began = performance.now()
            }
            const one = new Try(origin, settings, !local)
            tries.push(one)
            one.reply.warnings.push(...trial.warnings)
            one.reply.answered = (status, header) => {
              permit.answered(header)
              trial.answered(status)
            }
            const ask = (own: AbortSignal, into: Reply) => wire.ask(trial.body, own, into)
            return permit.during(one.reply, () => one.run(ask, signal, patienceOf(settings, local), clock))
          })
        },
        {
          maxRetries: settings.maxRetries ?? 3,
          delayMs: settings.retryDelayMs ?? 2000,
          maxRetryAfterMs: settings.maxRetryAfterMs,
          timeoutMs,
          mended: refusals.mended,
          signal: options.signal,
          noneAfter: options.noneAfter,
          onTimeout: () => fault(origin, 'timeout', `${timeoutMs / 1000} s passed`, tries.at(-1)?.spent()),
        },
        clock,
      ).catch(async (error: unknown) => {
        if (!(error instanceof ProviderError)) throw error
        if (error.code === 'not_found') throw await nearest.tell(error)
        throw local ? error : error.with({ cost: await costOfAll(tries, costOf) })
      })
      const cost = await costOfAll(tries, costOf)
      const timing = { ...reply.timing(startedAt.toISOString(), began), queuedMs: began - due }
      // What the model was made to repeat is kept by whoever asked: in records, reports, caches.
      return withoutSecretsIn(completionOf(reply, cost, timing, attempts))
    },
  }
}
