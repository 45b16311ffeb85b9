import type { Fields } from '../wire/loose.js'
import type { Reply } from '../wire/reply.js'
import type { BatchService } from './spec.js'

/** One provider's way with batches; what is the same for every provider is done by `batchService`. */
export interface BatchApi
  extends Pick<BatchService, 'maxRequests' | 'maxBytes' | 'submit' | 'find' | 'look' | 'results'> {
  /** @param body what one call would ask: see `Wire.body`. @returns one line, without newline. */
  line(id: string, body: Fields): string
  /**
   * A line of the results, gathered into a reply.
   * @throws ProviderError where it is none
   */
  take(result: Fields, reply: Reply): void | Promise<void>
}
