import type { CallOptions, Completion, Message, Model } from '@bench/providers'
import { ProviderError, type ProviderErrorCode } from '@bench/providers'
import { NotAnswered } from '../batch/answers.js'
import { worstCase } from '../estimate.js'
import type { Purse } from '../purse.js'
import { checkedCompletion } from './checked.js'

/** No money is left for a call. Not a fault: the attempt is made when there is some. */
class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget'
}

/** What the calls of one attempt came to, whatever its solver says. */
export interface Meter {
  /** The model as the solver is given it: money is set aside before each call and settled after it. */
  readonly model: Model
  /** What was won, in order. */
  readonly completions: readonly Completion[]
  /** Calls that failed. */
  readonly faults: readonly ProviderError[]
  /** A call was not made, for the cap was in the way: what the attempt had so far is no answer. */
  readonly outOfBudget: boolean
  /** A call was cut off by an abort: whatever its solver made of that, there is no answer. */
  readonly aborted: boolean
  /** A call was not made, for the time of the run was over: what the attempt had so far is no answer. */
  readonly tooLate: boolean
}

export interface Metering {
  readonly purse: Purse
  /** Nothing that it is asked costs money. */
  readonly free: boolean
  /** Of every call, also where a solver passes on none of its own. */
  readonly ends: Pick<CallOptions, 'signal' | 'noneAfter'>
  /** Before a request leaves. */
  begin(): void
}

export function meter(model: Model, { purse, free, ends, begin }: Metering): Meter {
  const completions: Completion[] = []
  const faults: ProviderError[] = []
  let outOfBudget = false
  let aborted = false
  let tooLate = false
  const { price } = model
  async function generate(messages: readonly Message[], given: CallOptions): Promise<Completion> {
    const options = { ...ends, ...given }
    options.signal?.throwIfAborted()
    const reserved =
      free || price === undefined ? 0 : worstCase(price, charsOf(messages, options), options.maxTokens)
    if (outOfBudget || !(await purse.take(reserved))) {
      outOfBudget = true
      throw new OutOfBudget('the cap on costs is reached')
    }
    let spent = 0
    try {
      // It may have waited for money until nothing is sent any more.
      options.signal?.throwIfAborted()
      options.noneAfter?.throwIfAborted()
      // Until it is known, a call costs what was set aside for it: a cap that is passed unseen is no cap.
      spent = reserved
      if (!free) begin()
      const completion = checkedCompletion(await model.generate(messages, options), model.id)
      completions.push(completion)
      spent = completion.cost?.usd ?? reserved
      return completion
    } catch (error) {
      aborted ||= options.signal?.aborted === true
      tooLate ||= options.noneAfter?.aborted === true && error === options.noneAfter.reason
      if (error instanceof ProviderError) faults.push(error)
      if (error instanceof NotAnswered) spent = 0
      else if (!options.signal?.aborted && (free || !mayBeBilled(error))) spent = knownCost(error)
      throw error
    } finally {
      purse.settle(reserved, spent)
    }
  }
  return {
    model: { ...model, generate },
    completions,
    faults,
    get outOfBudget() {
      return outOfBudget
    },
    get aborted() {
      return aborted
    },
    get tooLate() {
      return tooLate
    },
  }
}

/** Whether the provider may bill a call that failed, besides what it is known to have cost. */
export const mayBeBilled = (error: unknown): boolean =>
  error instanceof ProviderError && (error.possiblyBilled ?? takenUp.has(error.code))

/** Faults of calls that the provider had taken up, for models that do not say whether they may be billed. */
const takenUp: ReadonlySet<ProviderErrorCode> = new Set([
  'timeout',
  'timeout_headers',
  'timeout_first_token',
  'timeout_between_tokens',
  'cut',
  'incomplete',
  'malformed',
])

const knownCost = (error: unknown): number => (error instanceof ProviderError ? (error.cost?.usd ?? 0) : 0)

function charsOf(messages: readonly Message[], { tools = [] }: CallOptions): number {
  const said = messages.reduce((sum, message) => sum + message.content.length + callChars(message), 0)
  return tools.length === 0 ? said : said + JSON.stringify(tools).length
}

const callChars = (message: Message): number =>
  message.role === 'assistant'
    ? (message.toolCalls ?? []).reduce((sum, call) => sum + call.name.length + call.arguments.length, 0)
    : 0
