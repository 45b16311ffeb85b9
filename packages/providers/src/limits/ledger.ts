import type { Usage } from '../spec.js'
import { Allowance, type Taken } from './allowance.js'
import type { Dimension, Told } from './headers.js'
import type { LimitedRequest } from './spec.js'

/** Tokens that a reply is taken to hold where there is no limit and no reply yet to go by. */
const guessedOutput = 1000

/** What one request takes out of each allowance. */
export interface Entry {
  readonly request: LimitedRequest
  readonly parts: Map<Allowance, Taken>
}

/** All allowances of one endpoint and key, and who takes out of which. */
export class Ledger {
  /** By dimension and limit: models that are told the same limit are taken to share it. */
  readonly #allowances = new Map<string, Allowance>()
  /** What a model's own answers named last. Until there is one, all there are hold for it. */
  readonly #named = new Map<string, readonly Allowance[]>()
  /** A moving mean of tokens per reply, by model. */
  readonly #meanOutput = new Map<string, number>()
  readonly #underWay = new Set<Entry>()

  /**
   * Milliseconds until a request may be sent; Infinity where something under way has to end first.
   * @param spoken allowances that others wait for, who come first; those that this one has to wait for are added
   */
  waitFor(request: LimitedRequest, spoken: Set<Allowance>, now: number): number {
    let longest = 0
    for (const allowance of this.#of(request.model)) {
      const ms = spoken.has(allowance)
        ? Number.POSITIVE_INFINITY
        : allowance.waitFor(this.#cost(request, allowance.dimension), now)
      if (ms > 0) spoken.add(allowance)
      longest = Math.max(longest, ms)
    }
    return longest
  }

  take(request: LimitedRequest, now: number): Entry {
    const entry: Entry = { request, parts: new Map() }
    for (const allowance of this.#of(request.model)) this.#takeFrom(allowance, entry, now)
    this.#underWay.add(entry)
    return entry
  }

  /** What the provider said in its answer to a request. */
  answered(entry: Entry, told: readonly Told[], now: number): void {
    const named = told.map((each) => {
      const allowance = this.#allowance(each, now)
      allowance.told(each, entry.parts.get(allowance) ?? this.#takeFrom(allowance, entry, now), now)
      return allowance
    })
    for (const [allowance, part] of entry.parts) {
      if (allowance.dimension === 'requests') allowance.settle(part, part.amount, now)
    }
    const before = this.#named.get(entry.request.model)
    if (named.length === 0 || named.every((one, i) => before?.[i] === one)) return
    this.#named.set(entry.request.model, named)
    // One that no model is told of any more (its limit was changed) binds nobody.
    const all = new Set([...this.#named.values()].flat())
    for (const [key, allowance] of this.#allowances) if (!all.has(allowance)) this.#allowances.delete(key)
  }

  settle(entry: Entry, { input, output }: Usage, now: number): void {
    this.#underWay.delete(entry)
    const tokens = input === undefined || output === undefined ? undefined : input + output
    const used = { requests: 1, input, output, tokens }
    for (const [allowance, part] of entry.parts) {
      // What failed may have been counted all the same.
      allowance.settle(part, used[allowance.dimension] ?? part.amount, now)
    }
    if (output === undefined) return
    const mean = this.#meanOutput.get(entry.request.model) ?? output
    this.#meanOutput.set(entry.request.model, 0.9 * mean + 0.1 * output)
  }

  #allowance({ dimension, limit }: Told, now: number): Allowance {
    const key = `${dimension} ${limit}`
    const known = this.#allowances.get(key)
    if (known) return known
    const allowance = new Allowance(dimension, limit)
    this.#allowances.set(key, allowance)
    // The server may be about to count all that is under way.
    for (const entry of this.#underWay) this.#takeFrom(allowance, entry, now)
    return allowance
  }

  #takeFrom(allowance: Allowance, { request, parts }: Entry, now: number): Taken {
    const part = allowance.take(this.#cost(request, allowance.dimension), now)
    parts.set(allowance, part)
    return part
  }

  #of(model: string): Iterable<Allowance> {
    return this.#named.get(model) ?? this.#allowances.values()
  }

  #cost({ model, inputTokens, maxTokens }: LimitedRequest, dimension: Dimension): number {
    if (dimension === 'requests') return 1
    const output = Math.ceil(maxTokens ?? this.#meanOutput.get(model) ?? guessedOutput)
    return { input: inputTokens, output, tokens: inputTokens + output }[dimension]
  }
}
