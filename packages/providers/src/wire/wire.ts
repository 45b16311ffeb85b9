import type { BatchApi } from '../batch/api.js'
import type { CallOptions, Message, ModelInfo, ModelSettings } from '../spec.js'
import type { Fields } from './loose.js'
import type { Origin } from './origin.js'
import type { Reply } from './reply.js'

/** One provider's way to ask once. All that is the same for every provider is done by `wireModel`. */
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
  /** The provider's list of models: a name it does not know is told with the nearest of them. */
  list?(): Promise<readonly ModelInfo[]>
  /** Absent where it has no batches. */
  readonly batches?: BatchApi
}
