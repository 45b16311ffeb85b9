import { ProviderError } from './errors.js'
import { knownRefusals } from './settings-known.js'
import { type Fields, fields } from './wire/loose.js'

/** A body without what the model refuses. */
export interface Accepted {
  readonly body: Fields
  /** What was left out, a line each. */
  readonly warnings: readonly string[]
}

/** One request, which may be the first to find out whether its settings are taken. */
export interface Trial extends Accepted {
  /** To be told the answer's status as soon as it is there: those that wait to learn from it go on. */
  answered(status: number): void
  /** Runs the request, and learns from its fault. */
  during<T>(request: () => Promise<T>): Promise<T>
}

/** Settings that some model or other refuses. A limit on tokens is never left out: it goes by its other name. */
const refusable = ['temperature', 'top_p', 'topP', 'stop', 'stop_sequences', 'stopSequences', 'seed'] as const
const otherName: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}
/** Milliseconds that others wait for a trial that brings no answer: then they go without. */
const patience = 10_000
/** Where a body keeps its settings, besides its top. */
const nest = 'generationConfig'

/**
 * What one model refuses, as its own replies teach. While nobody knows whether a setting is taken, one request tries and
 * those that would send it too wait for its answer: so each refusal costs one request, however many are under way.
 */
export class Refusals {
  readonly #model: string
  readonly #strict: boolean
  readonly #known: ReadonlySet<string>
  readonly #learned = new Set<string>()
  /** Settings that were taken, with their values where these matter. */
  readonly #taken = new Set<string>()
  readonly #mended = new WeakSet<object>()
  #trial: Promise<void> | undefined
  /** Waiting for one request after another that has no answer would take for ever. */
  #unanswered = false

  /** @param strict a setting that would be left out is a fault */
  constructor({ provider, model }: { readonly provider: string; readonly model: string }, strict = false) {
    this.#model = model
    this.#strict = strict
    this.#known = new Set(knownRefusals(provider, model))
  }

  /** What is left of a body by what was known before anything was asked. */
  known(body: Fields): Accepted {
    return this.#without(body, this.#known, `takes only its default`)
  }

  /**
   * The same, for what is sent without a trial.
   * @param told what was left out before
   * @throws ProviderError `bad_request` for whatever is left out, where settings are strict
   */
  untried(body: Fields, told: readonly string[]): Accepted {
    const known = this.known(body)
    const warnings = [...told, ...known.warnings]
    if (this.#strict && warnings.length > 0) throw strict(warnings)
    return { body: known.body, warnings }
  }

  /**
   * Waits for the answer to another request, where that will tell what this one would have to ask.
   * @param told what was left out before
   * @throws ProviderError `bad_request` for whatever is left out, where settings are strict
   */
  async trial(body: Fields, told: readonly string[], signal: AbortSignal): Promise<Trial> {
    for (;;) {
      const accepted = this.#accepted(body, told)
      if (this.#strict && accepted.warnings.length > 0) throw strict(accepted.warnings)
      const open = settingsOf(accepted.body).filter((setting) => !this.#taken.has(setting))
      if (open.length === 0 || this.#unanswered) return this.#begun(accepted, open, () => {})
      if (this.#trial === undefined) return this.#begun(accepted, open, this.#begin())
      await unlessAborted(this.#trial, signal)
    }
  }

  /** Whether a fault told of a setting that the same request, sent again, will not have. */
  readonly mended = (error: ProviderError): boolean => this.#mended.has(error)

  /** What is left of a body by all that is known now. */
  #accepted(body: Fields, told: readonly string[]): Accepted {
    const known = this.known(body)
    const learned = this.#without(known.body, this.#learned, 'refuses it')
    return { body: learned.body, warnings: [...told, ...known.warnings, ...learned.warnings] }
  }

  /** @returns what ends it */
  #begin(): () => void {
    let end = () => {}
    const trial = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#trial = trial
    const timer = setTimeout(() => {
      this.#unanswered = true
      end()
    }, patience).unref()
    return () => {
      clearTimeout(timer)
      if (this.#trial === trial) this.#trial = undefined
      end()
    }
  }

  #begun(accepted: Accepted, open: readonly string[], end: () => void): Trial {
    return {
      ...accepted,
      answered: (status) => {
        if (status < 200 || status > 299) return
        for (const setting of open) this.#taken.add(setting)
        end()
      },
      during: async (request) => {
        try {
          return await request()
        } catch (error) {
          this.#learn(error, accepted.body)
          throw error
        } finally {
          end()
        }
      },
    }
  }

  #learn(error: unknown, body: Fields): void {
    if (!(error instanceof ProviderError)) return
    this.#unanswered ||= error.status === undefined
    if (error.code !== 'bad_request') return
    const refused = refusedIn(error.message, Object.keys({ ...body, ...fields(body[nest]) }))
    for (const setting of refused) {
      const other = otherName[setting]
      if (other !== undefined && this.#learned.has(other)) continue
      this.#learned.add(setting)
      if (other !== undefined || !this.#strict) this.#mended.add(error)
    }
  }

  #without(body: Fields, refused: ReadonlySet<string>, why: string): Accepted {
    if (refused.size === 0) return { body, warnings: [] }
    const warnings: string[] = []
    const strip = (all: Fields): Fields =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => {
          if (name === nest) return [[name, strip(fields(value))]]
          if (!refused.has(name)) return [[name, value]]
          const other = otherName[name]
          if (other !== undefined) return [[other, value]]
          warnings.push(`${name}: not sent, ${this.#model} ${why}`)
          return []
        }),
      )
    return { body: strip(body), warnings }
  }
}

/**
 * Settings that a server's words refuse, of those that were sent. "Unsupported value: 'temperature' does not support 0.2
 * with this model." is one; a value out of range ("must be between 0 and 1", "is too large") is the caller's to mend.
 */
export function refusedIn(words: string, sent: readonly string[]): string[] {
  const names = sent.filter((name) => refusable.some((known) => known === name) || otherName[name])
  return words.split(/[.;](?:\s|$)|\n/).flatMap((clause) => {
    if (!refusal.test(clause)) return []
    const named = names.filter((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(clause))
    // Of two that exclude each other, one can stay.
    return /\bboth\b/.test(clause) ? named.slice(1, 2) : named
  })
}

const refusal = new RegExp(
  [
    String.raw`\bun(supported|recogni[sz]ed|known|expected)\b`,
    String.raw`(\bnot|n['’]t|\bno longer) (be )?(currently )?(support|recogni[sz]e|permit|allow|accept|take|available)`,
    String.raw`\b(deprecated|extra inputs|extra_forbidden|no longer)\b`,
    String.raw`\b(may|can) only be set\b|\bonly (the default|\S+ is (allowed|supported))`,
    String.raw`\bcannot (both )?be (set|used|specified|combined)|\bcannot both\b`,
  ].join('|'),
  'i',
)

/** Settings of a body that may be refused. Sampling settings are taken by value: a model may take 1 and nothing else. */
function settingsOf(body: Fields): string[] {
  const all = { ...body, ...fields(body[nest]) }
  return Object.entries(all).flatMap(([name, value]) => {
    if (/^(temperature|top_?p)$/i.test(name)) return [`${name}=${value}`]
    return refusable.some((known) => known === name) || otherName[name] ? [name] : []
  })
}

const strict = (warnings: readonly string[]) =>
  new ProviderError(
    'bad_request',
    `${warnings.join('; ')}. Settings are strict: take it out, choose another model, or let it be left out.`,
    { tries: 0 },
  )

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
  })
}
