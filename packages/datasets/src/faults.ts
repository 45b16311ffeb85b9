import type { z } from 'zod'
import { DatasetError } from './errors.js'
import { didYouMean } from './nearest.js'

const keptFaults = 100

/** The message of a key that has to be there; it is told at the object that lacks it. */
export const missing = 'is missing'

/** The faults of one file: one line each, kept up to a hundred, counted beyond. */
export class Faults {
  readonly #lines: string[] = []
  #count = 0

  add(place: string, fault: string): void {
    this.#count++
    if (this.#lines.length < keptFaults) this.#lines.push(place === '' ? fault : `${place}: ${fault}`)
  }

  addIssues(place: string, error: z.ZodError): void {
    for (const fault of describeIssues(error)) this.add(place, fault)
  }

  /** The first, where there is any. */
  get first(): string | undefined {
    return this.#lines[0]
  }

  /** These first, then `others`. */
  followedBy(others: Faults): Faults {
    const all = new Faults()
    all.#lines.push(...[...this.#lines, ...others.#lines].slice(0, keptFaults))
    all.#count = this.#count + others.#count
    return all
  }

  /** @throws DatasetError `invalid` naming the first fault and counting the others, if there is any. */
  throwIfAny(path: string): void {
    const [first] = this.#lines
    if (first === undefined) return
    const others = this.#count > 1 ? ` (and ${this.#count - 1} more)` : ''
    throw new DatasetError('invalid', `${path}: ${first}${others}`, undefined, this.#lines)
  }
}

/** Told to `safeParse` as its `error`: messages for people who write datasets. */
export const explainIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? missing : wrongType(issue.expected, issue.input)
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : ''
      return issue.input === undefined
        ? missing
        : `expected one of ${allowed.join(', ')}, got ${got(issue.input)}${hint}`
    }
    case 'invalid_union':
    case 'custom':
      return issue.input === undefined ? missing : undefined
    case 'too_small':
      if (issue.origin === 'array') return 'must not be empty'
      return issue.inclusive ? `must be at least ${issue.minimum}` : `must be more than ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    default:
      return undefined
  }
}

/** An object's message for keys it does not know. */
export function explainUnknownKeys(keys: readonly string[], known: readonly string[]): string {
  if (keys.length > 3) {
    const some = keys.slice(0, 3).map(quoted)
    return `unknown keys ${some.join(', ')} and ${keys.length - 3} more; known are ${known.join(', ')}`
  }
  return keys.map((key) => `unknown key ${quoted(key)}${didYouMean(key.slice(0, 80), known)}`).join(', ')
}

/** A text of the file in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** `an object`, `a list`, `"text"`, `42`. */
export function got(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'string') return quoted(value)
  return String(value)
}

const typeNames: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function wrongType(expected: string, input: unknown): string {
  const quotes = expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')
  return `expected ${typeNames[expected] ?? expected}, got ${got(input)}${quotes ? '; put quotes around it' : ''}`
}

/** Unknown keys come first: a misspelt key explains the one that is missing. */
function describeIssues(error: z.ZodError): string[] {
  const unknown = error.issues.filter((issue) => issue.code === 'unrecognized_keys')
  const rest = error.issues.filter((issue) => issue.code !== 'unrecognized_keys')
  return [...unknown, ...rest].map((issue) => {
    if (issue.message === missing && issue.path.length > 0) {
      return located(issue.path.slice(0, -1), `${quoted(String(issue.path.at(-1)))} is missing`)
    }
    return located(issue.path, issue.message)
  })
}

function located(path: readonly PropertyKey[], message: string): string {
  const steps = path.map((step, index) =>
    typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
  )
  return steps.length === 0 ? message : `${steps.join('')}: ${message}`
}
