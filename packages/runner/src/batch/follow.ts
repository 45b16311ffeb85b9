import { setTimeout } from 'node:timers/promises'
import { type BatchService, type BatchState, ProviderError } from '@bench/providers'
import type { BatchJournal } from './journal.js'
import type { BatchRecord } from './record.js'
import type { BatchEvent, BatchOptions } from './spec.js'

interface Following {
  readonly journal: BatchJournal
  service(modelId: string): BatchService
  /** Told of each batch whose results are durable. */
  fetched(record: BatchRecord): Promise<void>
  /** Labels of batches that this process made and has not tried to hand in. */
  readonly fresh: Set<string>
  /** When this part of the run began, in milliseconds since 1970. */
  readonly began: number
  readonly signal: AbortSignal
  readonly options: BatchOptions
}

/**
 * Hands in what is to be handed in, looks for what may have been, and waits for all of it to end. Faults that pass are
 * waited out. Ending by the signal leaves every batch as it is, at the provider and in the journal.
 *
 * @throws ProviderError for what will not pass; RunnerError `storage`
 */
export async function* follow(following: Following): AsyncGenerator<BatchEvent> {
  const { journal, signal, options } = following
  const { first, most } = options.pollMs ?? { first: 5000, most: 60_000 }
  let wait = first
  for (;;) {
    let moved = false
    let asked = 0
    const live = journal.records.filter(({ status }) => status !== 'fetched')
    if (live.length === 0) return
    for (const record of live) {
      signal.throwIfAborted()
      try {
        const event = await step(record, following)
        moved ||= event.state === 'sent' || event.state === 'found' || event.state === 'fetched'
        yield event
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ProviderError) || !error.retryable) throw error
        asked = Math.max(asked, error.retryAfterMs ?? 0)
        yield eventOf(record, 'waiting', { message: error.message })
      }
    }
    wait = moved ? first : Math.min(wait * 1.5, most)
    if (journal.records.some(({ status }) => status !== 'fetched'))
      await setTimeout(Math.max(wait, Math.min(asked, most)), undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      )
  }
}

async function step(record: BatchRecord, following: Following): Promise<BatchEvent> {
  if (record.status === 'sent') return look(record, following)
  if (following.fresh.delete(record.label)) return send(record, following)
  return reconcile(record, following)
}

/** Hands it in: the one moment that must not be repeated unseen. */
async function send(
  record: BatchRecord,
  { journal, service, fresh, signal }: Following,
): Promise<BatchEvent> {
  const { label, ids, bytes, model } = record
  const lines = () => journal.requests(record)
  try {
    const id = await service(model).submit({ label, count: ids.length, bytes, lines }, signal)
    const sent: BatchRecord = { ...record, status: 'sent', id }
    await journal.update(sent)
    return eventOf(sent, 'sent')
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    if (error.possiblyBilled !== false) {
      await journal.update({ ...record, lastAt: new Date().toISOString() })
      // To be looked for, whatever broke: never a reason to give it up.
      throw error.with({ retryable: true })
    }
    // It surely did not arrive: it may be handed in again, or asked otherwise.
    if (error.retryable) fresh.add(label)
    else await journal.remove(record)
    throw error
  }
}

/** Finds out what became of a batch that may have been handed in; hands it in again where it surely was not. */
async function reconcile(record: BatchRecord, following: Following): Promise<BatchEvent> {
  const { journal, service, began, signal, options } = following
  const { label, ids, model } = record
  const mine = new Set(ids)
  const others = new Set(journal.records.flatMap(({ id }) => (id === undefined ? [] : [id])))
  const lost = {
    label,
    count: ids.length,
    at: new Date(record.at),
    has: (id: string) => mine.has(id),
    others,
  }
  const found = await service(model).find(lost, signal)
  if (found.kind === 'found') {
    const sent: BatchRecord = { ...record, status: 'sent', id: found.id }
    await journal.update(sent)
    return eventOf(sent, 'found')
  }
  // It may have been on its way when the part of the run that sent it ended.
  const age = Date.now() - Math.max(began, Date.parse(record.lastAt))
  if (found.kind === 'undecided' || age < (options.settleMs ?? 60_000)) return eventOf(record, 'lost')
  const again: BatchRecord = { ...record, lastAt: new Date().toISOString() }
  await journal.update(again)
  return send(again, following)
}

async function look(record: BatchRecord, following: Following): Promise<BatchEvent> {
  const { journal, service, fetched, signal } = following
  const { model, id = '', at } = record
  const state = await service(model)
    .look(id, signal)
    .catch((error: unknown) => gone(error, id, at))
  const told = state.done === undefined ? {} : { done: state.done }
  if (!state.ended) return eventOf(record, 'working', told)
  await journal.keepResults(record, async (take) => {
    if (state.fault?.code === 'not_found') return
    let lines = 0
    await service(model).results(
      state,
      async (line) => {
        await take(line)
        lines++
      },
      signal,
    )
    // A list that is cut between two lines looks whole.
    if (lines < (state.done ?? 0))
      throw new ProviderError(
        'cut',
        `${model}: ${lines} of ${state.done} results came. They are fetched again.`,
        {
          retryable: true,
        },
      )
  })
  const done: BatchRecord = { ...record, status: 'fetched', state }
  await journal.update(done)
  await fetched(done)
  return eventOf(done, 'fetched', told)
}

/** A batch that the provider no longer has: its questions have no answers, and are put again only on demand. */
function gone(error: unknown, id: string, createdAt: string): BatchState {
  if (!(error instanceof ProviderError) || error.status !== 404) throw error
  const { code, message } = error
  return { id, ended: true, createdAt, fault: { code, message, retryable: false } }
}

const eventOf = (
  { label, model, id, ids }: BatchRecord,
  state: BatchEvent['state'],
  more: Pick<BatchEvent, 'done' | 'message'> = {},
): BatchEvent => ({
  type: 'batch',
  label,
  model,
  ...(id === undefined ? {} : { id }),
  state,
  count: ids.length,
  ...more,
})
