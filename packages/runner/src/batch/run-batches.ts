import { RunnerError } from '../errors.js'
import type { RunPlan } from '../record/plan-file.js'
import type { RunDeps } from '../spec.js'
import { type AnswerIndex, answerIndex } from './answers.js'
import { collect } from './collect.js'
import { follow } from './follow.js'
import { openJournal } from './journal.js'
import type { BatchEvent, BatchOptions } from './spec.js'

/** A run's batches, from its folder on. Whoever opens them holds the run's lock. */
export interface RunBatches extends AsyncDisposable {
  /** What has been answered: to be given to `run` as `deps.batches`, once {@link collect} has come to its end. */
  readonly answers: AnswerIndex
  /**
   * Asks in batches all that a plan asks of models that have them, and waits until every question has an answer or a
   * fault that stays. Ending by `deps.signal` leaves the batches to work on; the same call later goes on with them and
   * hands none in twice.
   *
   * @throws ProviderError for what will not pass; RunnerError `storage`; an abort rejects with the signal's reason
   */
  collect(plan: RunPlan, deps: RunDeps): AsyncGenerator<BatchEvent>
}

/** @param dir the run's folder. @throws RunnerError `storage` */
export async function openBatches(dir: string, run: string, options: BatchOptions = {}): Promise<RunBatches> {
  const journal = await openJournal(dir, run)
  const answers = answerIndex(journal)
  const asks = new Map<string, number>()
  const never = new AbortController()
  return {
    answers,
    async *collect(plan, deps) {
      const signal = deps.signal ?? never.signal
      const services = new Map(deps.models.map(({ id, batch }) => [id, batch]))
      const service = (id: string) => {
        const found = services.get(id)
        if (found) return found
        throw new RunnerError('bad_plan', `a batch of ${id} is under way, which was not given: name it again`)
      }
      for (const record of journal.records)
        if (record.status === 'fetched') await answers.take(record, service(record.model).idOf)
      const fresh = new Set<string>()
      const began = Date.now()
      for (let more = true; more; ) {
        const before = new Set(journal.records.map(({ label }) => label))
        const maxRetries = options.maxRetries ?? 2
        const { batches, reserved } = await collect(plan, deps, signal, {
          journal,
          index: answers,
          asks,
          maxRetries,
        })
        for (const { label } of journal.records) if (!before.has(label)) fresh.add(label)
        more = batches > 0 || journal.records.some(({ status }) => status !== 'fetched')
        try {
          yield* follow({
            journal,
            service,
            fetched: (record) => answers.take(record, service(record.model).idOf),
            fresh,
            began,
            signal,
            options,
          })
        } finally {
          deps.budget?.settle(reserved, 0)
        }
      }
    },
    [Symbol.asyncDispose]: () => answers[Symbol.asyncDispose](),
  }
}
