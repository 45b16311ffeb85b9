import type { Clock } from '../clock.js'
import { type FaultDetail, ProviderError } from '../errors.js'
import type { Cost, ModelSettings } from '../spec.js'
import { codeOf, fault, networkFault, type Origin } from './fault.js'
import { Reply } from './reply.js'
import { type Patience, type Silence, setWatch, Watch } from './watch.js'

/** What the tries that came to an end or reported anything cost together; unknown where that of one of them is. */
export async function costOfAll(
  tries: readonly Try[],
  costOf: (reply: Reply) => Promise<Cost | undefined>,
): Promise<Cost | undefined> {
  const told = tries.map(({ reply }) => reply).filter(toldAnything)
  const costs = await Promise.all(told.map(costOf))
  const [first] = costs
  if (first === undefined || costs.length === 1) return first
  const usd = sum(costs.map((cost) => cost?.usd))
  const listedUsd = sum(costs.map((cost) => cost?.listedUsd))
  if (usd === undefined) return undefined
  const source = [...new Set(costs.map((cost) => cost?.source))].join(', ')
  return { usd, source, ...(listedUsd === undefined ? {} : { listedUsd }) }
}

const toldAnything = ({ finish, usd, usage }: Reply): boolean =>
  finish !== undefined || usd !== undefined || Object.keys(usage).length > 0

const sum = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0)

/** One request of a call: gathered into its own reply, watched for silence, and accounted for when it fails. */
export class Try {
  readonly reply: Reply
  readonly #origin: Origin
  readonly #billing: boolean
  #left = () => false

  /** @param billing whether its tokens may cost money */
  constructor(origin: Origin, settings: ModelSettings, billing: boolean) {
    this.reply = new Reply(settings)
    this.#origin = origin
    this.#billing = billing
  }

  /**
   * @param ask sends the request and gathers what comes
   * @throws ProviderError for every fault of the wire
   */
  async run(
    ask: (signal: AbortSignal, reply: Reply) => Promise<void>,
    signal: AbortSignal,
    patience: Patience,
    clock: Clock,
  ): Promise<Reply> {
    const { reply } = this
    const own = new AbortController()
    const onAbort = () => own.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const onSilence = (silence: Silence) => own.abort(this.#silent(silence))
    using watch = new Watch(patience, clock, () => reply.tokens, onSilence)
    this.#left = () => watch.left
    setWatch(own.signal, watch)
    try {
      await ask(own.signal, reply)
      if (reply.finish === undefined)
        throw fault(this.#origin, 'incomplete', 'it ended with no finish reason')
      return reply
    } catch (error) {
      throw this.#faultOf(own.signal.aborted ? own.signal.reason : error)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** What it may have cost so far, should it be given up now. */
  spent(error?: ProviderError): FaultDetail {
    const { usage, tokens } = this.reply
    // A provider that refuses before it makes a token does not bill for it.
    const refused = error?.status !== undefined && tokens === 0
    return {
      ...(Object.keys(usage).length > 0 ? { usage } : {}),
      possiblyBilled: this.#billing && this.#left() && !refused,
    }
  }

  #silent({ code, ms }: Silence): ProviderError {
    return fault(this.#origin, code, `nothing for ${ms / 1000} s`)
  }

  #faultOf(error: unknown): unknown {
    const known =
      error instanceof ProviderError || codeOf(error) === undefined
        ? error
        : networkFault(this.#origin, error, this.reply.opened)
    return known instanceof ProviderError ? known.with(this.spent(known)) : known
  }
}
