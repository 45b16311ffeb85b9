import type { Origin } from '../wire/fault.js'
import { type Fields, fields, list, text } from '../wire/loose.js'
import { asJson, type BatchCall, callBatches } from './call.js'

interface Listing {
  /** Path of the list. */
  readonly path: string
  /** The parameter that names the last batch seen. */
  readonly cursor: 'after' | 'after_id'
  /** When a batch was created, in milliseconds since 1970. */
  createdMs(batch: Fields): number
}

/** What is left of a difference of clocks, and what a request may take on its way. */
const slackMs = 10 * 60 * 1000

/**
 * The batches that a provider has, newest first, back to those that are older than a moment of our clock. Where its
 * own clock differs, its answer tells.
 */
export async function* batchesSince(
  origin: Origin,
  { path, cursor, createdMs }: Listing,
  since: Date,
  call: Omit<BatchCall, 'method'>,
): AsyncGenerator<Fields> {
  let oldest = Number.POSITIVE_INFINITY
  for (let after: string | undefined; ; ) {
    const query = after === undefined ? '' : `&${cursor}=${encodeURIComponent(after)}`
    const page = await callBatches(
      origin,
      `${path}?limit=100${query}`,
      { ...call, method: 'GET' },
      (reply) => {
        const ahead = Date.now() - Date.parse(reply.header('date') ?? '')
        oldest = Math.min(oldest, since.getTime() - (ahead || 0) - slackMs)
        return asJson(origin)(reply)
      },
    )
    const batches = list(page.data).map(fields)
    for (const batch of batches) {
      if (createdMs(batch) < oldest) return
      yield batch
    }
    const next = text(page.last_id) ?? text(batches.at(-1)?.id)
    if (page.has_more !== true || next === undefined || next === after) return
    after = next
  }
}
